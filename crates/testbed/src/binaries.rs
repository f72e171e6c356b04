//! The Go programs of a cluster, built once for each state of their sources and kept in the user's cache.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use aws_lc_rs::digest::{Context, SHA256};

use crate::gobuild::{self, Program};

/// The programs in `testbed/` of the repository.
const PROGRAMS: [Program; 2] = [
    Program {
        name: "controlplane",
        // Charts look at this version; without it the server calls itself v0.0.0-master.
        flags: "-X k8s.io/component-base/version.gitVersion=v1.37.1 -X k8s.io/component-base/version.gitMajor=1 \
                -X k8s.io/component-base/version.gitMinor=37",
    },
    Program { name: "kwok", flags: "" },
];

/// The paths of the built programs.
#[derive(Debug, Clone)]
pub struct Binaries {
    /// etcd, API server, controllers and scheduler, chosen by the first argument.
    pub controlplane: PathBuf,
    pub kwok: PathBuf,
}

/// Programs beside the cluster that other tests start.
const PEERS: [Program; 2] = [Program { name: "registry", flags: "" }, Program { name: "s3", flags: "" }];

/// Returns the path of a program beside the cluster, building it if it is not in the cache yet.
///
/// # Errors
/// What is missing to build it, and what to do; that there is no such program.
pub fn program(name: &str) -> Result<PathBuf, String> {
    let known = PEERS.iter().find(|program| program.name == name);
    ensure(known.ok_or_else(|| format!("there is no program {name} in testbed/"))?)
}

/// Returns the paths of all programs beside the cluster, building what is not in the cache yet.
///
/// # Errors
/// As [`program`].
pub fn programs() -> Result<Vec<PathBuf>, String> {
    PEERS.iter().map(ensure).collect()
}

/// Returns the programs, building what is not in the cache yet: four minutes on two cores, with progress on stderr.
///
/// # Errors
/// What is missing to build them, and what to do.
pub fn build() -> Result<Binaries, String> {
    static BUILT: OnceLock<Result<Binaries, String>> = OnceLock::new();
    BUILT.get_or_init(build_all).clone()
}

fn build_all() -> Result<Binaries, String> {
    let [controlplane, kwok] = PROGRAMS.each_ref().map(ensure);
    Ok(Binaries { controlplane: controlplane?, kwok: kwok? })
}

fn ensure(program: &Program) -> Result<PathBuf, String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testbed").join(program.name);
    let folder = cache()?.join("testbed").join(format!("{}-{}", program.name, hash(&source, program)?));
    let binary = folder.join(program.name);
    if binary.is_file() {
        return Ok(binary);
    }
    std::fs::create_dir_all(&folder).map_err(|e| format!("cannot make {}: {e}", folder.display()))?;
    // Another process may be at it: it builds, we wait, and then find what it built.
    let lock = folder.join("lock");
    let lock = File::create(&lock).map_err(|e| format!("cannot write {}: {e}", lock.display()))?;
    lock.lock().map_err(|e| format!("cannot lock {}: {e}", folder.display()))?;
    if !binary.is_file() {
        gobuild::build(program, &source, &binary)?;
    }
    Ok(binary)
}

/// Names the state of a program's sources: all files of its folder, which pin the modules they need.
fn hash(source: &Path, program: &Program) -> Result<String, String> {
    let mut context = Context::new(&SHA256);
    context.update(program.flags.as_bytes());
    let unreadable = |path: &Path, e: std::io::Error| format!("cannot read {}: {e}", path.display());
    let entries = std::fs::read_dir(source).map_err(|e| unreadable(source, e))?;
    let paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<BTreeSet<PathBuf>, _>>();
    for path in paths.map_err(|e| unreadable(source, e))? {
        let bytes = std::fs::read(&path).map_err(|e| unreadable(&path, e))?;
        context.update(&bytes);
    }
    let digest = context.finish();
    Ok(digest.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect())
}

/// The user's cache of this project: `$XDG_CACHE_HOME/pilothouse` or `~/.cache/pilothouse`.
pub fn cache() -> Result<PathBuf, String> {
    let set = |name: &str| std::env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from);
    let base = set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")));
    Ok(base.ok_or("neither XDG_CACHE_HOME nor HOME is set")?.join("pilothouse"))
}
