//! Builds one Go program, and says on stderr how far it is.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::binaries::cache;

/// How often a line says how far the build is.
const EVERY: Duration = Duration::from_secs(10);
/// So many lines of a failed build are shown.
const SHOWN: usize = 30;
/// Why nothing can be built.
pub const NO_GO: &str = "go is not there, which builds the test bed; try: cargo xtask testbed build, or install Go 1.26 from https://go.dev/dl";

/// A main package in `testbed/` of the repository.
pub struct Program {
    pub name: &'static str,
    /// For the linker, besides `-s -w`.
    pub flags: &'static str,
}

/// Builds `program` from `source` to the path `binary`, which appears when it is whole.
pub fn build(program: &Program, source: &Path, binary: &Path) -> Result<(), String> {
    let name = program.name;
    eprintln!("building {name} of the test bed; its modules are downloaded where the Go cache does not have them");
    let packages = lines(go(source)?.args(["list", "-deps", "."]), &format!("cannot download the modules of {name}"))?;
    let part = binary.with_extension("part");
    let mut command = go(source)?;
    command.args(["build", "-v", "-ldflags", &format!("-s -w {}", program.flags), "-o"]).arg(&part).arg(".");
    watch(&mut command, name, packages.len())?;
    std::fs::rename(&part, binary).map_err(|e| format!("cannot write {}: {e}", binary.display()))
}

/// The go command in the folder of a program.
fn go(source: &Path) -> Result<Command, String> {
    let mut command = Command::new(go_path()?);
    command.current_dir(source).env("CGO_ENABLED", "0").env("GOFLAGS", "-mod=readonly -trimpath -buildvcs=false");
    // The Go that is there, rather than a download of another.
    command.env("GOTOOLCHAIN", "local").stdin(Stdio::null());
    Ok(command)
}

/// The go that xtask put into the user's cache, else the one in the PATH.
fn go_path() -> Result<OsString, String> {
    let own = cache()?.join("go/bin/go");
    if own.is_file() {
        return Ok(own.into());
    }
    let works = Command::new("go").arg("version").output().is_ok_and(|output| output.status.success());
    if works { Ok("go".into()) } else { Err(NO_GO.into()) }
}

fn lines(command: &mut Command, what: &str) -> Result<Vec<String>, String> {
    let output = command.output().map_err(|e| format!("{what}: {e}"))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(format!("{what}; is the Go module proxy within reach (go env GOPROXY)?\n{}", last(&reason)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_string).collect())
}

/// Runs `go build -v`, which names each package that it compiles; those in Go's cache are not named.
fn watch(command: &mut Command, name: &str, packages: usize) -> Result<(), String> {
    let failed = |e: std::io::Error| format!("cannot build {name}: {e}");
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().map_err(failed)?;
    let stderr = child.stderr.take().ok_or("go build has no stderr")?;
    let (start, mut said) = (Instant::now(), Instant::now());
    let mut output = Vec::new();
    for line in BufReader::new(stderr).lines() {
        output.push(line.map_err(failed)?);
        if said.elapsed() >= EVERY {
            said = Instant::now();
            eprintln!("  {name}: compiled {} of {packages} packages in {} s", output.len(), start.elapsed().as_secs());
        }
    }
    if child.wait().map_err(failed)?.success() {
        eprintln!("  {name}: built in {} s", start.elapsed().as_secs());
        return Ok(());
    }
    Err(format!("cannot build {name}:\n{}", last(&output.join("\n"))))
}

/// The last lines of a text.
fn last(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(SHOWN)..].join("\n")
}
