//! `dependency list`: what a chart needs, and what of it is in its folder (`pkg/action/dependency.go` of Helm 4.3.1).

use std::path::Path;

use chart::{Chart, Dependency};
use gostd::path::{base, clean, ext, join};
use gostd::semver::{Constraints, Version};
use gostd::strconv::quote;

use super::glob::glob;
use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::flags::{Flag, Kind};
use crate::log::Stderr;
use crate::out;
use crate::output::Table;

pub static COMMAND: Command = Command {
    name: "list",
    aliases: &["ls"],
    operands: "CHART",
    short: "list the dependencies of a chart",
    long: "Lists the dependencies that a chart, in a folder or packed, names, and whether they are in its folder charts/.",
    args: Args::AtMost(1),
    flags: &[&[Flag::new("max-col-width", Kind::Uint, "80", "widest column of the table")]],
    run: Some(run),
    ..Command::EMPTY
};

/// The widest column if the flag is not given.
const COLUMN: usize = 80;

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let path = flags.args.first().map_or_else(|| ".".to_owned(), |path| text(&clean(path.as_bytes())));
    let chart = chart::load_any_version(Path::new(&path), &mut Stderr)?;
    let metadata = chart.metadata();
    if !metadata.declares_dependencies {
        let folder = join(&[path.as_bytes(), b"charts"]);
        return out::finish(format!("WARNING: no dependencies at {}\n", text(&folder)).as_bytes());
    }
    let width = flags.last("max-col-width").and_then(|width| gostd::strconv::parse_uint(width.as_bytes(), 0, 64).ok());
    let mut table = Table::at_most(width.map_or(COLUMN, |width| width as usize));
    table.row(["NAME", "VERSION", "REPOSITORY", "STATUS"]);
    for dependency in &metadata.dependencies {
        let status = status(&path, dependency, &chart);
        table.row([dependency.name.as_str(), &dependency.version, &dependency.repository, status]);
    }
    let mut output = table.text();
    output.push('\n');
    output.push_str(&others(&path, &metadata.dependencies));
    out::finish(output.as_bytes())
}

/// Returns one word or two for what is in the folder.
fn status(path: &str, dependency: &Dependency, parent: &Chart) -> &'static str {
    let pattern = join(&[path.as_bytes(), b"charts", format!("{}-*.tgz", dependency.name).as_bytes()]);
    let Ok(archives) = glob(&text(&pattern)) else { return "bad pattern" };
    let archive = match archives.as_slice() {
        [archive] => Some(archive),
        archives => match archives.iter().filter(|archive| is_versioned(archive, dependency)).collect::<Vec<_>>()[..] {
            [archive] => Some(archive),
            [] => None,
            _ => return "too many matches",
        },
    };
    if let Some(archive) = archive.filter(|archive| Path::new(archive).exists()) {
        return archive_status(archive, dependency);
    }
    match parent.dependencies().iter().rfind(|child| child.name() == dependency.name) {
        None => "missing",
        Some(child) => mismatch(child, dependency).unwrap_or("unpacked"),
    }
}

/// Reports whether the name of an archive goes on with a version.
fn is_versioned(archive: &str, dependency: &Dependency) -> bool {
    let name = text(base(archive.as_bytes()));
    let name = name.strip_suffix(".tgz").unwrap_or(&name);
    let version = name.strip_prefix(&format!("{}-", dependency.name)).unwrap_or(name);
    Version::strict(version.as_bytes()).is_ok()
}

fn archive_status(archive: &str, dependency: &Dependency) -> &'static str {
    match chart::load_any_version(Path::new(archive), &mut Stderr) {
        Err(_) => "corrupt",
        Ok(chart) if chart.name() != dependency.name => "misnamed",
        Ok(chart) => mismatch(&chart, dependency).unwrap_or("ok"),
    }
}

/// Tells what is wrong with the version of a chart that is there.
fn mismatch(chart: &Chart, dependency: &Dependency) -> Option<&'static str> {
    let version = &chart.metadata().version;
    if *version == dependency.version {
        return None;
    }
    let Ok(wanted) = Constraints::new(dependency.version.as_bytes()) else { return Some("invalid version") };
    let Ok(version) = Version::new(version.as_bytes()) else { return Some("invalid version") };
    (!wanted.check(&version)).then_some("wrong version")
}

/// Returns a warning for each chart in the folder that nobody asked for.
fn others(path: &str, dependencies: &[Dependency]) -> String {
    let pattern = join(&[path.as_bytes(), b"charts", b"*"]);
    let files = match glob(&text(&pattern)) {
        Ok(files) => files,
        Err(error) => return format!("{error}\n"),
    };
    let mut warnings = String::new();
    for file in files.iter().filter(|file| may_be_chart(file)) {
        let quoted = text(&quote(file.as_bytes()));
        match chart::load_any_version(Path::new(file), &mut Stderr) {
            Err(_) => warnings.push_str(&format!("WARNING: {quoted} is not a chart.\n")),
            Ok(chart) if dependencies.iter().any(|dependency| dependency.name == chart.name()) => {}
            Ok(_) => warnings.push_str(&format!("WARNING: {quoted} is not in Chart.yaml.\n")),
        }
    }
    warnings
}

fn may_be_chart(file: &str) -> bool {
    Path::new(file).is_dir() || Path::new(file).exists() && ext(file.as_bytes()) == b".tgz"
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
