//! Each dependency that a Cargo.toml names must be named in that crate's sources.

use toml::Table;

use super::exceptions::Exceptions;
use super::sources::Source;
use crate::workspace::Workspace;

const TABLES: &[&str] = &["dependencies", "dev-dependencies", "build-dependencies"];

/// One problem for each dependency that no source of its crate names.
pub fn check(workspace: &Workspace, sources: &[Source], exceptions: &mut Exceptions) -> Result<Vec<String>, String> {
    let mut problems = Vec::new();
    for folder in crates(workspace)? {
        let path = workspace.root.join(&folder).join("Cargo.toml");
        let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        let manifest: Table = text.parse().map_err(|e| format!("{}: {e}", path.display()))?;
        let prefix = format!("{folder}/");
        let own: Vec<&Source> = sources.iter().filter(|source| source.path.starts_with(&prefix)).collect();
        for name in names(&manifest) {
            let word = name.replace('-', "_");
            let used = own.iter().any(|source| is_named(&source.code, &word));
            if !used && !exceptions.allow("dependencies", &format!("{folder}:{name}")) {
                problems.push(format!("{folder}/Cargo.toml: no source names the dependency {name}"));
            }
        }
    }
    Ok(problems)
}

/// The folders of the workspace's crates, relative to the root, and the fuzz crate.
fn crates(workspace: &Workspace) -> Result<Vec<String>, String> {
    let metadata = workspace.metadata()?;
    let root = workspace.root.to_string_lossy().into_owned();
    let mut folders = vec!["fuzz".to_string()];
    for package in metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default() {
        let manifest = package["manifest_path"].as_str().unwrap_or_default();
        let local = package["source"].is_null();
        let relative = manifest.strip_prefix(&root).and_then(|path| path.strip_suffix("/Cargo.toml"));
        if let (true, Some(relative)) = (local, relative) {
            folders.push(relative.trim_start_matches('/').to_string());
        }
    }
    folders.sort();
    Ok(folders)
}

fn names(manifest: &Table) -> Vec<String> {
    let tables = TABLES.iter().filter_map(|table| manifest.get(*table)?.as_table());
    tables.flat_map(|table| table.keys().cloned()).collect()
}

/// Whether `word` stands as the start of a path or in a `use` of the crate itself.
fn is_named(code: &str, word: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        let (before, after) = (&code[..at], &code[at + word.len()..]);
        !before.ends_with(is_word)
            && (after.starts_with("::") || before.ends_with("use ") && !after.starts_with(is_word))
    })
}
