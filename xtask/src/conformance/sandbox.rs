//! One run of one case: fresh folders, a clean environment, captured output with the paths taken out.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use super::archive;
use super::case::{Case, Tree};
use super::serve::Server;

/// A case takes real Helm a tenth of a second; whatever takes this long hangs.
const LIMIT: Duration = Duration::from_secs(30);

/// What a run left, paths replaced by `$WORK`, `$HOME` and `$URL`.
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
}

/// Runs `case` with `binary` as the program `helm`.
pub fn run(case: &Case, binary: &Path, root: &Path) -> Result<Run, String> {
    let sandbox = Sandbox::prepare(case, root)?;
    let before = snapshot(&sandbox.work, case.tree)?;
    let mut child = sandbox.command(case, binary).spawn().map_err(|e| format!("cannot start: {e}"))?;
    let (exit, stdout, stderr) = capture(&mut child, sandbox.stdin(case))?;
    let after = snapshot(&sandbox.work, case.tree)?;
    Ok(Run {
        exit,
        stdout: sandbox.generalise(&stdout),
        stderr: sandbox.generalise(&stderr),
        tree: sandbox.generalise(&written(&before, &after, case.tree)),
    })
}

impl Sandbox {
    fn prepare(case: &Case, root: &Path) -> Result<Sandbox, String> {
        let (work, home) = (root.join("work"), root.join("home"));
        for folder in [&work, &home] {
            std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        }
        let mut sandbox = Sandbox { root: root.to_path_buf(), work, home, server: None };
        if let Some(base) = &case.base {
            copy(base, &sandbox.work)?;
        }
        if case.serve {
            sandbox.server = Some(Server::start(&sandbox.work)?);
        }
        for (path, content) in &case.files {
            let content = match std::str::from_utf8(content) {
                Ok(text) => sandbox.fill_in(text).into_bytes(),
                Err(_) => content.clone(),
            };
            put(&sandbox.work.join(path), &content)?;
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
        Ok(sandbox)
    }

    fn command(&self, case: &Case, binary: &Path) -> Command {
        let mut command = Command::new(binary);
        // The name under which we are a drop-in, whatever the file is called.
        command.arg0("helm").args(case.args.iter().map(|argument| self.fill_in(argument)));
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
        names.extend(self.server.as_ref().map(|server| ("$URL", server.url())));
        names
    }

    fn fill_in(&self, text: &str) -> String {
        self.names().iter().fold(text.to_string(), |text, (name, value)| text.replace(name, value))
    }

    fn generalise(&self, output: &[u8]) -> Vec<u8> {
        let names = self.names();
        names.iter().fold(output.to_vec(), |text, (name, value)| replace(&text, value.as_bytes(), name.as_bytes()))
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

fn make_parent(path: &Path) -> Result<(), String> {
    let Some(parent) = path.parent() else { return Ok(()) };
    std::fs::create_dir_all(parent).map_err(|e| format!("{}: {e}", parent.display()))
}

/// Writes a file; a script becomes executable, and a path with a final slash is an empty folder.
fn put(path: &Path, content: &[u8]) -> Result<(), String> {
    if path.as_os_str().to_string_lossy().ends_with('/') {
        return std::fs::create_dir_all(path).map_err(|e| format!("{}: {e}", path.display()));
    }
    make_parent(path)?;
    std::fs::write(path, content).map_err(|e| format!("{}: {e}", path.display()))?;
    if content.starts_with(b"#!") {
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(path, mode).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    for entry in std::fs::read_dir(from).map_err(|e| format!("{}: {e}", from.display()))?.flatten() {
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            std::fs::create_dir_all(&target).map_err(|e| format!("{}: {e}", target.display()))?;
            copy(&source, &target)?;
        } else {
            std::fs::copy(&source, &target).map_err(|e| format!("{}: {e}", target.display()))?;
        }
    }
    Ok(())
}

/// Feeds stdin, reads both streams to their ends and returns the exit code; a signal counts as its negative number.
fn capture(child: &mut Child, input: Vec<u8>) -> Result<(i32, Vec<u8>, Vec<u8>), String> {
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

type Snapshot = BTreeMap<String, Vec<u8>>;

fn snapshot(work: &Path, tree: Tree) -> Result<Snapshot, String> {
    let mut files = Snapshot::new();
    if tree != Tree::Ignored {
        walk(work, "", &mut files)?;
    }
    Ok(files)
}

fn walk(folder: &Path, prefix: &str, files: &mut Snapshot) -> Result<(), String> {
    for entry in std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?.flatten() {
        let (path, name) = (entry.path(), format!("{prefix}{}", entry.file_name().to_string_lossy()));
        if path.is_dir() {
            files.insert(format!("{name}/"), Vec::new());
            walk(&path, &format!("{name}/"), files)?;
        } else {
            files.insert(name, std::fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?);
        }
    }
    Ok(())
}

/// The new and changed files, sorted by path: `== PATH` and, if asked for, the content.
fn written(before: &Snapshot, after: &Snapshot, tree: Tree) -> Vec<u8> {
    let mut out = Vec::new();
    for (path, content) in after.iter().filter(|(path, content)| before.get(*path) != Some(*content)) {
        out.extend_from_slice(format!("== {path}\n").as_bytes());
        if tree == Tree::Contents {
            // Packed bytes depend on the time and on the compressor; what is packed must be equal.
            let packed = if path.ends_with(".tgz") { archive::unpack(content) } else { None };
            out.extend_from_slice(packed.as_deref().unwrap_or(content));
        }
    }
    out
}
