//! `show`: what a chart says of itself.

use chart::log::Log;

use super::locate;
use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::flags::Flag;
use crate::log::Stderr;
use crate::out;
use crate::remote::{Pulled, Remote};
use crate::tables::{CHART_PATH, DEVEL, TLS};

static JSONPATH: &[Flag] = &[Flag::string("jsonpath", "JSONPath expression that picks from the values")];

pub static COMMAND: Command = Command {
    name: "show",
    aliases: &["inspect"],
    short: "show information of a chart",
    long: "Shows what is written in a chart: its definition, values, README and CRDs.",
    args: Args::None,
    sub: &[&ALL, &README, &VALUES, &CHART, &CRDS],
    ..Command::EMPTY
};

const BASE: Command =
    Command { operands: "[CHART]", args: Args::Exactly(1), flags: &[DEVEL, CHART_PATH, TLS], ..Command::EMPTY };

static ALL: Command = Command { name: "all", short: "show all information of the chart", run: Some(all), ..BASE };
static README: Command = Command { name: "readme", short: "show the chart's README", run: Some(readme), ..BASE };
static CHART: Command = Command { name: "chart", short: "show the chart's definition", run: Some(definition), ..BASE };
static CRDS: Command = Command { name: "crds", short: "show the chart's CRDs", run: Some(crds), ..BASE };
static VALUES: Command = Command {
    name: "values",
    short: "show the chart's values",
    flags: &[DEVEL, JSONPATH, CHART_PATH, TLS],
    run: Some(values),
    ..BASE
};

fn all(invocation: &Invocation) -> Result<(), Failure> {
    let chart = load(invocation)?;
    let mut text = definition_text(&chart)?;
    if chart.has_values() {
        text.extend_from_slice(b"---\n");
        text.extend(values_text(&chart, invocation)?);
    }
    if let Some(readme) = readme_text(&chart) {
        text.extend_from_slice(b"---\n");
        text.extend(readme);
    }
    out::write(&text)?;
    write_crds(&chart)
}

fn readme(invocation: &Invocation) -> Result<(), Failure> {
    let chart = load(invocation)?;
    out::finish(&readme_text(&chart).unwrap_or_default())
}

fn definition(invocation: &Invocation) -> Result<(), Failure> {
    let chart = load(invocation)?;
    out::finish(&definition_text(&chart)?)
}

fn crds(invocation: &Invocation) -> Result<(), Failure> {
    write_crds(&load(invocation)?)
}

fn values(invocation: &Invocation) -> Result<(), Failure> {
    let chart = load(invocation)?;
    if !chart.has_values() {
        return Ok(());
    }
    out::finish(&values_text(&chart, invocation)?)
}

fn load(invocation: &Invocation) -> Result<chart::Chart, Failure> {
    let flags = &invocation.flags;
    let remote = Remote::of(invocation, Pulled::ToStderr)?;
    Stderr.debug("original chart version", &[("version", flags.string("version"))]);
    let path = locate::chart_path(&flags.args[0], invocation, &remote)?;
    Ok(chart::load_without_templates(&path, &mut Stderr)?)
}

fn definition_text(chart: &chart::Chart) -> Result<Vec<u8>, Failure> {
    let mut text = goyaml::to_yaml(&chart.metadata().to_value())?;
    text.push(b'\n');
    Ok(text)
}

fn values_text(chart: &chart::Chart, invocation: &Invocation) -> Result<Vec<u8>, Failure> {
    let expression = invocation.flags.string("jsonpath");
    if expression.is_empty() {
        return Ok(chart.raw_values().map(|raw| [raw, b"\n"].concat()).unwrap_or_default());
    }
    crate::jsonpath::print(expression, chart.values())
        .map_err(|error| Failure::new(format!("error parsing jsonpath {expression}: {error}")))
}

/// The first README of the chart, by Helm's names for one.
fn readme_text(chart: &chart::Chart) -> Option<Vec<u8>> {
    let is_readme = |name: &str| ["readme.md", "readme.txt", "readme"].iter().any(|n| n.eq_ignore_ascii_case(name));
    let file = chart.files().iter().find(|file| is_readme(&file.name))?;
    Some([&file.data[..], b"\n"].concat())
}

/// Writes CRDs one after the other: they can be most of a chart.
fn write_crds(chart: &chart::Chart) -> Result<(), Failure> {
    const SEPARATOR: &[u8] = b"---\n";
    let mut text = SEPARATOR.to_vec();
    for crd in chart.crds() {
        text.truncate(SEPARATOR.len());
        crd.data.append_to(&mut text);
        text.push(b'\n');
        let has_separator = text[SEPARATOR.len()..].starts_with(b"---");
        out::write(if has_separator { &text[SEPARATOR.len()..] } else { &text })?;
    }
    out::finish(b"")
}
