//! `diff revision` and `diff release`: what is recorded, without asking what is on the cluster.

use diff::Tense;
use release::Release;

use super::recorded::{self, Same};
use super::report::{LINES, Report, SHOW};
use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::session::Session;

pub static REVISION: Command = Command {
    name: "revision",
    operands: "RELEASE REVISION1 [REVISION2]",
    short: "show what changed between two revisions",
    long: "Compares the recorded manifests and hooks of two revisions of a release, the older one first; of one revision and the newest, if only one is named.",
    args: Args::AtLeast(2),
    flags: &[SHOW, LINES],
    run: Some(revision),
    ..Command::EMPTY
};

pub static RELEASE: Command = Command {
    name: "release",
    operands: "RELEASE1 RELEASE2",
    short: "show what differs between two releases",
    long: "Compares the recorded manifests and hooks of two releases of one chart, template by template. A release of another namespace is NAMESPACE/NAME.",
    args: Args::Exactly(2),
    flags: &[SHOW, LINES],
    run: Some(release),
    ..Command::EMPTY
};

fn revision(invocation: &Invocation) -> Result<(), Failure> {
    let report = Report::of(invocation, Tense::Recorded)?;
    let args = &invocation.flags.args;
    let (name, first, second) = match args.as_slice() {
        [name, first] => (name, number(first)?, None),
        [name, first, second] => (name, number(first)?, Some(number(second)?)),
        _ => return Err("expected a release and one or two revisions".into()),
    };
    let session = open(invocation, &invocation.settings.namespace())?;
    let (old, new) = match second {
        None => (get(&session, name, Some(first))?, get(&session, name, None)?),
        Some(second) => (get(&session, name, Some(first.min(second)))?, get(&session, name, Some(first.max(second)))?),
    };
    finish(invocation, &report, (&old, &new), Same::Name)
}

fn release(invocation: &Invocation) -> Result<(), Failure> {
    let report = Report::of(invocation, Tense::Recorded)?;
    let mut found = Vec::new();
    for arg in &invocation.flags.args {
        let (namespace, name) = match arg.split_once('/') {
            Some((namespace, name)) => (namespace.to_string(), name),
            None => (invocation.settings.namespace(), arg.as_str()),
        };
        found.push(get(&open(invocation, &namespace)?, name, None)?);
    }
    let [old, new] = found.as_slice() else { return Err("expected two releases".into()) };
    let chart = |release: &Release| {
        release.chart.as_ref().and_then(|chart| chart.metadata.as_ref()).map_or_else(String::new, |m| m.name.clone())
    };
    if chart(old) != chart(new) {
        let text =
            format!("the releases are of two charts, {:?} and {:?}, and cannot be compared", chart(old), chart(new));
        return Err(Failure::new(text));
    }
    finish(invocation, &report, (old, new), Same::Template)
}

fn number(text: &str) -> Result<i64, Failure> {
    gostd::strconv::atoi(text.as_bytes())
        .map_err(|error| Failure::new(format!("could not convert revision to a number: {}", error.text)))
}

fn open(invocation: &Invocation, namespace: &str) -> Result<Session, Failure> {
    let session = Session::open(invocation, namespace)?;
    session.reachable()?;
    Ok(session)
}

/// Reads a revision; the newest for `None`.
fn get(session: &Session, name: &str, revision: Option<i64>) -> Result<Release, Failure> {
    if chart::release_name::validate(name).is_err() {
        return Err(Failure::new(format!("releaseContent: Release name is invalid: {name}")));
    }
    let record = match revision {
        None => session.records.last(name),
        Some(revision) => session.records.get(name, revision),
    };
    let of = revision.map_or_else(String::new, |revision| format!(" revision {revision} of"));
    record.map_err(|error| Failure::new(format!("cannot get{of} release {name}: {error}")))
}

fn finish(
    invocation: &Invocation,
    report: &Report,
    (old, new): (&Release, &Release),
    same: Same,
) -> Result<(), Failure> {
    let tests = invocation.flags.bool("include-tests");
    let mut subjects = recorded::subjects(recorded::objects(old)?, recorded::objects(new)?, same, &[]);
    subjects.extend(recorded::subjects(recorded::hooks(old, tests)?, recorded::hooks(new, tests)?, same, &[]));
    report.finish(subjects, &[])
}
