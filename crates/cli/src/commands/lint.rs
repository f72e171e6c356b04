//! `lint`: looks for what will or may go wrong with a chart.

use std::path::{Path, PathBuf};

use chart::log::Log;
use lint::{Message, Options, Severity};

use super::values;
use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::flags::Flag;
use crate::log::Stderr;
use crate::out;
use crate::output_dir::reason;
use crate::remote::{Pulled, Remote};
use crate::schema_references::References;
use crate::tables::{SCHEMA, VALUES};

pub static COMMAND: Command = Command {
    name: "lint",
    operands: "PATH",
    short: "examine a chart for possible issues",
    long: "Runs tests on a chart. An [ERROR] will make its installation fail, a [WARNING] breaks with convention.",
    args: Args::AtLeast(1),
    flags: &[
        &[
            Flag::bool("strict", "warnings fail too"),
            Flag::bool("with-subcharts", "look at subcharts as well"),
            Flag::bool("quiet", "print only warnings and errors"),
            Flag::string("kube-version", "Kubernetes version for capabilities and deprecated API versions"),
        ],
        SCHEMA,
        VALUES,
    ],
    run: Some(run),
    ..Command::EMPTY
};

/// The findings on one chart, or why there are none.
type Findings = Result<Vec<Message>, String>;

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let kube_version = values::kube_version(flags)?;
    let references = References::of(flags)?;
    let options =
        Options { kube_version, namespace: invocation.settings.namespace(), schemas: references.schemas(flags) };
    let mut paths = flags.args.clone();
    if flags.bool("with-subcharts") {
        for path in &flags.args {
            subcharts(&Path::new(path).join("charts"), &mut paths);
        }
    }
    let sources = Remote::unchecked(invocation, Pulled::ToStderr).sources(invocation);
    let user_values = values::merged(flags, &sources.getters)?;
    let (quiet, tolerance) =
        (flags.bool("quiet"), if flags.bool("strict") { Severity::Warning } else { Severity::Error });
    let mut text = String::new();
    let (mut failed, mut noted) = (0, 0);
    for path in &paths {
        let findings = lint_chart(path, &user_values, &options, &mut Stderr);
        let bad = findings.as_ref().map_or(true, |m| m.iter().any(|m| m.severity > Severity::Info));
        noted += usize::from(bad);
        if !quiet || bad {
            report(&mut text, path, &findings, quiet);
            failed += usize::from(findings.as_ref().map_or(true, |m| m.iter().any(|m| m.severity >= tolerance)));
        }
    }
    out::write(text.as_bytes())?;
    let summary = format!("{} chart(s) linted, {failed} chart(s) failed", paths.len());
    if failed > 0 {
        return Err(Failure::new(summary));
    }
    if !quiet || noted > 0 { out::write(format!("{summary}\n").as_bytes()) } else { Ok(()) }
}

fn report(text: &mut String, path: &str, findings: &Findings, quiet: bool) {
    text.push_str(&format!("==> Linting {path}\n"));
    match findings {
        Err(error) => text.push_str(&format!("Error {error}\n")),
        Ok(messages) => {
            for message in messages.iter().filter(|m| !quiet || m.severity > Severity::Info) {
                text.push_str(&format!("{message}\n"));
            }
        }
    }
    text.push('\n');
}

fn lint_chart(path: &str, values: &gostd::Map, options: &Options<'_>, log: &mut dyn Log) -> Findings {
    let unpacked;
    let mut folder = PathBuf::from(path);
    if path.ends_with(".tgz") || path.ends_with(".tar.gz") {
        unpacked = unpack(path)?;
        folder = only_entry(unpacked.path())?;
    }
    let file = folder.join("Chart.yaml");
    if let Err(error) = std::fs::metadata(&file) {
        let reason = reason(&error);
        let file = gostd::path::clean(file.as_os_str().as_encoded_bytes());
        return Err(format!(
            "unable to check Chart.yaml file in chart: stat {}: {reason}",
            String::from_utf8_lossy(&file)
        ));
    }
    let folder = std::path::absolute(&folder).map_err(|e| format!("cannot find the path of {path}: {e}"))?;
    let folder = gostd::path::clean(folder.as_os_str().as_encoded_bytes());
    Ok(lint::run(PathBuf::from(String::from_utf8_lossy(&folder).into_owned()), values, options, log))
}

fn unpack(path: &str) -> Result<tempfile::TempDir, String> {
    let folder = tempfile::Builder::new().prefix("helm-lint").tempdir();
    let folder = folder.map_err(|e| format!("unable to create temp dir to extract tarball: {e}"))?;
    let bytes = std::fs::read(path).map_err(|e| format!("unable to open tarball: open {path}: {}", reason(&e)))?;
    chart::expand(folder.path(), &bytes).map_err(|e| format!("unable to extract tarball: {}", e.text))?;
    Ok(folder)
}

fn only_entry(folder: &Path) -> Result<PathBuf, String> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| entry.map(|e| e.path())).collect())
        .map_err(|e| format!("unable to read temporary output directory {}: {e}", folder.display()))?;
    entries.sort();
    match entries.into_iter().next() {
        Some(entry) if entry.is_dir() => Ok(entry),
        Some(entry) => {
            Err(format!("unexpected file {} in temporary output directory {}", entry.display(), folder.display()))
        }
        None => Err(format!("the archive put nothing into {}", folder.display())),
    }
}

/// Finds charts below a folder in lexical order, as `filepath.Walk` does.
fn subcharts(folder: &Path, paths: &mut Vec<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut entries: Vec<PathBuf> = entries.filter_map(|e| e.ok().map(|e| e.path())).collect();
    entries.sort();
    for entry in entries {
        let name = entry.to_string_lossy().into_owned();
        if entry.is_dir() && !entry.is_symlink() {
            subcharts(&entry, paths);
        } else if entry.file_name().is_some_and(|n| n == "Chart.yaml") {
            paths.push(folder.to_string_lossy().into_owned());
        } else if name.ends_with(".tgz") || name.ends_with(".tar.gz") {
            paths.push(name);
        }
    }
}
