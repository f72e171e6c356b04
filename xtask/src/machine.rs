//! What the tasks need on the machine besides cargo, and how it comes there when it is missing.

use std::process::{Command, Stdio};

use crate::workspace::Workspace;

/// CI sets `CI=true`: there nothing may be skipped for want of a tool.
pub fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true")
}

/// Makes sure that `cargo fmt` and `cargo clippy` work, with rustup or Debian's packages if they do not.
pub fn ensure_rust_components(workspace: &Workspace) -> Result<(), String> {
    for (command, component, package) in [("fmt", "rustfmt", "rustfmt"), ("clippy", "clippy", "rust-clippy")] {
        if works(workspace.cargo().args([command, "--version"])) {
            continue;
        }
        println!("installing {component}, which cargo {command} needs");
        let added = works(Command::new("rustup").args(["component", "add", component]));
        if !added && !install_package(package) {
            return Err(format!("cargo {command} is not there; try: rustup component add {component}"));
        }
    }
    Ok(())
}

/// Makes sure that `python3` is there.
pub fn ensure_python() -> Result<(), String> {
    if works(Command::new("python3").arg("--version")) || install_package("python3") {
        return Ok(());
    }
    Err("python3 is not there; try: apt-get install python3".into())
}

/// Makes sure that `python3 -m pip` is there.
pub fn ensure_pip() -> Result<(), String> {
    ensure_python()?;
    if works(Command::new("python3").args(["-m", "pip", "--version"])) || install_package("python3-pip") {
        return Ok(());
    }
    Err("python3 -m pip is not there; try: apt-get install python3-pip".into())
}

/// Installs a Debian package where that needs no question: as root, with apt-get.
fn install_package(name: &str) -> bool {
    let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    if !root || !works(Command::new("apt-get").arg("--version")) {
        return false;
    }
    println!("installing {name} with apt-get");
    works(Command::new("apt-get").args(["update", "-qq"]))
        && works(Command::new("apt-get").args(["install", "-y", "-qq", name]))
}

fn works(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
}
