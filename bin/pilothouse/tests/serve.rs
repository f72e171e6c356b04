//! `repo serve` as people use it: the whole program on one side, real Helm on the other.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use tempfile::TempDir;

const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../crates/chart-server/tests/museum/files");

/// A server of its own process.
struct Served {
    process: Child,
    /// What it said when it was ready.
    start: String,
    url: String,
    folder: TempDir,
}

impl Served {
    fn start(flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let data = format!("--data={}", folder.path().display());
        let flags: Vec<&str> = ["repo", "serve", "--address=127.0.0.1:0", &data].into_iter().chain(flags.iter().copied()).collect();
        let (process, start) = spawn(Command::new(env!("CARGO_BIN_EXE_pilothouse")).args(flags), 5);
        let url = start.lines().next().and_then(|line| line.split(' ').next_back()).expect("an address").to_owned();
        Served { process, start, url, folder }
    }

    fn host(&self) -> &str {
        self.url.split_once("://").map_or("", |(_, host)| host)
    }

    fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.process);
        rustix::process::kill_process(pid, signal).expect("a signal");
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts a server and waits for the first lines of its log.
fn spawn(command: &mut Command, lines: usize) -> (Child, String) {
    let mut process = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn().expect("a process");
    let mut log = BufReader::new(process.stderr.take().expect("a log"));
    let mut start = String::new();
    for _ in 0..lines {
        log.read_line(&mut start).expect("a line");
    }
    // The log goes on: nobody may be stopped by a full pipe.
    std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
    (process, start)
}

/// Real Helm with a home of its own.
struct Helm {
    program: PathBuf,
    home: TempDir,
}

impl Helm {
    fn new() -> Self {
        Helm { program: testbed::helm().expect("real Helm"), home: tempfile::tempdir().expect("a folder") }
    }

    fn run(&self, line: &str) -> Output {
        let home = self.home.path();
        let mut command = Command::new(&self.program);
        command.args(line.split_whitespace()).current_dir(home).env_clear().env("HOME", home);
        for folder in ["CACHE", "CONFIG", "DATA"] {
            command.env(format!("HELM_{folder}_HOME"), home.join(folder));
        }
        command.output().expect("Helm")
    }

    /// Runs a line that must go well; returns what it printed.
    fn ok(&self, line: &str) -> String {
        let output = self.run(line);
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "helm {line}: {text}");
        text
    }

    fn fails(&self, line: &str) -> String {
        let output = self.run(line);
        assert!(!output.status.success(), "helm {line} went well");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    fn file(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.home.path().join(name)).expect(name)
    }
}

fn fixture(file: &str) -> Vec<u8> {
    std::fs::read(Path::new(FILES).join(file)).expect(file)
}

