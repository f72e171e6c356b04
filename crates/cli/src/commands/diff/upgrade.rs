//! `diff upgrade`: what an upgrade would change.

use action::{DryRun, Install, Preview, Upgrade};
use diff::Tense;

use super::report::{LINES, Report, SHOW};
use super::subjects::{Found, found};
use crate::command::{Command, Invocation};
use crate::commands::operation::{self, Around, Rendered, failure};
use crate::commands::{install, upgrade};
use crate::failure::Failure;
use crate::flags::{Flag, Kind};
use crate::log::Stderr;
use crate::plugins;
use crate::remote::{Pulled, Remote};
use crate::schema_references::References;
use crate::session::{Session, Stored};
use crate::tables::{CHART_PATH, SCHEMA, TLS, VALUES};

static FLAGS: &[Flag] = &[
    Flag::bool("include-crds", "compare the CRDs of the chart too, which an upgrade leaves alone"),
    // helm-diff's word for --install.
    Flag::bool("allow-unreleased", "").hidden(),
    Flag::new("dry-run", Kind::String, "", "").bare("client").hidden(),
];

pub static COMMAND: Command = Command {
    short: "show what an upgrade would change",
    long: "Compares the objects of a release as they are now with what the server says they would be after an upgrade. Takes the flags of `upgrade`.",
    flags: &[upgrade::FLAGS, operation::TAKE_OVER, FLAGS, SHOW, LINES, SCHEMA, VALUES, CHART_PATH, TLS],
    run: Some(run),
    ..upgrade::COMMAND
};

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let report = Report::of(invocation, Tense::Planned)?;
    if !matches!(flags.last("dry-run"), None | Some("server" | "none")) {
        return Err("a diff never changes anything, and always asks the cluster: leave --dry-run out".into());
    }
    let post_render = plugins::post_renderer(invocation)?.map(Rendered);
    let references = References::of(flags)?;
    let remote = Remote::of(invocation, Pulled::ToStderr)?;
    let session = Session::open(invocation, &invocation.settings.namespace())?;
    let installs = flags.bool("install") || flags.bool("allow-unreleased");
    let new = installs && upgrade::is_missing(&session, &flags.args[0], flags.bool("take-over"))?;
    let around = Around::of(flags, post_render.as_ref(), &references);
    let preview = match new {
        true => install(invocation, (&session, &remote), around)?,
        false => change(invocation, (&session, &remote), around)?,
    };
    let Found { subjects, notes } = found(&session.live(), &preview, flags)?;
    report.finish(subjects, &notes)
}

fn change(
    invocation: &Invocation,
    (session, remote): (&Session, &Remote),
    around: Around<'_>,
) -> Result<Preview, Failure> {
    let flags = &invocation.flags;
    let given = operation::given(invocation, &flags.args[1], false, remote)?;
    let upgrade = Upgrade { dry_run: DryRun::Server, ..upgrade::upgrade(flags) };
    let (live, records) = (session.live(), Stored::new(&session.records));
    let engine = around.engine(&live, &records);
    let plan = upgrade.plan(&engine, given.chart, given.values, &mut Stderr).map_err(|error| failure(error, flags))?;
    Ok(upgrade.preview(&plan))
}

fn install(
    invocation: &Invocation,
    (session, remote): (&Session, &Remote),
    around: Around<'_>,
) -> Result<Preview, Failure> {
    let flags = &invocation.flags;
    let given = operation::given(invocation, &flags.args[1], true, remote)?;
    let install = install::install(invocation, flags.args[0].clone(), DryRun::Server);
    previewed(session, &install, given, around).map_err(|error| failure(error, flags))
}

/// Returns what an installation does; asks only.
pub fn previewed(
    session: &Session,
    install: &Install,
    given: operation::Given,
    around: Around<'_>,
) -> Result<Preview, action::Failed> {
    let (live, records) = (session.live(), Stored::new(&session.records));
    let engine = around.engine(&live, &records);
    install.preview(&engine, given.chart, given.values, &mut Stderr)
}
