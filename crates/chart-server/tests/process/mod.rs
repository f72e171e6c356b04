//! A server of its own process, started by its command line, which can be killed.
//!
//! It is this test program, asked for one test that calls the command: [`serve_if_asked`].

#![allow(dead_code, reason = "each test binary uses a part")]

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chart_server::settings::Manner;

const FLAGS: &str = "CHART_SERVER_TEST_FLAGS";
/// The test that is the server.
const CHILD: &str = "a_server_where_one_is_asked_for";
const PATIENCE: Duration = Duration::from_secs(180);
/// A user who owns nothing.
const NOBODY: u32 = 65534;

/// Runs `repo serve` until its end, if this process was started for that.
pub fn serve_if_asked() {
    let Ok(flags) = std::env::var(FLAGS) else { return };
    let flags: Vec<String> = flags.lines().map(str::to_owned).collect();
    std::process::exit(chart_server::command::run(Manner::Serve, &flags).into());
}

/// The command that serves, in a process of this test program.
fn command(flags: &[String], variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    command.args(["--exact", CHILD, "--nocapture"]).env(FLAGS, flags.join("\n")).envs(variables.iter().copied());
    command
}

/// Runs the command to its end, for flags that serve nothing; returns its exit code and what it said.
pub fn run(flags: &[String], variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let output = command(flags, variables).output().expect("a process");
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}

/// Flags of a server on a free port, open for writes.
fn open(flags: &[String]) -> Vec<String> {
    [flags, &["--address=127.0.0.1:0".to_owned(), "--anonymous-writes".to_owned()]].concat()
}

/// A running server; it is killed when this is dropped.
pub struct Process {
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
    pub address: SocketAddr,
}

impl Process {
    /// Starts a server with flags and variables on a free port, open for writes, and waits until it listens.
    pub fn start(flags: &[String], variables: &[(&str, &str)]) -> Process {
        Process::begin(command(&open(flags), variables))
    }

    /// Starts a server as a user who may do little, if this one may do everything; its program is copied to a folder that
    /// this user can read, and is given the folder.
    pub fn start_as_nobody(flags: &[String], folder: &Path) -> Process {
        let mut command = command(&open(flags), &[]);
        if std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0) {
            let program = folder.join("program");
            std::fs::copy(std::env::current_exe().expect("this test"), &program).expect("a copy");
            let (args, variables): (Vec<_>, Vec<_>) = (command.get_args().collect(), command.get_envs().collect());
            let mut other = Command::new(&program);
            other.args(args).envs(variables.into_iter().filter_map(|(name, value)| Some((name, value?)))).uid(NOBODY);
            command = other;
            std::os::unix::fs::chown(folder, Some(NOBODY), None).expect("its folder");
        }
        Process::begin(command)
    }

    fn begin(mut command: Command) -> Process {
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("a process");
        let log = Arc::new(Mutex::new(Vec::new()));
        let (lines, kept) = (BufReader::new(child.stderr.take().expect("its log")).lines(), log.clone());
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                kept.lock().expect("the log").push(line);
            }
        });
        let mut process = Process { child, log, address: SocketAddr::from(([127, 0, 0, 1], 0)) };
        process.address = process.told("http", |line| {
            let (_, rest) = line.strip_prefix("Serving the charts in ")?.rsplit_once("://")?;
            rest.parse().ok()
        });
        process
    }

    /// Waits for a line of the log; returns what is made of it.
    pub fn told<T>(&mut self, what: &str, find: impl Fn(&str) -> Option<T>) -> T {
        let look = || {
            let log = self.log.lock().expect("the log");
            match (log.iter().find_map(|line| find(line)), self.child.try_wait()) {
                (Some(found), _) => Ok(Some(found)),
                (None, Ok(None)) => Ok(None),
                (None, ended) => Err(format!("{ended:?}: {log:?}")),
            }
        };
        testbed::until(what, PATIENCE, look).expect("a line of the log")
    }

    /// Returns the lines of the log so far that contain a text.
    pub fn lines(&self, text: &str) -> usize {
        self.log.lock().expect("the log").iter().filter(|line| line.contains(text)).count()
    }

    /// Kills the server with SIGKILL.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Sends the server a signal, by its name.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(sent.is_ok_and(|status| status.success()), "{name}");
    }

    /// Asks the server to stop, and waits for its end; returns its exit code.
    pub fn stop(&mut self) -> Option<i32> {
        self.signal("TERM");
        self.child.wait().expect("an end").code()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}
