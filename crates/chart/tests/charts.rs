//! Whole charts in folders: loading, values, dependencies and schemas, against what real Helm 4.3.1 made of them (see
//! `data/charts.txt`).

mod folder;

use std::cell::RefCell;
use std::collections::HashSet;

use chart::capabilities::Capabilities;
use chart::log::{Lines, Log};
use chart::schema::{LoadError, References, Schemas};
use chart::value_options::{Reader, ValueOptions};
use chart::values::{Release, Surroundings, to_render_values};
use chart::{Chart, dependencies};
use folder::Folder;
use gostd::value::Entries;
use gostd::{GoError, Map, Str, Value};

const CASES: &str = include_str!("data/charts.txt");
const PROBE: &str = "templates/out.yaml";

struct Case<'a> {
    name: &'a str,
    arguments: Vec<&'a str>,
    files: Vec<(&'a str, String)>,
    printed: Vec<&'a str>,
}

fn cases() -> Vec<Case<'static>> {
    CASES.split("\n=== ").skip(1).map(parse).collect()
}

fn parse(text: &'static str) -> Case<'static> {
    let (given, printed) = text.split_once("\n~~~\n").unwrap_or((text, ""));
    let printed = printed.trim_end_matches('\n').lines().collect();
    let (head, files) = given.split_once("\n+++ ").unwrap_or((given, ""));
    let mut lines = head.lines();
    let name = lines.next().unwrap();
    let arguments = lines.next().and_then(|l| l.strip_prefix("> ")).map(|l| l.split(' ').collect()).unwrap_or_default();
    let file = |part: &'static str| {
        let (path, data) = part.split_once('\n').unwrap_or((part, ""));
        let end = if data.is_empty() { "" } else { "\n" };
        (path, format!("{data}{end}").replace("BOM ", "\u{feff}"))
    };
    let files = files.split("\n+++ ").filter(|part| !part.is_empty()).map(file).collect();
    Case { name, arguments, files, printed }
}

fn build(case: &Case<'_>) -> Folder {
    let folder = Folder::new();
    for (path, data) in &case.files {
        folder.write(&format!("c/{path}"), data);
    }
    let mut charts = vec![String::new()];
    for (path, _) in case.files.iter().filter(|(path, _)| path.starts_with("charts/")) {
        let mut at = String::new();
        let mut parts = path.split('/');
        while let (Some("charts"), Some(name)) = (parts.next(), parts.next()) {
            if parts.clone().next().is_none() || name.starts_with(['_', '.']) {
                break;
            }
            at += &format!("charts/{name}/");
            charts.push(at.clone());
        }
    }
    for chart in charts {
        let name = chart.trim_end_matches('/').rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("c");
        let bare = case.name.contains("without Chart.yaml") && chart == "charts/sub/charts/deep/";
        let given = |file: &str| case.files.iter().any(|(path, _)| *path == format!("{chart}{file}"));
        if !bare && !given("Chart.yaml") {
            folder.write(&format!("c/{chart}Chart.yaml"), format!("apiVersion: v2\nname: {name}\nversion: 0.1.0\n"));
        }
        if !given(PROBE) {
            folder.write(&format!("c/{chart}{PROBE}"), "");
        }
    }
    folder
}

struct Files<'a>(&'a Folder);

impl Reader for Files<'_> {
    fn read(&mut self, name: &str) -> Result<Vec<u8>, GoError> {
        Ok(std::fs::read(self.0.path().join(name)).unwrap())
    }
}

/// No case refers to files or URLs.
#[derive(Default)]
struct OnlyUrns(RefCell<HashSet<String>>);

impl References for OnlyUrns {
    fn load(&self, url: &str, _limit_bytes: usize) -> Result<Vec<u8>, LoadError> {
        panic!("{url} is asked for")
    }

    fn is_new_urn(&self, urn: &str) -> bool {
        self.0.borrow_mut().insert(urn.to_owned())
    }
}

