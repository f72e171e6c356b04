//! `upgrade`: a release gets another chart or other values.

use action::{Holder, Records, Upgrade, Values};
use chart::log::Log;
use release::Status;

use super::diff::{ASK, LINES, Review, previewed};
use super::install::{self, print, rendering};
use super::operation::{self, Around, Rendered, failure, within};
use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::flags::{Flag, Kind, Parsed};
use crate::interrupt::{self, Says};
use crate::log::Stderr;
use crate::output::{Format, OUTPUT};
use crate::remote::{Pulled, Remote};
use crate::schema_references::References;
use crate::session::{Session, Stored};
use crate::tables::{CHART_PATH, NOTES, SCHEMA, TLS, VALUES};
use crate::{out, plugins};

pub(super) static FLAGS: &[Flag] = &[
    Flag::bool("create-namespace", "with --install, create the release namespace if it does not exist"),
    Flag::bool("install", "install the chart if there is no release of this name").short('i'),
    Flag::bool("devel", "use development versions too, as --version '>0.0.0-0' does"),
    Flag::bool("force-replace", "update objects by replacing them"),
    Flag::bool("force", "").deprecated("use --force-replace instead"),
    Flag::bool("force-conflicts", "server-side apply wins over other field managers"),
    Flag::new(
        "server-side",
        Kind::String,
        "\"auto\"",
        "objects are updated by the server: true, false, or auto for the way of the release before",
    ),
    Flag::bool("no-hooks", "leave hooks out"),
    Flag::bool("disable-openapi-validation", "do not check manifests against the Kubernetes OpenAPI schema"),
    Flag::bool("skip-crds", "with --install, do not install CRDs"),
    Flag::new("timeout", Kind::Duration, "5m0s", "time to wait for any single Kubernetes operation"),
    Flag::bool("reset-values", "forget the values of the release before"),
    Flag::bool("reuse-values", "keep the values of the release before and its chart's; those given go over them"),
    Flag::bool("reset-then-reuse-values", "keep the values of the release before over those of the new chart"),
    Flag::bool("wait-for-jobs", "with --wait, wait for jobs to complete too"),
    Flag::bool("rollback-on-failure", "roll back when the upgrade fails; implies --wait"),
    Flag::bool("atomic", "").deprecated("use --rollback-on-failure instead"),
    Flag::new("history-max", Kind::Int, "10", "how many revisions are kept; 0 for all"),
    Flag::bool("cleanup-on-fail", "delete new objects when the upgrade fails"),
    Flag::new(
        "labels",
        Kind::StringToString,
        "",
        "labels of the release, k=v; they go over old ones, null removes one",
    )
    .short('l'),
    Flag::string("description", "description of the release"),
    Flag::bool("dependency-update", "fetch missing dependencies first"),
    Flag::bool("enable-dns", "let templates look up host names"),
    Flag::bool("take-ownership", "adopt existing objects without checking who owns them"),
    Flag::new(
        "wait",
        Kind::WaitStrategy,
        "hookOnly",
        "wait until objects are ready: watcher (bare --wait), hookOnly, legacy",
    )
    .bare("watcher"),
    Flag::string("post-renderer", "name of a post-renderer plugin"),
    Flag::array("post-renderer-args", "argument of the post-renderer (repeatable)"),
];

pub static COMMAND: Command = Command {
    name: "upgrade",
    operands: "[RELEASE] [CHART]",
    short: "upgrade a release",
    long: "Brings the objects of a release to what a chart with values says.",
    args: Args::Exactly(2),
    flags: &[FLAGS, operation::TAKE_OVER, ASK, LINES, SCHEMA, NOTES, VALUES, CHART_PATH, TLS, OUTPUT],
    exclusive: &[&["force-replace", "force-conflicts"], &["force", "force-conflicts"]],
    run: Some(run),
    ..Command::EMPTY
};

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let waiting = operation::waiting(flags);
    let post_render = plugins::post_renderer(invocation)?.map(Rendered);
    let references = References::of(flags)?;
    let remote = Remote::of(invocation, Pulled::ToStdout)?;
    let dry_run = operation::dry_run(flags)?;
    let mut session = Session::open(invocation, &invocation.settings.namespace())?;
    session.hold("upgrade");
    if flags.bool("install") && is_missing(&session, &flags.args[0], flags.bool("take-over"))? {
        let around = Around::of(flags, post_render.as_ref(), &references);
        return install(invocation, (&session, &remote), (waiting, dry_run), around);
    }
    session.records.set_max_history(history_max(invocation));
    let review = Review::of(invocation, dry_run);
    if !review.is_wanted() {
        interrupt::listen(&session, Says::Helm(&flags.args[0]));
    }
    let given = operation::given(invocation, &flags.args[1], false, &remote)?;
    let upgrade = Upgrade { waiting, dry_run, ..upgrade(flags) };
    let (live, records) = (session.live(), Stored::new(&session.records));
    let engine = Around::of(flags, post_render.as_ref(), &references).engine(&live, &records);
    let failed = |failure| interrupt::told(within("UPGRADE FAILED", failure), interrupt::SAME);
    let not_upgraded = |error| failed(failure(error, flags));
    let plan = upgrade.plan(&engine, given.chart, given.values, &mut Stderr).map_err(not_upgraded)?;
    if review.is_wanted() {
        review.pass(invocation, &live, &upgrade.preview(&plan))?;
        // Until here Ctrl-C just ends the process: nothing has begun, and somebody is asked.
        interrupt::listen(&session, Says::Helm(&flags.args[0]));
    }
    let release = upgrade.execute(&engine, plan, &mut Stderr).map_err(not_upgraded)?;
    if Format::of(invocation) == Format::Table {
        out::write(format!("Release {} has been upgraded. Happy Helming!\n", quoted(&flags.args[0])).as_bytes())?;
    }
    print(invocation, &release)
}

