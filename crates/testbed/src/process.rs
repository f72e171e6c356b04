//! One process of a cluster: its outputs go to a log, and it ends with the process that started it.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// So much of a log stands in an error.
const TAIL_BYTES: u64 = 4000;

/// A process that was started for a test; it ends when this is dropped.
pub struct Process {
    name: &'static str,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `command`, which ends when its standard input does: the other end of that pipe is held by us alone, and the
    /// system closes it however we end.
    pub fn start(name: &'static str, mut command: Command, log: PathBuf) -> Result<Process, String> {
        let failed = |e: std::io::Error| format!("cannot start {name}: {e}");
        let output = File::options().create(true).append(true).open(&log).map_err(failed)?;
        // A group of its own: Ctrl-C ends us, and only then the parts, one of which tidies up.
        command.env("TESTBED_PARENT", "stdin").stdin(Stdio::piped()).process_group(0);
        command.stdout(output.try_clone().map_err(failed)?).stderr(output);
        let child = command.spawn().map_err(failed)?;
        Ok(Process { name, child, log })
    }

    /// The number that the system knows it by.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// # Errors
    /// That the process has ended, with the last lines of its log.
    pub fn check(&mut self) -> Result<(), String> {
        match self.child.try_wait() {
            Ok(None) => Ok(()),
            Ok(Some(status)) => {
                Err(format!("{} ended ({status}); the end of its log:\n{}", self.name, tail(&self.log)))
            }
            Err(error) => Err(format!("{}: {error}", self.name)),
        }
    }

    /// Kills the process with SIGKILL and waits for its end.
    pub fn kill(&mut self) {
        // It may have ended before; there is nothing else that could fail.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The last lines of a file, or why it cannot be read.
pub fn tail(path: &Path) -> String {
    let read = || -> std::io::Result<String> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(TAIL_BYTES)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    };
    read().unwrap_or_else(|error| format!("{}: {error}", path.display()))
}
