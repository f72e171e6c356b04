//! `get`: what is recorded of a release.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use gostd::{Map, Str, Value};
use release::Release;
use release::object::Object;

use super::release_text::{self, Telling};
use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::flags::{Flag, Kind};
use crate::out;
use crate::output::{self, Color, Format, OUTPUT};
use crate::session::Session;

static REVISION: &[Flag] = &[Flag::new("revision", Kind::Int, "", "the revision; the newest if not given")];
static TEMPLATE: &[Flag] = &[Flag::string("template", "Go template for the output, as {{.Release.Name}}")];
static VALUES_ALL: &[Flag] = &[Flag::bool("all", "all values, the chart's too").short('a')];

pub static COMMAND: Command = Command {
    name: "get",
    short: "download extended information of a named release",
    long: "Shows what is recorded of a release: its values, manifest, hooks, notes and metadata.",
    args: Args::None,
    sub: &[&ALL, &VALUES, &MANIFEST, &HOOKS, &NOTES, &METADATA],
    ..Command::EMPTY
};

const BASE: Command =
    Command { operands: "RELEASE_NAME", args: Args::Exactly(1), flags: &[REVISION], ..Command::EMPTY };

static ALL: Command = Command {
    name: "all",
    short: "all information of a release",
    flags: &[REVISION, TEMPLATE],
    run: Some(all),
    ..BASE
};
static VALUES: Command = Command {
    name: "values",
    short: "the values of a release",
    flags: &[REVISION, VALUES_ALL, OUTPUT],
    run: Some(values),
    ..BASE
};
static MANIFEST: Command =
    Command { name: "manifest", short: "the manifest of a release", run: Some(manifest), ..BASE };
static HOOKS: Command = Command { name: "hooks", short: "the hooks of a release", run: Some(hooks), ..BASE };
static NOTES: Command = Command { name: "notes", short: "the notes of a release", run: Some(notes), ..BASE };
static METADATA: Command = Command {
    name: "metadata",
    short: "the metadata of a release",
    flags: &[REVISION, OUTPUT],
    run: Some(metadata),
    ..BASE
};

/// Reads the record that the arguments name.
fn recorded(invocation: &Invocation) -> Result<Release, Failure> {
    recorded_in(&Session::open(invocation, &invocation.settings.namespace())?, invocation)
}

/// Reads the record that the arguments name.
pub(super) fn recorded_in(session: &Session, invocation: &Invocation) -> Result<Release, Failure> {
    let name = &invocation.flags.args[0];
    session.reachable()?;
    if chart::release_name::validate(name).is_err() {
        return Err(Failure::new(format!("releaseContent: Release name is invalid: {name}")));
    }
    let revision = invocation.flags.last("revision").and_then(parse).unwrap_or(0);
    let record = match revision {
        ..=0 => session.records.last(name),
        revision => session.records.get(name, revision),
    };
    record.map_err(|error| Failure::new(error.to_string()))
}

fn parse(text: &str) -> Option<i64> {
    gostd::strconv::parse_int(text.as_bytes(), 0, 64).ok()
}

fn all(invocation: &Invocation) -> Result<(), Failure> {
    let release = recorded(invocation)?;
    let template = invocation.flags.string("template");
    if !template.is_empty() {
        return templated(template, &release);
    }
    let telling = Telling { debug: true, metadata: true, hide_notes: false };
    out::finish(&release_text::text(&release, Format::Table, telling, Color::of(&invocation.settings))?)
}

/// Prints what a template of the user gives, if only up to an error: Go's functions, and no others.
fn templated(template: &str, release: &Release) -> Result<(), Failure> {
    let mut set = gotemplate::Set::new(&[]);
    set.parse("_", template)?;
    let data = Value::map([("Release".into(), release.to_template_value())].into());
    let (text, result) = set.execute_as_far("_", &data, Vec::new());
    out::write(&text)?;
    result?;
    out::finish(b"")
}

fn values(invocation: &Invocation) -> Result<(), Failure> {
    let release = recorded(invocation)?;
    let every = invocation.flags.bool("all");
    let values: Option<Map> = if every { Some(release_text::computed(&release)?) } else { release.config };
    match Format::of(invocation) {
        Format::Json => out::finish(&output::json(release_text::json(values.as_ref())?)),
        Format::Yaml => out::finish(release_text::yaml(values.as_ref())?.as_bytes()),
        Format::Table => {
            let head = if every { "COMPUTED VALUES:" } else { "USER-SUPPLIED VALUES:" };
            out::finish(format!("{head}\n{}", release_text::yaml(values.as_ref())?).as_bytes())
        }
    }
}