pub(super) fn upgrade(flags: &Parsed) -> Upgrade {
    Upgrade {
        name: flags.args[0].clone(),
        description: flags.string("description").to_string(),
        labels: flags.pairs("labels").into_iter().collect(),
        waiting: action::Waiting::default(),
        how: operation::how(flags),
        server_side: operation::server_side(flags),
        values: match () {
            () if flags.bool("reset-values") => Values::Reset,
            () if flags.bool("reuse-values") => Values::Reused,
            () if flags.bool("reset-then-reuse-values") => Values::ResetThenReused,
            () => Values::KeptIfNone,
        },
        dry_run: action::DryRun::None,
        rendering: rendering(flags),
        no_hooks: flags.bool("no-hooks"),
        no_validation: flags.bool("disable-openapi-validation"),
        take_ownership: flags.bool("take-ownership"),
        rollback_on_failure: flags.bool("rollback-on-failure") || flags.bool("atomic"),
        cleanup_on_fail: flags.bool("cleanup-on-fail"),
    }
}

/// Returns how many revisions are kept.
pub(super) fn history_max(invocation: &Invocation) -> usize {
    let given = invocation.flags.last("history-max").and_then(|text| text.parse().ok());
    usize::try_from(given.unwrap_or(invocation.settings.max_history)).unwrap_or(0)
}

fn quoted(text: &str) -> String {
    String::from_utf8_lossy(&gostd::strconv::quote(text.as_bytes())).into_owned()
}

/// Reports whether there is no release of the name, or only one that was uninstalled, or one whose install was
/// interrupted.
pub(super) fn is_missing(session: &Session, name: &str, take_over: bool) -> Result<bool, Failure> {
    session.reachable()?;
    if chart::release_name::validate(name).is_err() {
        return Err(Failure::new(format!("release name is invalid: {name}")));
    }
    Stderr.debug("getting history for release", &[("release", name)]);
    match session.records.revisions(name) {
        Ok(revisions) => {
            let Some(last) = revisions.iter().max_by_key(|revision| revision.version) else { return Ok(false) };
            match last.status {
                Status::Uninstalled => Ok(true),
                Status::PendingInstall => Ok(!may_live(session, name, last.version, take_over)?),
                _ => Ok(false),
            }
        }
        Err(error) if error.is_not_found() => Ok(true),
        Err(error) => Err(Failure::new(error.to_string())),
    }
}

/// Reports whether somebody may work on a revision.
fn may_live(session: &Session, name: &str, revision: i64, take_over: bool) -> Result<bool, Failure> {
    match Stored::new(&session.records).holder(name, revision) {
        Ok(Holder::Us | Holder::Alive(_)) => Ok(true),
        Ok(Holder::Nobody) => Ok(!take_over),
        Ok(Holder::Dead(_)) => Ok(false),
        Err(error) => Err(Failure::new(error.to_string())),
    }
}

fn install(
    invocation: &Invocation,
    (session, remote): (&Session, &Remote),
    (waiting, dry_run): (action::Waiting, action::DryRun),
    around: Around<'_>,
) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let name = &flags.args[0];
    if Format::of(invocation) == Format::Table {
        out::write(format!("Release {} does not exist. Installing it now.\n", quoted(name)).as_bytes())?;
    }
    let given = operation::given(invocation, &flags.args[1], true, remote)?;
    let replace = session.records.revisions(name).is_ok();
    let plan = install::install(invocation, name.clone(), dry_run);
    let plan = action::Install { waiting, replace, ..plan };
    let review = Review::of(invocation, dry_run);
    if review.is_wanted() {
        // Not the plan itself: before it is made, an installation creates the CRDs that it may need.
        let shown = action::Install { dry_run: action::DryRun::Server, ..plan.clone() };
        let copy = operation::Given { chart: given.chart.clone(), values: given.values.clone() };
        let preview = previewed(session, &shown, copy, around).map_err(|error| failure(error, flags))?;
        review.pass(invocation, &session.live(), &preview)?;
    }
    interrupt::listen(session, Says::Helm(&flags.args[0]));
    let release = install::installed(session, &plan, given, around)
        .map_err(|error| interrupt::told(failure(error, flags), interrupt::SAME))?;
    print(invocation, &release)
}
