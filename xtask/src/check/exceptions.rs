//! `xtask/exceptions.toml`: what may break a rule of `cargo xtask check`, each with its reason.

use std::collections::{BTreeMap, BTreeSet};

use toml::{Table, Value};

use crate::workspace::Workspace;

/// The tables of the file. An exception that is not needed any more is a problem too.
pub struct Exceptions {
    entries: BTreeMap<(String, String), String>,
    used: BTreeSet<(String, String)>,
}

impl Exceptions {
    pub fn read(workspace: &Workspace) -> Result<Exceptions, String> {
        let text = std::fs::read_to_string(workspace.root.join("xtask/exceptions.toml"));
        let text = text.map_err(|e| format!("xtask/exceptions.toml: {e}"))?;
        Exceptions::parse(&text).map_err(|e| format!("xtask/exceptions.toml: {e}"))
    }

    pub fn parse(text: &str) -> Result<Exceptions, String> {
        let tables: Table = text.parse().map_err(|e| format!("{e}"))?;
        let mut entries = BTreeMap::new();
        for (kind, table) in tables {
            let table = table.as_table().ok_or_else(|| format!("{kind} is not a table"))?.clone();
            for (name, reason) in table {
                let Value::String(reason) = reason else { return Err(format!("{name}: the reason is not a text")) };
                entries.insert((kind.clone(), name), reason);
            }
        }
        Ok(Exceptions { entries, used: BTreeSet::new() })
    }

    /// Whether `name` is listed under `kind`, itself or by a folder above it (`path/`).
    pub fn allow(&mut self, kind: &str, name: &str) -> bool {
        let mut keys = vec![name.to_string()];
        keys.extend(name.match_indices('/').map(|(at, _)| name[..=at].to_string()));
        let found = keys.into_iter().map(|key| (kind.to_string(), key)).find(|key| self.entries.contains_key(key));
        let allowed = found.is_some();
        self.used.extend(found);
        allowed
    }

    /// The exceptions that nothing asked for.
    pub fn unused(&self) -> Vec<String> {
        let unused = self.entries.keys().filter(|key| !self.used.contains(*key));
        unused.map(|(kind, name)| format!("exceptions.toml: [{kind}] {name:?} is not needed any more")).collect()
    }
}
