//! A release as people read it (`statusPrinter` in `pkg/cmd/status.go`).

use std::fmt::Write as _;

use gostd::{Map, Value};
use release::{Event, Release};

use super::history::ansi_c;
use crate::failure::Failure;
use crate::log::Stderr;
use crate::output::{self, Color, Format};

/// What is told of a release beside its state.
#[derive(Clone, Copy, Default)]
pub struct Telling {
    /// Values, hooks and the manifest too.
    pub debug: bool,
    /// Name and version of the chart too.
    pub metadata: bool,
    pub hide_notes: bool,
}

/// Returns a release in a format.
///
/// # Errors
/// Values that cannot be written.
pub fn text(release: &Release, format: Format, telling: Telling, color: Color) -> Result<Vec<u8>, Failure> {
    match format {
        Format::Json => Ok(output::json(release::to_json(release)?)),
        Format::Yaml => output::yaml(&release::to_json(release)?),
        Format::Table => Ok(table(release, telling, (color, ""))?.into_bytes()),
    }
}

/// Returns a release with what its objects are doing.
///
/// # Errors
/// As [`text`].
pub fn with_resources(release: &Release, resources: &str, color: Color) -> Result<Vec<u8>, Failure> {
    Ok(table(release, Telling::default(), (color, resources))?.into_bytes())
}

fn table(release: &Release, telling: Telling, (color, resources): (Color, &str)) -> Result<String, Failure> {
    let mut text = String::new();
    head(&mut text, release, telling, color);
    if !resources.is_empty() {
        let _ = writeln!(text, "RESOURCES:\n{resources}");
    }
    tests(&mut text, release);
    if telling.debug {
        values(&mut text, release)?;
    }
    if telling.debug || release.info.description.eq_ignore_ascii_case("Dry run complete") {
        text.push_str("HOOKS:\n");
        text.push_str(&hooks(release));
        let _ = writeln!(text, "MANIFEST:\n{}", release.manifest.to_text());
    }
    if !telling.hide_notes && !release.info.notes.is_empty() {
        let _ = writeln!(text, "NOTES:\n{}", release.info.notes.trim());
    }
    Ok(text)
}

fn head(text: &mut String, release: &Release, telling: Telling, color: Color) {
    let info = &release.info;
    let _ = writeln!(text, "NAME: {}", release.name);
    if info.last_deployed.is_some() {
        let _ = writeln!(text, "LAST DEPLOYED: {}", ansi_c(info.last_deployed.as_ref()));
    }
    let _ = writeln!(text, "NAMESPACE: {}", color.namespace(&release.namespace));
    let _ = writeln!(text, "STATUS: {}", color.status(info.status.as_str()));
    let _ = writeln!(text, "REVISION: {}", release.version);
    if telling.metadata {
        let metadata = release.chart.as_ref().and_then(|chart| chart.metadata.clone()).unwrap_or_default();
        let _ = writeln!(text, "CHART: {}", metadata.name);
        let _ = writeln!(text, "VERSION: {}", metadata.version);
        let _ = writeln!(text, "APP_VERSION: {}", metadata.app_version);
    }
    let _ = writeln!(text, "DESCRIPTION: {}", info.description);
}

fn tests(text: &mut String, release: &Release) {
    let mut tests = release.hooks.iter().filter(|hook| hook.runs_at(Event::Test)).peekable();
    if tests.peek().is_none() {
        text.push_str("TEST SUITE: None\n");
    }
    for test in tests.filter(|test| test.last_run.started_at.is_some()) {
        let run = &test.last_run;
        let _ = writeln!(text, "TEST SUITE:     {}", test.name);
        let _ = writeln!(text, "Last Started:   {}", ansi_c(run.started_at.as_ref()));
        let _ = writeln!(text, "Last Completed: {}", ansi_c(run.completed_at.as_ref()));
        let _ = writeln!(text, "Phase:          {}", run.phase.as_str());
    }
}

fn values(text: &mut String, release: &Release) -> Result<(), Failure> {
    let _ = writeln!(text, "USER-SUPPLIED VALUES:\n{}", yaml(release.config.as_ref())?);
    let _ = writeln!(text, "COMPUTED VALUES:\n{}", yaml(Some(&computed(release)?))?);
    Ok(())
}

/// Returns the values of the user over those of the chart.
///
/// # Errors
/// Values that do not fit together.
pub fn computed(release: &Release) -> Result<Map, Failure> {
    let chart = release.chart.clone().unwrap_or_default().to_chart();
    Ok(chart::values::coalesce(&chart, &release.config.clone().unwrap_or_default(), &mut Stderr)?)
}

/// Returns values as YAML; `null` where there are none.
///
/// # Errors
/// Values that cannot be written.
pub fn yaml(values: Option<&Map>) -> Result<String, Failure> {
    let text = output::yaml(&json(values)?)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// Returns values as JSON; `null` where there are none.
///
/// # Errors
/// Values that cannot be written.
pub fn json(values: Option<&Map>) -> Result<Vec<u8>, Failure> {
    let value = values.map_or(Value::Nil, |values| Value::Map(values.clone()));
    Ok(gostd::json::encode(&value)?)
}

/// Returns the hooks of a release, one document after the other.
pub fn hooks(release: &Release) -> String {
    let mut text = String::new();
    for hook in &release.hooks {
        let _ = writeln!(text, "---\n# Source: {}\n{}", hook.path, hook.manifest.to_text());
    }
    text
}
