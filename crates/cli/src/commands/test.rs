//! `test`: runs the tests of a release.

use action::{Test, Tested};
use cluster::LogQuery;
use release::{Event, Release};
use serde_json::Value;

use super::operation::{self, failure};
use super::release_text::{self, Telling};
use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::flags::{Flag, Kind, Parsed};
use crate::interrupt::{self, Says};
use crate::log::Stderr;
use crate::out;
use crate::output::{Color, Format};
use crate::session::{Session, Stored};

static FLAGS: &[Flag] = &[
    Flag::new("timeout", Kind::Duration, "5m0s", "time to wait for any single Kubernetes operation"),
    Flag::bool("logs", "print the logs of test pods, after all tests and before anything is removed"),
    Flag::new("filter", Kind::StringSlice, "", "tests to run, name=TEST, or to leave out, !name=TEST (repeatable)"),
];

pub static COMMAND: Command = Command {
    name: "test",
    operands: "[RELEASE]",
    short: "run tests for a release",
    long: "Runs the tests that the chart of a release brought.",
    args: Args::Exactly(1),
    flags: &[FLAGS],
    run: Some(run),
    ..Command::EMPTY
};

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let test = test(flags);
    let session = Session::open(invocation, &invocation.settings.namespace())?;
    let (live, records) = (session.live(), Stored::new(&session.records));
    let engine = operation::engine(&live, &records, flags);
    interrupt::listen(&session, Says::Ours);
    let tested = test.run(&engine, &mut Stderr).map_err(|error| failure(error, flags))?;
    let telling = Telling { debug: invocation.settings.debug, metadata: false, hide_notes: true };
    let color = Color::of(&invocation.settings);
    out::write(&release_text::text(&tested.release, Format::Table, telling, color)?)?;
    let logs = if flags.bool("logs") { logs(&session, invocation, &test, &tested) } else { Ok(()) };
    match (tested.remove(&engine, &mut Stderr), logs) {
        (Err(error), Err(logs)) => {
            let failure = failure(error.into(), flags);
            Err(Failure { message: format!("{}\n{}", failure.message, logs.message), ..failure })
        }
        (Err(error), Ok(())) => Err(interrupt::told(failure(error.into(), flags), interrupt::SAME)),
        (Ok(_), Err(logs)) => Err(logs),
        (Ok(_), Ok(())) => out::finish(b""),
    }
}

fn test(flags: &Parsed) -> Test {
    let (mut only, mut without) = (Vec::new(), Vec::new());
    for filter in flags.slice("filter") {
        let rest = filter.strip_prefix('!').map(|rest| rest.strip_prefix([' ', '\t', '\n']).unwrap_or(rest));
        match (filter.strip_prefix("name="), rest.and_then(|rest| rest.strip_prefix("name="))) {
            (Some(name), _) => only.push(name.to_string()),
            (None, Some(name)) => without.push(name.to_string()),
            (None, None) => {}
        }
    }
    Test { name: flags.args[0].clone(), timeout: operation::timeout(flags), only, without }
}

/// Prints the logs of all containers of the test pods, by the weights of the tests.
fn logs(session: &Session, invocation: &Invocation, test: &Test, tested: &Tested) -> Result<(), Failure> {
    out::write(b"\n")?;
    let namespace = invocation.settings.namespace();
    for pod in pods(&tested.release).into_iter().filter(|pod| test.wants(pod)) {
        pod_logs(session, &namespace, pod)?;
    }
    Ok(())
}

fn pods(release: &Release) -> Vec<&str> {
    let mut tests: Vec<_> = release.hooks.iter().filter(|hook| hook.runs_at(Event::Test)).collect();
    tests.sort_by(|a, b| (a.weight, &a.name).cmp(&(b.weight, &b.name)));
    tests.into_iter().filter(|hook| hook.kind == "Pod").map(|hook| hook.name.as_str()).collect()
}

fn pod_logs(session: &Session, namespace: &str, name: &str) -> Result<(), Failure> {
    let path = format!("/api/v1/namespaces/{namespace}/pods/{name}");
    let pod = session.client.request(&cluster::Request::get(path)).and_then(|answer| answer.json());
    let pod = pod.map_err(|error| Failure::new(format!("unable to get pod {name}: {error}")))?;
    let mut errors = Vec::new();
    for container in ["/spec/initContainers", "/spec/containers"]
        .iter()
        .filter_map(|list| pod.pointer(list).and_then(Value::as_array))
        .flatten()
        .filter_map(|container| container["name"].as_str())
    {
        let mut text = format!("POD LOGS: {name} ({container})\n").into_bytes();
        match session.client.logs(namespace, name, container, LogQuery::default(), &mut text) {
            Ok(()) => {
                text.push(b'\n');
                out::write(&text)?;
            }
            Err(error) => {
                errors.push(format!("unable to get logs for pod {name}, container {container}: {error}"));
            }
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Failure::new(errors.join("\n"))) }
}
