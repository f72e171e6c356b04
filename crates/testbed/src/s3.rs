//! An S3 server for tests, the gateway versitygw over a folder that goes away with it.

use std::net::TcpStream;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::binaries::program;
use crate::faulty::Faulty;
use crate::gobuild::NO_GO;
use crate::ports::{free_port, is_conflict};
use crate::process::Process;
use crate::wait::until;

/// A start takes a tenth of a second; a busy machine takes much longer.
const PATIENCE: Duration = Duration::from_secs(180);
/// Two conflicts of ports in a row are chance, five are not.
const ATTEMPTS: usize = 5;

/// A server on a free port of the loopback address. It ends when this is dropped, and at the latest with this process.
pub struct S3 {
    process: Process,
    port: u16,
    open_port: u16,
    binary: PathBuf,
    folder: TempDir,
}

impl S3 {
    /// The key and the secret of the only account; the region is `us-east-1`.
    pub const KEY: &str = "user";
    pub const SECRET: &str = "password";

    /// Starts a server with a bucket; `None`, and told so, where it is not built and there is no Go to build it.
    ///
    /// # Errors
    /// What fails, with the end of the server's log.
    pub fn start(bucket: &str) -> Result<Option<S3>, String> {
        let binary = match program("s3") {
            Ok(binary) => binary,
            Err(reason) if reason == NO_GO => {
                eprintln!("SKIPPED: there is no S3 server: {reason}");
                return Ok(None);
            }
            Err(reason) => return Err(reason),
        };
        let folder = tempfile::Builder::new().prefix("pilothouse-s3-").tempdir();
        let folder = folder.map_err(|e| format!("cannot make a temporary folder: {e}"))?;
        let made = std::fs::create_dir_all(folder.path().join("data").join(bucket));
        made.map_err(|e| format!("cannot make a bucket: {e}"))?;
        let mut attempt = 1;
        loop {
            let (port, open_port) = (free_port()?, free_port()?);
            match run(&binary, &folder, [port, open_port]) {
                Ok(process) => return Ok(Some(S3 { process, port, open_port, binary, folder })),
                Err(error) if is_conflict(&error) && attempt < ATTEMPTS => attempt += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// Returns the server's URL.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Returns the URL at which requests need no signature: for who knows S3's requests but not its signatures, as
    /// clients of Google's XML API do.
    pub fn open_endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.open_port)
    }

    /// Returns the folder that is a bucket, with its objects as files.
    pub fn bucket(&self, name: &str) -> PathBuf {
        self.folder.path().join("data").join(name)
    }

    /// Starts a way to the server on which every so many requests get an error instead of an answer.
    ///
    /// # Errors
    /// There is no free port.
    pub fn faulty(&self, every: u64) -> Result<Faulty, String> {
        Faulty::start(self.port, every)
    }

    /// Kills the server with SIGKILL.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts a server that was killed on its old port, and waits until it answers.
    ///
    /// # Errors
    /// What fails, with the end of the server's log.
    pub fn restart(&mut self) -> Result<(), String> {
        self.kill();
        self.process = run(&self.binary, &self.folder, [self.port, self.open_port])?;
        Ok(())
    }
}

fn run(binary: &PathBuf, folder: &TempDir, ports: [u16; 2]) -> Result<Process, String> {
    let [address, open] = ports.map(|port| format!("127.0.0.1:{port}"));
    let mut command = Command::new(binary);
    command.env("ROOT_ACCESS_KEY", S3::KEY).env("ROOT_SECRET_KEY", S3::SECRET);
    command.arg(&address).arg(folder.path()).arg(&open);
    let log = folder.path().join("log");
    // What an earlier start complained of is no reason for this one to fail.
    let _ = std::fs::remove_file(&log);
    let mut process = Process::start("s3", command, log)?;
    let answers = || [&address, &open].iter().all(|at| TcpStream::connect(at.as_str()).is_ok()).then_some(());
    until("the S3 server", PATIENCE, || process.check().map(|()| answers()))?;
    // It may be another server's port that answered.
    process.check()?;
    Ok(process)
}
