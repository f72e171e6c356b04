//! A PostgreSQL server made of the machine's own programs, in a folder that goes away with it.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::ports::{free_port, is_conflict};
use crate::process::Process;
use crate::wait::until;

/// A start takes half a second; a busy machine takes ten times that.
const PATIENCE: Duration = Duration::from_secs(180);
/// Two conflicts of ports in a row are chance, five are not.
const ATTEMPTS: usize = 5;
/// Where PostgreSQL is installed besides Debian's folders, one for each version.
const FOLDERS: [&str; 4] = ["/usr/local/bin", "/usr/local/pgsql/bin", "/usr/bin", "/opt/homebrew/bin"];
const DEBIAN: &str = "/usr/lib/postgresql";
/// PostgreSQL refuses to run as root: then it runs as the user that its package makes.
const USER: &str = "postgres";
const SKIPPED: &str = "SKIPPED: there is no PostgreSQL on this machine (apt-get install postgresql)";

/// A server on a free port of the loopback address, which asks nobody for a password. It ends when this is dropped, and at
/// the latest with the thread that started it.
pub struct Postgres {
    process: Process,
    port: u16,
    settings: Vec<String>,
    programs: PathBuf,
    folder: TempDir,
}

impl Postgres {
    /// Starts a server with settings as `ssl=on`; `None`, and told so, where PostgreSQL is not installed.
    ///
    /// # Errors
    /// What fails, with the end of the server's log.
    pub fn start(settings: &[String]) -> Result<Option<Postgres>, String> {
        let Some(programs) = programs() else {
            eprintln!("{SKIPPED}");
            return Ok(None);
        };
        let folder = tempfile::Builder::new().prefix("pilothouse-postgres-").tempdir();
        let folder = folder.map_err(|e| format!("cannot make a temporary folder: {e}"))?;
        make_data(&programs, folder.path())?;
        let mut attempt = 1;
        loop {
            let port = free_port()?;
            match run(&programs, folder.path(), port, settings) {
                Ok(process) => {
                    let settings = settings.to_vec();
                    return Ok(Some(Postgres { process, port, settings, programs, folder }));
                }
                Err(error) if is_conflict(&error) && attempt < ATTEMPTS => attempt += 1,
                Err(error) => return Err(error),
            }
        }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Makes a database and returns its URL.
    ///
    /// # Errors
    /// What the server says.
    pub fn database(&self, name: &str) -> Result<String, String> {
        self.query("postgres", &format!("CREATE DATABASE {name}"))?;
        Ok(format!("postgresql://{USER}@127.0.0.1:{}/{name}?sslmode=disable", self.port))
    }

    /// Returns what a statement gives, one row a line.
    ///
    /// # Errors
    /// What the server says.
    pub fn query(&self, database: &str, statement: &str) -> Result<String, String> {
        self.ask("psql", &["-At", "-c", statement, database])
    }

    /// Returns the statements that make the tables of a database again.
    ///
    /// # Errors
    /// What the server says.
    pub fn schema(&self, database: &str) -> Result<String, String> {
        let dump = self.ask("pg_dump", &["-s", database])?;
        // Newer versions guard what they write with a random word.
        Ok(dump.lines().filter(|line| !line.starts_with('\\')).collect::<Vec<_>>().join("\n"))
    }

    /// Kills the server with SIGKILL, in the middle of whatever it does.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Starts a server that was killed on its old port, and waits until it answers.
    ///
    /// # Errors
    /// What fails, with the end of the server's log.
    pub fn restart(&mut self) -> Result<(), String> {
        self.kill();
        // Processes of its connections end a moment after it; until then its memory counts as in use.
        self.process = until("the old server's end", PATIENCE, || {
            match run(&self.programs, self.folder.path(), self.port, &self.settings) {
                Ok(process) => Ok(Some(process)),
                Err(error) if is_conflict(&error) || error.contains("shared memory block") => Ok(None),
                Err(error) => Err(error),
            }
        })?;
        Ok(())
    }

    fn ask(&self, program: &str, arguments: &[&str]) -> Result<String, String> {
        let port = self.port.to_string();
        let mut command = Command::new(self.programs.join(program));
        command.args(["-h", "127.0.0.1", "-U", USER, "-p", &port]).args(arguments);
        output(command, program).map(|text| text.trim_end().to_owned())
    }
}

/// The folder of the newest PostgreSQL of the machine.
fn programs() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> =
        fs::read_dir(DEBIAN).into_iter().flatten().flatten().map(numbered).collect();
    versions.sort();
    let debian = versions.into_iter().rev().map(|(_, folder)| folder.join("bin"));
    let has_all = |folder: &PathBuf| ["initdb", "postgres", "psql"].iter().all(|name| folder.join(name).exists());
    debian.chain(FOLDERS.iter().map(PathBuf::from)).find(has_all)
}

fn numbered(entry: fs::DirEntry) -> (u32, PathBuf) {
    (entry.file_name().to_string_lossy().parse().unwrap_or(0), entry.path())
}

fn make_data(programs: &Path, folder: &Path) -> Result<(), String> {
    fs::set_permissions(folder, Permissions::from_mode(0o777)).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut initdb = unprivileged(&programs.join("initdb"));
    initdb.arg("-D").arg(folder.join("data"));
    initdb.args(["-U", USER, "--no-sync", "--auth=trust", "-E", "UTF8", "--locale=C"]).current_dir(folder);
    output(initdb, "initdb").map(drop)
}

/// Starts a server and waits until it takes connections.
fn run(programs: &Path, folder: &Path, port: u16, settings: &[String]) -> Result<Process, String> {
    let data = folder.join("data");
    let mut postgres = unprivileged(&programs.join("postgres"));
    postgres.arg("-D").arg(&data).arg("-k").arg(folder).current_dir(folder);
    // With -F, what is acknowledged outlives a killed server, though not a machine that loses its power.
    postgres.args(["-h", "127.0.0.1", "-F", "-p", &port.to_string()]);
    for setting in settings {
        postgres.args(["-c", setting]);
    }
    let log = folder.join("log");
    // What an earlier start complained of is no reason for this one to fail.
    let _ = fs::remove_file(&log);
    let mut process = Process::start("postgres", postgres, log)?;
    until("PostgreSQL", PATIENCE, || process.check().map(|()| is_ready(&data, process.id()).then_some(())))?;
    Ok(process)
}

/// Reads the file in which a server keeps its process number and, in its eighth line, its state.
fn is_ready(data: &Path, process: u32) -> bool {
    let Ok(text) = fs::read_to_string(data.join("postmaster.pid")) else { return false };
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    // A killed server has left its own.
    lines.first().and_then(|line| line.parse().ok()) == Some(process) && lines.get(7) == Some(&"ready")
}

/// A command that PostgreSQL runs under: not as root, and no longer than we do.
fn unprivileged(program: &Path) -> Command {
    if !cfg!(target_os = "linux") {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    if fs::metadata("/proc/self").is_ok_and(|info| info.uid() == 0) {
        command.args([&format!("--reuid={USER}"), &format!("--regid={USER}"), "--clear-groups"]);
    }
    command.arg("--pdeathsig=KILL").arg(program);
    command
}

fn output(mut command: Command, name: &str) -> Result<String, String> {
    let output = command.output().map_err(|e| format!("cannot start {name}: {e}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(format!("{name}: {}", String::from_utf8_lossy(&output.stderr).trim_end()))
}
