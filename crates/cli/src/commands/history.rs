//! `history`: the revisions of a release.

use gostd::time::Time;
use release::Summary;
use release::object::{Object, RecordMembers, list};

use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::flags::{Flag, Kind};
use crate::out;
use crate::output::{self, Format, OUTPUT, Table};
use crate::session::Session;

static FLAGS: &[Flag] = &[
    Flag::new("max", Kind::Int, "256", "how many revisions to show at most"),
    Flag::bool("show-rollback-revision", "add a column with the revision that a rollback went back to"),
];

pub static COMMAND: Command = Command {
    name: "history",
    aliases: &["hist"],
    operands: "RELEASE_NAME",
    short: "fetch release history",
    long: "Shows the revisions of a release, the newest last.",
    args: Args::Exactly(1),
    flags: &[FLAGS, OUTPUT],
    run: Some(run),
    ..Command::EMPTY
};

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let name = &invocation.flags.args[0];
    let session = Session::open(invocation, &invocation.settings.namespace())?;
    session.reachable()?;
    if chart::release_name::validate(name).is_err() {
        return Err(Failure::new(format!("release name is invalid: {name}")));
    }
    let mut revisions = session.records.revisions(name).map_err(|error| Failure::new(error.to_string()))?;
    revisions.sort_by(release::by_revision);
    let most = invocation.flags.last("max").and_then(|max| gostd::strconv::parse_int(max.as_bytes(), 0, 64).ok());
    let most = most.map_or(256, |max| usize::try_from(max).unwrap_or(0));
    let shown = &revisions[revisions.len().saturating_sub(most)..];
    match Format::of(invocation) {
        Format::Table => out::finish(table(shown, invocation.flags.bool("show-rollback-revision")).as_bytes()),
        Format::Json => out::finish(&output::json(json(shown))),
        Format::Yaml => out::finish(&output::yaml(&json(shown))?),
    }
}

fn table(revisions: &[Summary], rollback: bool) -> String {
    let mut table = Table::default();
    let mut row = |cells: [&str; 7]| {
        table.row(cells.into_iter().enumerate().filter(|(at, _)| rollback || *at != 5).map(|(_, cell)| cell));
    };
    row(["REVISION", "UPDATED", "STATUS", "CHART", "APP VERSION", "ROLLBACK", "DESCRIPTION"]);
    for revision in revisions {
        let number = revision.version.to_string();
        let back = if revision.rollback_revision > 0 { revision.rollback_revision.to_string() } else { String::new() };
        let (chart, app) = (chart_of(revision), app_of(revision));
        let updated = ansi_c(revision.updated.as_ref());
        row([&number, &updated, revision.status.as_str(), &chart, app, &back, &revision.description]);
    }
    table.text()
}

/// Returns a time in the layout of C; of none, Go's zero time.
pub(super) fn ansi_c(time: Option<&Time>) -> String {
    match time {
        Some(time) => String::from_utf8_lossy(&time.format(b"Mon Jan _2 15:04:05 2006")).into_owned(),
        None => "Mon Jan  1 00:00:00 0001".to_string(),
    }
}

/// Returns `NAME-VERSION` of the chart.
pub(super) fn chart_of(summary: &Summary) -> String {
    match summary.chart_is_missing {
        true => "MISSING".to_string(),
        false => format!("{}-{}", summary.chart_name, summary.chart_version),
    }
}

pub(super) fn app_of(summary: &Summary) -> &str {
    if summary.chart_is_missing { "MISSING" } else { &summary.app_version }
}

fn json(revisions: &[Summary]) -> Vec<u8> {
    let mut out = Vec::new();
    list(&mut out, revisions, |out, revision| {
        let mut object = Object::open(out);
        object.number("revision", revision.version);
        object.time_unless_zero("updated", revision.updated.as_ref());
        object.text("status", revision.status.as_str().as_bytes());
        object.text("chart", chart_of(revision).as_bytes());
        object.text("app_version", app_of(revision).as_bytes());
        object.number_unless_zero("rollback_revision", revision.rollback_revision);
        object.text("description", revision.description.as_bytes());
        object.close();
    });
    out
}
