//! One run of one case: fresh folders, a clean environment, captured output with the paths taken out.

use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use super::case::{Case, Serve};
use super::folder::{copy, make_parent, put, snapshot, written};
use super::passing::taken_out;
use super::registry;
use super::serve::Server;

/// A case takes real Helm a tenth of a second; whatever takes this long hangs.
const LIMIT: Duration = Duration::from_secs(60);

/// What a run left, paths and hosts replaced by `$WORK`, `$HOME`, `$URL` and `$REGISTRY`.
pub struct Run {
    pub exit: i32,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    /// The files that the run wrote, as one text; empty when the case does not ask for it.
    pub tree: Vec<u8>,
}

/// The fresh folders of one run, removed when dropped.
struct Sandbox {
    root: PathBuf,
    work: PathBuf,
    home: PathBuf,
    server: Option<Server>,
    /// Host of a registry, and the name that the case's repositories begin with.
    registry: Option<(String, String)>,
}

/// What a run took: processor seconds, and the largest resident size.
pub struct Cost {
    pub cpu_secs: f64,
    pub peak_kib: u64,
}

/// Starts a program under the name `helm`, and writes processor seconds and peak memory (KiB) into a file. What runs
/// wild is stopped by the system, long after it failed its case.
const MEASURE: &str = "
import os, resource, sys
report, binary, *arguments = sys.argv[1:]
child = os.fork()
if child == 0:
    resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
    resource.setrlimit(resource.RLIMIT_AS, (8 << 30, 8 << 30))
    os.execv(binary, ['helm', *arguments])
_, status, usage = os.wait4(child, 0)
with open(report, 'w') as f:
    f.write(f'{usage.ru_utime + usage.ru_stime} {usage.ru_maxrss}')
code = os.waitstatus_to_exitcode(status)
sys.exit(code if code >= 0 else 128 - code)
";

/// The system's folder for temporary files without symbolic links, which would show in some outputs.
pub fn temporary_folder() -> Result<PathBuf, String> {
    let path = std::env::temp_dir();
    path.canonicalize().map_err(|e| format!("{}: {e}", path.display()))
}

/// Runs `case` with `binary` as the program `helm`.
pub fn run(case: &Case, binary: &Path, root: &Path) -> Result<Run, String> {
    // The name under which we are a drop-in, whatever the file is called.
    let mut program = Command::new(binary);
    program.arg0("helm");
    let sandbox = Sandbox::prepare(case, root)?;
    case.before.iter().try_for_each(|arguments| sandbox.run_before(case, arguments, binary))?;
    sandbox.run(case, program)
}

/// Runs `case` and tells what it took.
pub fn measure(case: &Case, binary: &Path, root: &Path) -> Result<(Run, Cost), String> {
    let sandbox = Sandbox::prepare(case, root)?;
    let report = root.join("cost");
    let mut program = Command::new("python3");
    program.args(["-c", MEASURE]).arg(&report).arg(binary);
    let run = sandbox.run(case, program)?;
    let text = std::fs::read_to_string(&report).map_err(|e| format!("it was not measured: {e}"))?;
    let cost = text
        .split_once(' ')
        .and_then(|(cpu, peak)| Some(Cost { cpu_secs: cpu.parse().ok()?, peak_kib: peak.parse().ok()? }));
    cost.map(|cost| (run, cost)).ok_or_else(|| format!("measured: {text}"))
}

impl Sandbox {
    fn run(&self, case: &Case, program: Command) -> Result<Run, String> {
        let before = snapshot(&self.work, case.tree)?;
        let mut child = self.command(case, program).spawn().map_err(|e| format!("cannot start: {e}"))?;
        let (exit, stdout, stderr) = capture(&mut child, self.stdin(case))?;
        let after = snapshot(&self.work, case.tree)?;
        Ok(Run {
            exit,
            stdout: self.generalise(&stdout),
            stderr: self.generalise(&stderr),
            tree: self.generalise(&written(&before, &after, case.tree)),
        })
    }

    /// Runs a command line that the case stands on.
    fn run_before(&self, case: &Case, arguments: &[String], binary: &Path) -> Result<(), String> {
        let mut program = Command::new(binary);
        program.arg0("helm");
        let case = Case { args: arguments.to_vec(), stdin: None, ..case.clone() };
        let mut child = self.command(&case, program).spawn().map_err(|e| format!("cannot start: {e}"))?;
        match capture(&mut child, Vec::new())? {
            (0, _, _) => Ok(()),
            (exit, _, errors) => {
                Err(format!("before, {}: exit {exit}: {}", arguments.join(" "), String::from_utf8_lossy(&errors)))
            }
        }
    }

