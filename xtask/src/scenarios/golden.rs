//! The golden of a scenario: `scenarios/golden/GROUP/NAME.txt`, a section for each part of each step.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::scenario::Scenario;
use crate::conformance::compare::first_difference;
use crate::conformance::known::KnownDifferences;

/// One part of what a step left: its exit code, an output, or the changes of the state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Section {
    /// `STEP/PART`; steps count from 1.
    pub key: String,
    /// The command line of the step.
    pub line: String,
    pub text: String,
}

pub fn path(folder: &Path, scenario: &Scenario) -> PathBuf {
    folder.join("golden").join(&scenario.group).join(format!("{}.txt", scenario.name))
}

/// Reads the golden of a scenario.
pub fn read(folder: &Path, scenario: &Scenario) -> Result<Vec<Section>, String> {
    let path = path(folder, scenario);
    let text = std::fs::read_to_string(&path)
        .map_err(|e| format!("{}: {e}; make it with {} --bless", path.display(), scenario.rerun()))?;
    Ok(parse(&text))
}

pub fn write(folder: &Path, scenario: &Scenario, sections: &[Section]) -> Result<(), String> {
    let path = path(folder, scenario);
    let failed = |e: std::io::Error| format!("{}: {e}", path.display());
    std::fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(failed)?;
    std::fs::write(&path, print(sections)).map_err(failed)
}

/// Stands at the end of a part whose last line has no end.
const OPEN_END: &str = "\\ no newline at the end";

fn print(sections: &[Section]) -> String {
    let mut text = String::new();
    let mut step = "";
    for section in sections {
        let (number, part) = section.key.split_once('/').unwrap_or_default();
        if number != step {
            text.push_str(&format!("=== {number} {}\n", section.line));
            step = number;
        }
        text.push_str(&format!("--- {part}\n"));
        for line in section.text.split_inclusive('\n') {
            let open = if line.ends_with('\n') { String::new() } else { format!("\n{OPEN_END}\n") };
            text.push_str(&format!("  {line}{open}"));
        }
    }
    text
}

fn parse(text: &str) -> Vec<Section> {
    let (mut number, mut step) = ("", "");
    let mut sections: Vec<Section> = Vec::new();
    for line in text.split_inclusive('\n') {
        let content = line.strip_prefix("  ");
        if let Some(head) = line.strip_prefix("=== ") {
            (number, step) = head.trim_end().split_once(' ').unwrap_or_default();
        } else if let Some(part) = line.strip_prefix("--- ") {
            let key = format!("{number}/{}", part.trim_end());
            sections.push(Section { key, line: step.to_string(), text: String::new() });
        } else if let Some(section) = sections.last_mut() {
            match content {
                Some(content) => section.text.push_str(content),
                None if line.trim_end() == OPEN_END => section.text.truncate(section.text.len().saturating_sub(1)),
                None => section.text.push_str(line),
            }
        }
    }
    sections
}

/// What differs, part by part, or nothing. Known differences must be there; steps behind one may follow from it, so each
/// is listed by itself.
pub fn difference(id: &str, want: &[Section], got: &[Section], known: &KnownDifferences) -> Option<String> {
    let mut problems = Vec::new();
    for (want, got) in want.iter().zip(got) {
        let listed = known.contains(&format!("{id}#{}", got.key));
        if want.key != got.key || want.line != got.line {
            problems.push(format!("step {} of the golden is {}, here {} {}", want.key, want.line, got.key, got.line));
            break;
        } else if want.text != got.text && !listed {
            let difference = first_difference(want.text.as_bytes(), got.text.as_bytes());
            problems.push(format!("{} {}: {difference}", got.key, got.line));
        } else if want.text == got.text && listed {
            problems.push(format!("{}: listed as a known difference, but equal", got.key));
        }
    }
    if want.len() != got.len() {
        problems.push(format!("the golden has {} parts, here are {}", want.len(), got.len()));
    }
    (!problems.is_empty()).then(|| problems.join("\n    "))
}

/// Goldens that belong to no scenario.
pub fn orphans(folder: &Path, scenarios: &[Scenario]) -> Result<Vec<PathBuf>, String> {
    let used: BTreeSet<PathBuf> = scenarios.iter().map(|scenario| path(folder, scenario)).collect();
    let mut orphans = Vec::new();
    for group in entries(&folder.join("golden"))? {
        orphans.extend(entries(&group)?.into_iter().filter(|path| !used.contains(path)));
    }
    orphans.sort();
    Ok(orphans)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(format!("{}: {e}", folder.display())),
    };
    Ok(entries.flatten().map(|entry| entry.path()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_survive_their_file() {
        let section = |key: &str, line: &str, text: &str| Section {
            key: key.to_string(),
            line: line.to_string(),
            text: text.to_string(),
        };
        let sections = vec![
            section("1/exit", "helm list", "0\n"),
            section("1/stdout", "helm list", "a\n\n  b\n=== c\n"),
            section("2/stdout", "helm get values r", "no end"),
            section("2/stderr", "helm get values r", ""),
        ];
        assert_eq!(parse(&print(&sections)), sections);
    }
}
