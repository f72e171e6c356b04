//! The scenarios as data: `scenarios/GROUP.toml`, each `[[scenario]]` a short life of releases, step by step.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use crate::conformance::fields::{list, strings};
use crate::conformance::words;

/// Which program a step runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Program {
    /// The one under test; its output and exit code are compared.
    Helm,
    /// The real kubectl, for what people do to objects in between; it must succeed.
    Kubectl,
}

/// One command line.
#[derive(Clone, Debug)]
pub struct Step {
    pub program: Program,
    /// As it stands in the file.
    pub line: String,
    /// The arguments.
    pub words: Vec<String>,
}

/// What must have happened before the state after a step is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Settle {
    /// Nothing is being deleted, and workloads are ready.
    Ready,
    /// Nothing is being deleted; for workloads that never become ready.
    Deleted,
    /// Nothing; for objects that stay half deleted.
    Nothing,
}

/// A life of one or more releases in a namespace of its own. Texts may hold `$NAMESPACE`, `$WORK` and `$HOME`.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub group: String,
    pub name: String,
    pub steps: Vec<Step>,
    pub env: BTreeMap<String, String>,
    /// Path below the working folder → content; they overlay the charts.
    pub files: BTreeMap<String, String>,
    /// API paths of collections or single objects that are part of the state too.
    pub also: Vec<String>,
    /// Further namespaces whose objects are looked at; each begins with `$NAMESPACE`.
    pub namespaces: Vec<String>,
    pub settle: Settle,
    /// Whether every step is also done by either program in turn.
    pub turns: bool,
}

impl Scenario {
    /// `GROUP/NAME`, the name used in messages, `--only` and the list of known differences.
    pub fn id(&self) -> String {
        format!("{}/{}", self.group, self.name)
    }

    pub fn rerun(&self) -> String {
        format!("cargo xtask scenarios --only '^{}$'", self.id())
    }

    /// How many steps the program under test does.
    pub fn helm_steps(&self) -> usize {
        self.steps.iter().filter(|step| step.program == Program::Helm).count()
    }
}

/// Reads every group, sorted by name, scenarios in the order of their file.
pub fn read_all(folder: &Path) -> Result<Vec<Scenario>, String> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut groups: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "toml"))
        .collect();
    groups.sort();
    let mut scenarios = Vec::new();
    for path in groups {
        let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let group = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        scenarios.extend(read_group(&group, &text).map_err(|e| format!("{}: {e}", path.display()))?);
    }
    Ok(scenarios)
}

pub fn read_group(group: &str, text: &str) -> Result<Vec<Scenario>, String> {
    let table: Table = text.parse().map_err(|e| format!("{e}"))?;
    let mut names = BTreeSet::new();
    let mut scenarios = Vec::new();
    for entry in table.get("scenario").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default() {
        let entry = entry.as_table().ok_or("a scenario is a table")?;
        let name = entry.get("name").and_then(Value::as_str).ok_or("a scenario without a name")?;
        if !names.insert(name) {
            return Err(format!("two scenarios named {name}"));
        }
        scenarios.push(parse(entry, group, name).map_err(|e| format!("{name}: {e}"))?);
    }
    Ok(scenarios)
}

const KEYS: &[&str] = &["name", "steps", "env", "files", "also", "namespaces", "settle", "turns"];

fn parse(table: &Table, group: &str, name: &str) -> Result<Scenario, String> {
    if let Some(key) = table.keys().find(|key| !KEYS.contains(&key.as_str())) {
        return Err(format!("unknown key {key}"));
    }
    let steps: Vec<Step> = list(table, "steps")?.iter().map(|line| step(line)).collect::<Result<_, _>>()?;
    if steps.is_empty() {
        return Err("no steps".into());
    }
    let settle = match table.get("settle").and_then(Value::as_str) {
        None => Settle::Ready,
        Some("deleted") => Settle::Deleted,
        Some("nothing") => Settle::Nothing,
        Some(other) => return Err(format!("settle = {other:?}: deleted or nothing")),
    };
    Ok(Scenario {
        group: group.to_string(),
        name: name.to_string(),
        steps,
        env: strings(table, "env")?,
        files: strings(table, "files")?,
        also: list(table, "also")?,
        namespaces: list(table, "namespaces")?,
        settle,
        turns: table.get("turns").and_then(Value::as_bool).unwrap_or(false),
    })
}

fn step(line: &str) -> Result<Step, String> {
    let mut words = words::split(line)?;
    let program = match words.first().map(String::as_str) {
        Some("helm") => Program::Helm,
        Some("kubectl") => Program::Kubectl,
        _ => return Err(format!("a step begins with helm or kubectl: {line}")),
    };
    words.remove(0);
    Ok(Step { program, line: line.to_string(), words })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scenario_names_its_programs() {
        let text = "[[scenario]]\nname = 'a'\nsteps = ['helm install r x', 'kubectl delete cm x', 'helm list']\n";
        let scenarios = read_group("g", text).unwrap();
        assert_eq!((scenarios[0].id().as_str(), scenarios[0].helm_steps()), ("g/a", 2));
        for (text, want) in [
            ("[[scenario]]\nname = 'a'\n", "a: no steps"),
            ("[[scenario]]\nname = 'a'\nsteps = ['ls']\n", "a: a step begins with helm or kubectl: ls"),
            ("[[scenario]]\nname = 'a'\nstep = []\n", "a: unknown key step"),
        ] {
            assert_eq!(read_group("g", text).unwrap_err(), want);
        }
    }
}