    fn prepare(case: &Case, root: &Path) -> Result<Sandbox, String> {
        let (work, home) = (root.join("work"), root.join("home"));
        for folder in [&work, &home] {
            std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        }
        let mut sandbox = Sandbox { root: root.to_path_buf(), work, home, server: None, registry: None };
        if let Some(base) = &case.base {
            copy(base, &sandbox.work)?;
        }
        sandbox.server = match &case.serve {
            None => None,
            Some(Serve::Plainly) => Some(Server::start(&sandbox.work)?),
            Some(Serve::As(words)) => Some(Server::start_as(&sandbox.work, words)?),
        };
        if let Some(kind) = &case.registry {
            sandbox.registry = Some((registry::host(kind)?, registry::namespace()));
        }
        for (path, content) in &case.files {
            let content = match std::str::from_utf8(content) {
                Ok(text) => sandbox.fill_in(text).into_bytes(),
                Err(_) => content.clone(),
            };
            put(&sandbox.work.join(path), &content)?;
        }
        for fill in &case.fills {
            put(&sandbox.work.join(&fill.path), fill.text().as_bytes())?;
        }
        for (path, target) in &case.links {
            let path = sandbox.work.join(path);
            make_parent(&path)?;
            let target = sandbox.fill_in(target);
            std::os::unix::fs::symlink(target, &path).map_err(|e| format!("{}: {e}", path.display()))?;
        }
        for archive in &case.archives {
            archive.pack(&sandbox.work)?;
        }
        if case.registry.is_some() {
            registry::date_archives(&sandbox.work)?;
        }
        Ok(sandbox)
    }

    fn command(&self, case: &Case, program: Command) -> Command {
        let mut command = program;
        command.args(case.args.iter().map(|argument| self.fill_in(argument)));
        command.current_dir(&self.work).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", &self.home).env("KUBECONFIG", self.home.join("kubeconfig"));
        command.env("TZ", "UTC").env("LANG", "C.UTF-8").env("LC_ALL", "C.UTF-8");
        for (name, folder) in [("CACHE", "cache"), ("CONFIG", "config"), ("DATA", "data")] {
            command.env(format!("HELM_{name}_HOME"), self.home.join(folder));
        }
        command.envs(case.env.iter().map(|(name, value)| (name, self.fill_in(value))));
        let stdin = if case.stdin.is_some() { Stdio::piped() } else { Stdio::null() };
        command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn stdin(&self, case: &Case) -> Vec<u8> {
        case.stdin.as_deref().map(|text| self.fill_in(text).into_bytes()).unwrap_or_default()
    }

    fn names(&self) -> Vec<(&'static str, String)> {
        let mut names = vec![("$WORK", display(&self.work)), ("$HOME", display(&self.home))];
        if let Some(server) = &self.server {
            names.push(("$URL", server.url().to_string()));
            // The same server by another name.
            names.push(("$OTHER", server.url().replace("127.0.0.1", "localhost")));
            names.push(("$HOST", server.url().split("://").nth(1).unwrap_or_default().to_string()));
        }
        if let Some((host, namespace)) = &self.registry {
            names.extend([("$REGISTRY", host.clone()), ("$REPO", namespace.clone())]);
        }
        names
    }

    fn fill_in(&self, text: &str) -> String {
        self.names().iter().fold(text.to_string(), |text, (name, value)| text.replace(name, value))
    }

    fn generalise(&self, output: &[u8]) -> Vec<u8> {
        let names = self.names();
        let text =
            names.iter().fold(output.to_vec(), |text, (name, value)| replace(&text, value.as_bytes(), name.as_bytes()));
        taken_out(&text)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // What stays behind lies in the temporary folder; that must not fail a case.
        let _ = std::fs::remove_dir_all(&self.root);
    }
}

fn display(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn replace(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        if rest.starts_with(from) {
            out.extend_from_slice(to);
            rest = &rest[from.len()..];
        } else {
            out.push(rest[0]);
            rest = &rest[1..];
        }
    }
    out
}

/// Feeds stdin, reads both streams to their ends and returns the exit code; a signal counts as its negative number.
pub fn capture(child: &mut Child, input: Vec<u8>) -> Result<(i32, Vec<u8>, Vec<u8>), String> {
    let stdin = child.stdin.take();
    std::thread::spawn(move || {
        // A program that does not read its input to the end is free to do so.
        stdin.map(|mut stdin| stdin.write_all(&input));
    });
    let (finished, watch) = mpsc::channel::<()>();
    let process = child.id().to_string();
    std::thread::spawn(move || {
        if watch.recv_timeout(LIMIT) == Err(mpsc::RecvTimeoutError::Timeout) {
            let _ = Command::new("kill").args(["-9", &process]).status();
        }
    });
    let mut errors = child.stderr.take().ok_or("no stderr")?;
    let reader = std::thread::spawn(move || {
        let mut text = Vec::new();
        errors.read_to_end(&mut text).map(|_| text)
    });
    let mut stdout = Vec::new();
    child.stdout.take().ok_or("no stdout")?.read_to_end(&mut stdout).map_err(|e| format!("stdout: {e}"))?;
    let stderr = reader.join().map_err(|_| "reading stderr panicked")?.map_err(|e| format!("stderr: {e}"))?;
    let status = child.wait().map_err(|e| format!("cannot wait: {e}"))?;
    drop(finished);
    Ok((status.code().unwrap_or_else(|| -status.signal().unwrap_or(1)), stdout, stderr))
}
