//! `upgrade`: a release gets another chart or other values.

use action::{Engine, Upgrade, Values};
use chart::log::Log;
use chart::schema::Schemas;
use release::Status;

use super::install::{self, print, rendering};
use super::operation::{self, Rendered, failure, within};
use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::flags::{Flag, Kind, Parsed};
use crate::log::Stderr;
use crate::output::{Format, OUTPUT};
use crate::schema_references::References;
use crate::session::{Session, Stored};
use crate::tables::{CHART_PATH, NOTES, SCHEMA, VALUES};
use crate::{out, plugins};

static FLAGS: &[Flag] = &[
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
    flags: &[FLAGS, SCHEMA, NOTES, VALUES, CHART_PATH, OUTPUT],
    exclusive: &[&["force-replace", "force-conflicts"], &["force", "force-conflicts"]],
    run: Some(run),
    ..Command::EMPTY
};

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let waiting = operation::waiting(flags);
    let post_render = plugins::post_renderer(invocation)?.map(Rendered);
    let references = References::of(flags)?;
    let dry_run = operation::dry_run(flags)?;
    let mut session = Session::open(invocation, &invocation.settings.namespace())?;
    if flags.bool("install") && is_missing(&session, &flags.args[0])? {
        let around = (post_render.as_ref(), references.schemas(flags));
        return install(invocation, &session, (waiting, dry_run), around);
    }
    session.records.set_max_history(history_max(invocation));
    let given = operation::given(invocation, &flags.args[1], false)?;
    let upgrade = Upgrade { waiting, dry_run, ..upgrade(flags) };
    let (live, records) = (session.live(), Stored(&session.records));
    let post_render = post_render.as_ref().map(|rendered| rendered as &dyn action::PostRender);
    let engine = Engine { cluster: &live, records: &records, post_render, schemas: references.schemas(flags) };
    let failed = |failure| within("UPGRADE FAILED", failure);
    let release =
        upgrade.run(&engine, given.chart, given.values, &mut Stderr).map_err(|error| failed(failure(error, flags)))?;
    if Format::of(invocation) == Format::Table {
        out::write(format!("Release {} has been upgraded. Happy Helming!\n", quoted(&flags.args[0])).as_bytes())?;
    }
    print(invocation, &release)
}

fn upgrade(flags: &Parsed) -> Upgrade {
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

/// Reports whether there is no release of the name, or only one that was uninstalled.
fn is_missing(session: &Session, name: &str) -> Result<bool, Failure> {
    session.reachable()?;
    if chart::release_name::validate(name).is_err() {
        return Err(Failure::new(format!("release name is invalid: {name}")));
    }
    Stderr.debug("getting history for release", &[("release", name)]);
    match session.records.revisions(name) {
        Ok(revisions) => {
            let last = revisions.iter().max_by_key(|revision| revision.version);
            Ok(last.is_some_and(|last| last.status == Status::Uninstalled))
        }
        Err(error) if error.is_not_found() => Ok(true),
        Err(error) => Err(Failure::new(error.to_string())),
    }
}

fn install(
    invocation: &Invocation,
    session: &Session,
    (waiting, dry_run): (action::Waiting, action::DryRun),
    around: (Option<&Rendered>, Schemas<'_>),
) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let name = &flags.args[0];
    if Format::of(invocation) == Format::Table {
        out::write(format!("Release {} does not exist. Installing it now.\n", quoted(name)).as_bytes())?;
    }
    let given = operation::given(invocation, &flags.args[1], true)?;
    let replace = session.records.revisions(name).is_ok();
    let plan = install::install(invocation, name.clone(), dry_run);
    let plan = action::Install { waiting, replace, ..plan };
    let release = install::installed(session, &plan, given, around).map_err(|error| failure(error, flags))?;
    print(invocation, &release)
}