/// Uploads as the cm-push plugin does: a form with the field `chart`, perhaps a signature beside it.
fn upload(served: &Served, authorization: &str, files: &[(&str, &str)]) -> String {
    let mut body = Vec::new();
    for (field, file) in files {
        write!(body, "--b\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{file}\"\r\n\r\n").expect("memory");
        body.extend_from_slice(&fixture(file));
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--b--\r\n");
    let mut stream = TcpStream::connect(served.host()).expect("a connection");
    write!(
        stream,
        "POST /api/charts HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: {}\r\n{authorization}\r\n",
        served.host(),
        body.len()
    )
    .expect("a head");
    stream.write_all(&body).expect("a body");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

#[test]
fn real_helm_finds_what_was_uploaded_and_what_was_pushed() {
    let served = Served::start(&["--anonymous-writes"]);
    let (helm, url, host) = (Helm::new(), served.url.clone(), served.host().to_owned());
    let answer = upload(&served, "", &[("chart", "mychart-0.1.0.tgz"), ("prov", "mychart-0.1.0.tgz.prov")]);
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    helm.ok(&format!("push {FILES}/mychart-0.2.0.tgz oci://{host} --plain-http"));
    helm.ok(&format!("repo add ours {url}"));
    let found = helm.ok("search repo ours/ -l");
    assert!(found.contains("0.1.0") && found.contains("0.2.0"), "{found}");
    // Both ways in lead to both ways out.
    for version in ["0.1.0", "0.2.0"] {
        let file = format!("mychart-{version}.tgz");
        helm.ok(&format!("pull ours/mychart --version {version}"));
        assert_eq!(helm.file(&file), fixture(&file));
        std::fs::remove_file(helm.home.path().join(&file)).expect("a file");
        helm.ok(&format!("pull oci://{host}/mychart --version {version} --plain-http"));
        assert_eq!(helm.file(&file), fixture(&file));
        std::fs::remove_file(helm.home.path().join(&file)).expect("a file");
    }
    helm.ok(&format!("pull ours/mychart --version 0.1.0 --verify --keyring {FILES}/public.gpg"));
    helm.ok(&format!("pull oci://{host}/mychart --version 0.1.0 --plain-http --verify --keyring {FILES}/public.gpg -d signed"));
    assert_eq!(helm.ok("show values ours/mychart"), helm.ok(&format!("show values {FILES}/mychart-0.2.0.tgz")));
    // What comes later is there after an update.
    helm.ok(&format!("push {FILES}/otherchart-0.1.0.tgz oci://{host} --plain-http"));
    helm.ok("repo update");
    assert!(helm.ok("search repo ours/otherchart").contains("ours/otherchart"));
    assert!(helm.ok(&format!("template oci://{host}/otherchart --plain-http")).contains("kind: Pod"));
    let twice = upload(&served, "", &[("chart", "mychart-0.1.0.tgz")]);
    assert!(twice.starts_with("HTTP/1.1 409") && twice.ends_with("{\"error\":\"chart already exists\"}"), "{twice}");
}

#[test]
fn real_helm_logs_in_and_out() {
    let served = Served::start(&["--basic-auth-user=user", "--basic-auth-pass=pass"]);
    let (helm, url, host) = (Helm::new(), served.url.clone(), served.host().to_owned());
    helm.fails(&format!("repo add ours {url}"));
    helm.fails(&format!("push {FILES}/mychart-0.1.0.tgz oci://{host} --plain-http"));
    helm.fails(&format!("registry login {host} -u user -p wrong --plain-http"));
    assert!(helm.ok(&format!("registry login {host} -u user -p pass --plain-http")).contains("Login Succeeded"));
    helm.ok(&format!("push {FILES}/mychart-0.1.0.tgz oci://{host} --plain-http"));
    helm.ok(&format!("repo add ours {url} --username user --password pass"));
    helm.ok("pull ours/mychart");
    assert_eq!(helm.file("mychart-0.1.0.tgz"), fixture("mychart-0.1.0.tgz"));
    helm.ok(&format!("registry logout {host}"));
    helm.fails(&format!("pull oci://{host}/mychart --plain-http"));
    let answer = upload(&served, "Authorization: Basic dXNlcjpwYXNz\r\n", &[("chart", "mychart-0.2.0.tgz")]);
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
}

#[test]
fn the_start_says_what_where_and_who() {
    let served = Served::start(&[]);
    let (url, host, folder) = (&served.url, served.host(), served.folder.path().display());
    let expected = format!(
        "Serving the charts in {folder} on {url}\n  repository  helm repo add charts {url}\n  registry    helm push CHART.tgz oci://{host} --plain-http\n  reads       anyone\n  writes      nobody (--basic-auth-user and --basic-auth-pass, or --anonymous-writes)\n"
    );
    assert_eq!(served.start, expected);
}

#[test]
fn a_signal_stops_it_and_what_was_kept_is_there_again() {
    let mut served = Served::start(&["--anonymous-writes"]);
    let answer = upload(&served, "", &[("chart", "mychart-0.1.0.tgz")]);
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    served.signal(rustix::process::Signal::TERM);
    assert_eq!(served.process.wait().expect("an end").code(), Some(0));
    let data = format!("--data={}", served.folder.path().display());
    let mut command = Command::new(env!("CARGO_BIN_EXE_pilothouse"));
    let (mut process, start) = spawn(command.args(["serve", "--address=127.0.0.1:0", &data]), 5);
    let url = start.lines().next().and_then(|line| line.split(' ').next_back()).expect("an address");
    let helm = Helm::new();
    helm.ok(&format!("repo add ours {url}"));
    assert!(helm.ok("search repo ours/").contains("0.1.0"));
    process.kill().expect("an end");
    process.wait().expect("an end");
}

#[test]
fn what_makes_no_sense_is_told_before_anything_is_served() {
    let cases = [
        ("--nonsense", "flag provided but not defined: -nonsense"),
        ("--port=many", "invalid value \"many\" for --port: not a whole number"),
        ("--anonymous-writes --listen-host=0.0.0.0", "would let the whole network upload"),
        ("--basic-auth-user=u", "needs --basic-auth-user and --basic-auth-pass together"),
        ("--tls-cert=/none", "TLS needs --tls-cert and --tls-key together"),
        ("--storage=etcd", "Unsupported storage backend"),
        ("--storage-tencent-bucket=x", "use --storage amazon"),
        ("--storage=amazon", "Missing required flags(s): --storage-amazon-bucket, --storage-amazon-region"),
        ("--config=/none.yaml", "config file not found: /none.yaml"),
        ("--depth=99", "--depth is 0 to 16"),
    ];
    for (flags, expected) in cases {
        let mut command = Command::new(env!("CARGO_BIN_EXE_pilothouse"));
        let output = command.args(["repo", "serve"]).args(flags.split(' ')).env("HOME", "/nonexistent").output().expect("a process");
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{flags}: {text}");
        assert!(text.starts_with("Error: ") && text.contains(expected), "{flags}: {text}");
    }
}

#[test]
fn called_chartmuseum_it_takes_its_flags_and_variables() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("mychart-0.1.0.tgz"), fixture("mychart-0.1.0.tgz")).expect("a file");
    let mut command = Command::new(env!("CARGO_BIN_EXE_pilothouse"));
    command.arg0("/usr/local/bin/chartmuseum").args(["--debug", "--port=0", "-storage", "local"]);
    command.env("STORAGE_LOCAL_ROOTDIR", folder.path()).env("LISTEN_HOST", "127.0.0.1").env("LOG_JSON", "true");
    let (mut process, start) = spawn(&mut command, 1);
    assert!(start.contains("\"M\":\"Starting ChartMuseum\""), "{start}");
    process.kill().expect("an end");
    process.wait().expect("an end");
    let mut command = Command::new(env!("CARGO_BIN_EXE_pilothouse"));
    command.arg0("chartmuseum").args(["--gen-index", "--storage=local"]).env("STORAGE_LOCAL_ROOTDIR", folder.path());
    let output = command.output().expect("a process");
    let index = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(index.starts_with("apiVersion: v1\nentries:\n  mychart:\n") && index.contains("serverInfo: {}"), "{index}");
    let output = Command::new(env!("CARGO_BIN_EXE_pilothouse")).arg0("chartmuseum").arg("--version").output().expect("a process");
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("ChartMuseum version 0.16.5"));
}
