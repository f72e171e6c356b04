//! A PostgreSQL server of the machine, in a folder of its own; it ends with its value.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use testbed::until;

pub struct Server {
    child: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

fn programs() -> Option<PathBuf> {
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = installed.map(|version| version.path().join("bin")).collect();
    folders.extend(["/usr/local/bin", "/usr/bin", "/opt/homebrew/bin"].map(PathBuf::from));
    folders.into_iter().find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
}

/// PostgreSQL does not run as root: then it is started as the user of its package.
fn command(program: &Path) -> Command {
    if fs::metadata("/proc/self").is_ok_and(|info| info.uid() != 0) {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--pdeathsig=KILL"]).arg(program);
    command
}

impl Server {
    /// Starts a server; `None`, and told so, where there is no PostgreSQL.
    pub fn start() -> Option<Server> {
        let Some(programs) = programs() else {
            eprintln!("SKIPPED: there is no PostgreSQL on this machine (apt-get install postgresql)");
            return None;
        };
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path().join("data");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).expect("a folder for all");
        let mut initdb = command(&programs.join("initdb"));
        initdb.arg("-D").arg(&data).args(["-U", "postgres", "--no-sync", "--auth=trust", "-E", "UTF8", "--locale=C"]);
        let made = initdb.output().expect("initdb runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let port = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a free port").port();
        let mut postgres = command(&programs.join("postgres"));
        postgres.arg("-D").arg(&data).arg("-k").arg(folder.path());
        postgres.args(["-h", "127.0.0.1", "-F", "-p", &port.to_string()]);
        let log = fs::File::create(folder.path().join("log")).expect("a log");
        let child = postgres.stdout(Stdio::null()).stderr(log).spawn().expect("postgres starts");
        let server = Server { child, port, _folder: folder };
        let answers = || Ok(TcpStream::connect(("127.0.0.1", port)).is_ok().then_some(()));
        until("PostgreSQL", Duration::from_secs(30), answers).expect("a server");
        let asked = || Ok(server.psql("select 1").status.success().then_some(()));
        until("a database", Duration::from_secs(30), asked).expect("a server");
        Some(server)
    }

    fn psql(&self, query: &str) -> Output {
        let port = self.port.to_string();
        let arguments = ["-h", "127.0.0.1", "-p", &port, "-U", "postgres", "-At", "-c", query, "postgres"];
        Command::new("psql").args(arguments).output().expect("psql runs")
    }

    /// Makes a database and returns its URL.
    pub fn database(&self, name: &str) -> String {
        let made = self.psql(&format!("CREATE DATABASE {name}"));
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        format!("postgres://postgres@127.0.0.1:{}/{name}?sslmode=disable", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Not asked to end: its folder goes with it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