/// What the template command does before it renders.
fn run(case: &Case<'_>, folder: &Folder, log: &mut dyn Log) -> Result<Vec<String>, GoError> {
    let mut options = ValueOptions::default();
    let urns = OnlyUrns::default();
    let mut schemas = Schemas::Checked(&urns);
    let mut arguments = case.arguments.iter();
    while let Some(flag) = arguments.next() {
        match *flag {
            "--set" => options.values.push(arguments.next().unwrap().to_string()),
            "-f" => options.value_files.push(arguments.next().unwrap().to_string()),
            "--skip-schema-validation" => schemas = Schemas::Ignored,
            other => panic!("flag {other}"),
        }
    }
    let values = options.merge(&mut Files(folder))?;
    let mut chart = chart::load(&folder.path().join("c"), log)?;
    dependencies::check(&chart).map_err(|error| {
        let hint = "You may need to run 'helm dependency build' to fetch missing dependencies";
        GoError::new(format!("an error occurred while checking for chart dependencies. {hint}: {}", error.text))
    })?;
    if chart.metadata().deprecated {
        log.warn("this chart is deprecated", &[]);
    }
    dependencies::process(&mut chart, &values, log).map_err(|error| {
        log.error("chart dependencies processing failed", &[("error", &error.text)]);
        GoError::new(format!("chart dependencies processing failed: {}", error.text))
    })?;
    let release = Release {
        name: "release-name".into(),
        namespace: "default".into(),
        revision: 1,
        is_install: true,
        is_upgrade: false,
    };
    let capabilities = Capabilities::with_kube_version(None);
    let around = Surroundings { release: &release, capabilities: &capabilities, schemas };
    let top = to_render_values(&chart, &values, &around, log)?;
    let mut lines = Vec::new();
    probe(&chart, &top.get(b"Values").unwrap(), &mut lines);
    Ok(lines)
}

/// What the probe template prints for a chart and its subcharts.
fn probe(chart: &Chart, values: &Value, lines: &mut Vec<String>) {
    let Value::Map(values) = values else { panic!("values of {}", chart.name()) };
    if chart.is_template(PROBE) && chart.templates().iter().any(|file| file.name == PROBE) {
        let metadata = chart.metadata_map();
        metadata.insert("IsRoot", Value::Bool(chart.is_root()));
        let files = chart.files().iter();
        let files: Entries = files.map(|f| (Str::from(f.name.as_str()), Value::Str(f.data.bytes().clone()))).collect();
        let template = gostd::path::join(&[chart.full_path().as_bytes(), PROBE.as_bytes()]);
        let entries = Entries::from([
            (Str::from("Chart"), Value::Map(metadata)),
            (Str::from("Files"), Value::map(files)),
            (Str::from("Template"), Value::str(template)),
            (Str::from("Values"), Value::Map(values.clone())),
        ]);
        let json = gostd::json::encode(&Value::Map(Map::new(entries))).unwrap();
        lines.push(String::from_utf8(json).unwrap());
    }
    for child in chart.dependencies() {
        probe(child, &values.get(child.name().as_bytes()).unwrap(), lines);
    }
}

#[test]
fn charts_load_and_get_their_values_as_in_helm() {
    let mut wrong = Vec::new();
    let cases = cases();
    for case in &cases {
        let folder = build(case);
        let mut log = Lines::default();
        let result = run(case, &folder, &mut log);
        let mut logs: Vec<String> = String::from_utf8(log.0).unwrap().lines().map(str::to_owned).collect();
        let mut lines = result.clone().unwrap_or_default();
        lines.sort();
        // Helm keeps one template of each path.
        lines.dedup();
        logs.sort();
        lines.extend(logs);
        if let Err(error) = result {
            lines.extend(format!("Error: {}", error.text).trim_end().lines().map(str::to_owned));
        }
        let root = format!("{}/", folder.path().display());
        let lines: Vec<String> = lines.into_iter().map(|line| line.replace(&root, "")).collect();
        if lines != case.printed {
            wrong.push(format!("{}\n{}", case.name, difference(&case.printed, &lines)));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// The lines that only one side has.
fn difference(wanted: &[&str], found: &[String]) -> String {
    let missing = wanted.iter().filter(|line| !found.iter().any(|f| f == *line)).map(|line| format!("  - {line}"));
    let extra = found.iter().filter(|line| !wanted.contains(&line.as_str())).map(|line| format!("  + {line}"));
    missing.chain(extra).collect::<Vec<_>>().join("\n")
}
