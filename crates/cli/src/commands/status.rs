//! `status`: a release and what its objects are doing.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use cluster::{Form, Validation};
use release::Release;
use serde_json::Value;

use super::get::recorded_in;
use super::release_text::{self, Telling};
use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::flags::{Flag, Kind};
use crate::out;
use crate::output::{Color, Format, OUTPUT, server_table};
use crate::session::Session;

static FLAGS: &[Flag] = &[Flag::new("revision", Kind::Int, "", "the revision; the newest if not given")];

pub static COMMAND: Command = Command {
    name: "status",
    operands: "RELEASE_NAME",
    short: "display the status of the named release",
    long: "Shows the state of a release, its objects, its tests and its notes.",
    args: Args::Exactly(1),
    flags: &[FLAGS, OUTPUT],
    run: Some(run),
    ..Command::EMPTY
};

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let session = Session::open(invocation, &invocation.settings.namespace())?;
    let mut release = recorded_in(&session, invocation)?;
    let format = Format::of(invocation);
    let form = if format == Format::Table { Form::Tables } else { Form::Objects };
    let objects = objects(&session, &release, form)?;
    release.chart = None;
    let color = Color::of(&invocation.settings);
    if format == Format::Table {
        let resources = tables(&objects);
        return out::finish(&release_text::with_resources(&release, &resources, color)?);
    }
    release.info.resources = objects
        .into_iter()
        .map(|(kind, objects)| (kind, objects.iter().map(|object| object.to_string().into_bytes()).collect()))
        .collect();
    out::finish(&release_text::text(&release, format, Telling::default(), color)?)
}

/// Returns the live objects of a release and the pods of its workloads, by kind.
fn objects(session: &Session, release: &Release, form: Form) -> Result<BTreeMap<String, Vec<Value>>, Failure> {
    if session.in_memory {
        return Ok(BTreeMap::new());
    }
    let failed = |error: cluster::Error| Failure::new(error.to_string());
    let resources = session.client.build(release.manifest.as_bytes(), Validation::Ignore).map_err(failed)?;
    session.client.related(&resources, form).map_err(failed)
}

/// Prints the server's tables, kind by kind.
fn tables(objects: &BTreeMap<String, Vec<Value>>) -> String {
    let mut text = String::new();
    let mut printer = server_table::Printer::default();
    for (kind, tables) in objects {
        let _ = writeln!(text, "==> {kind}");
        for table in tables {
            printer.print(&mut text, table);
        }
        text.push('\n');
    }
    text
}
