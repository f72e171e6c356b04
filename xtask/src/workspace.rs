//! Where things are: the repository, the target folder, the user's cache, the material beside a checkout.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

pub struct Workspace {
    /// The repository's root.
    pub root: PathBuf,
}

impl Workspace {
    /// The repository this binary was built from.
    pub fn locate() -> Result<Workspace, String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("xtask has no parent folder")?;
        Ok(Workspace { root: root.to_path_buf() })
    }

    pub fn cargo(&self) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&self.root);
        command
    }

    /// `cargo metadata` of the workspace for this platform.
    pub fn metadata(&self) -> Result<Value, String> {
        let host = host_triple()?;
        let output = self
            .cargo()
            .args(["metadata", "--format-version", "1", "--filter-platform", &host])
            .output()
            .map_err(|e| format!("cannot start cargo metadata: {e}"))?;
        if !output.status.success() {
            return Err(format!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr).trim_end()));
        }
        serde_json::from_slice(&output.stdout).map_err(|e| format!("cargo metadata: {e}"))
    }

    /// Cargo's target folder, which `CARGO_TARGET_DIR` or a configuration file may have moved.
    pub fn target(&self) -> Result<PathBuf, String> {
        let metadata = self.metadata()?;
        metadata["target_directory"].as_str().map(PathBuf::from).ok_or_else(|| "no target_directory".to_string())
    }

    /// Builds the release binary and returns its path.
    pub fn release_binary(&self) -> Result<PathBuf, String> {
        let status = self
            .cargo()
            .args(["build", "--release", "--quiet", "--package", "pilothouse"])
            .status()
            .map_err(|e| format!("cannot start cargo build: {e}"))?;
        if !status.success() {
            return Err("cargo build --release --package pilothouse failed".into());
        }
        Ok(self.target()?.join(host_triple()?).join("release/pilothouse"))
    }

    /// The folder of a shared collection beside the checkout (`corpus`, `bench`), if it is there.
    pub fn beside(&self, name: &str) -> Option<PathBuf> {
        let path = self.root.parent()?.join("shared").join(name);
        path.is_dir().then_some(path)
    }
}

/// The user's cache of this project: `$XDG_CACHE_HOME/pilothouse` or `~/.cache/pilothouse`.
pub fn cache() -> Result<PathBuf, String> {
    let base = match std::env::var_os("XDG_CACHE_HOME").filter(|path| !path.is_empty()) {
        Some(path) => PathBuf::from(path),
        None => PathBuf::from(std::env::var_os("HOME").ok_or("neither XDG_CACHE_HOME nor HOME is set")?).join(".cache"),
    };
    Ok(base.join("pilothouse"))
}

/// The value of `--NAME VALUE` or `--NAME=VALUE` in `arguments`, which loses it.
pub fn take_option(arguments: &mut Vec<String>, name: &str) -> Result<Option<String>, String> {
    let prefix = format!("{name}=");
    let Some(at) = arguments.iter().position(|a| a == name || a.starts_with(&prefix)) else { return Ok(None) };
    let argument = arguments.remove(at);
    if let Some(value) = argument.strip_prefix(&prefix) {
        return Ok(Some(value.to_string()));
    }
    if at == arguments.len() {
        return Err(format!("{name} needs a value"));
    }
    Ok(Some(arguments.remove(at)))
}

/// Whether the switch `name` is in `arguments`, which loses it.
pub fn take_switch(arguments: &mut Vec<String>, name: &str) -> bool {
    let before = arguments.len();
    arguments.retain(|argument| argument != name);
    arguments.len() != before
}

/// The triple of the compiler in use, for metadata and for builds that name their target.
pub fn host_triple() -> Result<String, String> {
    let output = Command::new("rustc").arg("-vV").output().map_err(|e| format!("cannot start rustc: {e}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_string).ok_or_else(|| "rustc -vV names no host".to_string())
}
