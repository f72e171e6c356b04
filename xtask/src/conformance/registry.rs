//! Real registries for the cases that need one, started with the first such case. The crate `peers` starts them; it is run
//! as a program, as the test bed is.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, UNIX_EPOCH};

/// What a case may name.
const KINDS: [&str; 4] = ["everybody", "basic", "tokens", "distribution-tokens"];

/// A running registry; it ends with this process, which holds its standard input.
struct Running {
    host: String,
    _child: Child,
}

static RUNNING: Mutex<BTreeMap<String, Running>> = Mutex::new(BTreeMap::new());

/// # Errors
/// That there is no such kind.
pub fn check(kind: &str) -> Result<(), String> {
    if KINDS.contains(&kind) { Ok(()) } else { Err(format!("registry = {kind:?}: one of {}", KINDS.join(", "))) }
}

/// Returns the host and port of a registry.
pub fn host(kind: &str) -> Result<String, String> {
    let mut running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = running.get(kind) {
        return Ok(known.host.clone());
    }
    let started = start(kind)?;
    let host = started.host.clone();
    running.insert(kind.to_string(), started);
    Ok(host)
}

/// When archives were written, in seconds: a pushed chart says so. 2026-01-02 03:04:05 UTC.
const WRITTEN: u64 = 1_767_323_045;

/// Gives the archives in a folder one age in every run.
pub fn date_archives(folder: &Path) -> Result<(), String> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let archives =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|e| e == "tgz"));
    for path in archives.filter(|path| path.is_file()) {
        let dated = File::options().append(true).open(&path);
        let dated = dated.and_then(|file| file.set_modified(UNIX_EPOCH + Duration::from_secs(WRITTEN)));
        dated.map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(())
}

/// Returns a name that no other run of a case uses, for its repositories.
pub fn namespace() -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    format!("n{}x{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

fn start(kind: &str) -> Result<Running, String> {
    let failed = |e: std::io::Error| format!("cannot start a registry: {e}");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."));
    command.args(["run", "--quiet", "--package", "peers", "--bin", "peers", "--", "registry", kind]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(failed)?;
    let stdout = child.stdout.take().ok_or("the registry has no stdout")?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).map_err(failed)?;
    match line.trim_end() {
        "" => Err("the registry did not start; see above".into()),
        host => Ok(Running { host: host.to_string(), _child: child }),
    }
}
