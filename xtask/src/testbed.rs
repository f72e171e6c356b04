//! `cargo xtask testbed`: the control plane for tests, built and started by the crate `testbed`.
//!
//! That crate makes certificates and talks TLS; it is run as a program, so that the other tasks need not wait until all of
//! that is compiled.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::tally::Tally;
use crate::workspace::Workspace;
use crate::{Outcome, machine, peers};

/// What tests find the shared cluster by; `testbed::VARIABLE`.
const VARIABLE: &str = "PILOTHOUSE_TESTBED";

/// `build`, or `up [--dir FOLDER]`, which lasts until Ctrl-C.
pub fn run(workspace: &Workspace, arguments: &[String]) -> Outcome {
    machine::ensure_go()?;
    let status = program(workspace).args(arguments).status().map_err(|e| format!("cannot start cargo run: {e}"))?;
    if status.success() { Ok(Tally::passed(1)) } else { Err("it did not end well; see above".into()) }
}

/// Builds what the test bed is made of, with the real kubectl and helm that its own tests use.
pub fn build(workspace: &Workspace) -> Outcome {
    machine::ensure_go()?;
    peers::fetch()?;
    let status = program(workspace).arg("build").stdout(Stdio::null()).status();
    let status = status.map_err(|e| format!("cannot start cargo run: {e}"))?;
    if status.success() { Ok(Tally::passed(4)) } else { Err("the test bed does not build; see above".into()) }
}

fn program(workspace: &Workspace) -> Command {
    let mut command = workspace.cargo();
    command.args(["run", "--quiet", "--package", "testbed", "--bin", "testbed", "--"]);
    command
}

/// Starts the program that passes requests on to the cluster in `folder`; it ends with its standard input.
pub fn requests(workspace: &Workspace, folder: &Path) -> Result<Child, String> {
    let mut command = program(workspace);
    command.arg("requests").arg(folder).stdin(Stdio::piped()).stdout(Stdio::piped());
    command.spawn().map_err(|e| format!("cannot start cargo run: {e}"))
}

/// A cluster that the tests of one run share. One that was started ends when this value is dropped, and at the latest with
/// this process.
pub struct Shared {
    child: Option<Child>,
    folder: PathBuf,
}

impl Shared {
    /// The cluster that the environment names, else a new one.
    pub fn open_or_start(workspace: &Workspace) -> Result<Shared, String> {
        match std::env::var_os(VARIABLE).filter(|folder| !folder.is_empty()) {
            Some(folder) => Ok(Shared { child: None, folder: PathBuf::from(folder) }),
            None => {
                build(workspace)?;
                Shared::start(workspace)
            }
        }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts a cluster and waits until it is ready.
    pub fn start(workspace: &Workspace) -> Result<Shared, String> {
        let failed = |e: std::io::Error| format!("cannot start the shared cluster: {e}");
        let mut command = program(workspace);
        command.args(["up", "--with-parent"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(failed)?;
        let stdout = child.stdout.take().ok_or("the shared cluster has no stdout")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).map_err(failed)?;
        let folder = Path::new(line.trim_end()).parent().map(Path::to_path_buf);
        match folder.filter(|folder| folder.is_dir()) {
            Some(folder) => Ok(Shared { child: Some(child), folder }),
            // It has said why on stderr, and ends by itself.
            None => Err("the shared cluster did not start; see above".into()),
        }
    }

    /// Lets the tests that `command` runs find the cluster.
    pub fn tell(&self, command: &mut Command) {
        command.env(VARIABLE, &self.folder);
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // The cluster ends when its standard input does.
        if let Some(mut child) = self.child.take() {
            drop(child.stdin.take());
            let _ = child.wait();
        }
    }
}