fn manifest(invocation: &Invocation) -> Result<(), Failure> {
    let release = recorded(invocation)?;
    out::finish(&[release.manifest.as_bytes(), b"\n"].concat())
}

fn hooks(invocation: &Invocation) -> Result<(), Failure> {
    out::finish(release_text::hooks(&recorded(invocation)?).as_bytes())
}

fn notes(invocation: &Invocation) -> Result<(), Failure> {
    let release = recorded(invocation)?;
    match release.info.notes.as_str() {
        "" => Ok(()),
        notes => out::finish(format!("NOTES:\n{notes}\n").as_bytes()),
    }
}

fn metadata(invocation: &Invocation) -> Result<(), Failure> {
    let release = recorded(invocation)?;
    match Format::of(invocation) {
        Format::Json => out::finish(&output::json(metadata_json(&release)?)),
        Format::Yaml => out::finish(&output::yaml(&metadata_json(&release)?)?),
        Format::Table => out::finish(metadata_table(&release).as_bytes()),
    }
}

fn metadata_table(release: &Release) -> String {
    let chart = release.chart.as_ref().and_then(|chart| chart.metadata.clone()).unwrap_or_default();
    let mut dependencies: Vec<&str> = chart.dependencies.iter().map(|dependency| dependency.name.as_str()).collect();
    dependencies.sort_unstable();
    let method = match release.apply_method.as_str() {
        "" => "client-side apply (defaulted)".to_string(),
        "csa" => "client-side apply".to_string(),
        "ssa" => "server-side apply".to_string(),
        other => format!("unknown ({})", String::from_utf8_lossy(&gostd::strconv::quote(other.as_bytes()))),
    };
    let labels = release.labels.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(",");
    let annotations = chart.annotations.unwrap_or_default();
    let annotations: Vec<String> = annotations.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let lines = [
        ("NAME", release.name.clone()),
        ("CHART", chart.name.clone()),
        ("VERSION", chart.version.clone()),
        ("APP_VERSION", chart.app_version.clone()),
        ("ANNOTATIONS", annotations.join(",")),
        ("LABELS", labels),
        ("DEPENDENCIES", dependencies.join(",")),
        ("NAMESPACE", release.namespace.clone()),
        ("REVISION", release.version.to_string()),
        ("STATUS", release.info.status.to_string()),
        ("DEPLOYED_AT", deployed_at(release)),
        ("APPLY_METHOD", method),
    ];
    let mut text = String::new();
    for (name, value) in lines {
        let _ = writeln!(text, "{name}: {value}");
    }
    text
}

fn show(text: impl AsRef<[u8]>) -> String {
    String::from_utf8_lossy(text.as_ref()).into_owned()
}

fn deployed_at(release: &Release) -> String {
    match &release.info.last_deployed {
        Some(time) => show(time.format(b"2006-01-02T15:04:05Z07:00")),
        None => "0001-01-01T00:00:00Z".to_string(),
    }
}

/// Writes a map of texts, unless it is empty.
fn texts(object: &mut Object<'_>, name: &str, texts: &BTreeMap<String, String>) -> Result<(), Failure> {
    if texts.is_empty() {
        return Ok(());
    }
    let entries = texts.iter().map(|(key, value)| (Str::from(key.as_str()), Value::str(value.as_str())));
    Ok(object.value(name, &Value::map(entries.collect()))?)
}

fn metadata_json(release: &Release) -> Result<Vec<u8>, Failure> {
    let chart = release.chart.as_ref().and_then(|chart| chart.metadata.clone()).unwrap_or_default();
    let mut out = Vec::new();
    let mut object = Object::open(&mut out);
    object.text("name", release.name.as_bytes());
    object.text("chart", chart.name.as_bytes());
    object.text("version", chart.version.as_bytes());
    object.text("appVersion", chart.app_version.as_bytes());
    texts(&mut object, "annotations", &chart.annotations.unwrap_or_default())?;
    texts(&mut object, "labels", &release.labels)?;
    if !chart.dependencies.is_empty() {
        release::append_dependencies(object.name("dependencies"), &chart.dependencies)?;
    }
    object.text("namespace", release.namespace.as_bytes());
    object.number("revision", release.version);
    object.text("status", release.info.status.as_str().as_bytes());
    object.text("deployedAt", deployed_at(release).as_bytes());
    object.text_unless_empty("applyMethod", release.apply_method.as_bytes());
    object.close();
    Ok(out)
}
