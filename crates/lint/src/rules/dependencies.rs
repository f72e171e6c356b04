//! Dependencies of Chart.yaml against those in charts/ (`rules/dependencies.go`).

use std::collections::HashSet;

use chart::Chart;
use chart::log::Log;

use super::chartfile::load;
use crate::message::Linter;
use crate::message::Severity::{Error, Warning};

/// Runs the rules on dependencies.
pub fn check(linter: &mut Linter, log: &mut dyn Log) {
    let loaded = load(linter, log).map_err(|error| format!("unable to load chart\n\t{error}"));
    let Some(chart) = linter.rule(Error, "", loaded) else { return };
    let path = linter.chart_dir.to_string_lossy().into_owned();
    linter.rule(Error, &path, in_metadata(&chart));
    linter.rule(Error, &path, unique(&chart));
    linter.rule(Warning, &path, in_charts_dir(&chart));
}

fn in_metadata(chart: &Chart) -> Result<(), String> {
    let declared: HashSet<&str> = chart.metadata().dependencies.iter().map(|d| d.name.as_str()).collect();
    let missing = chart.dependencies().iter().map(|c| c.metadata().name.as_str()).filter(|n| !declared.contains(n));
    complain("chart metadata is missing these dependencies: ", missing)
}

fn in_charts_dir(chart: &Chart) -> Result<(), String> {
    let present: HashSet<&str> = chart.dependencies().iter().map(|c| c.metadata().name.as_str()).collect();
    let missing = chart.metadata().dependencies.iter().map(|d| d.name.as_str()).filter(|n| !present.contains(n));
    complain("chart directory is missing these dependencies: ", missing)
}

fn unique(chart: &Chart) -> Result<(), String> {
    let mut seen = HashSet::new();
    let names = chart.metadata().dependencies.iter().map(|d| if d.alias.is_empty() { &d.name } else { &d.alias });
    let doubled: Vec<&str> = names.filter(|name| !seen.insert(*name)).map(String::as_str).collect();
    complain("multiple dependencies with name or alias: ", doubled.into_iter())
}

fn complain<'a>(text: &str, names: impl Iterator<Item = &'a str>) -> Result<(), String> {
    let names: Vec<&str> = names.collect();
    if names.is_empty() { Ok(()) } else { Err(format!("{text}{}", names.join(","))) }
}
