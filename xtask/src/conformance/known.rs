//! `conformance/known-differences.txt`: cases that cannot be equal, one `ID reason` a line.
//!
//! A case listed here must still differ; when it is equal the line is stale and the run fails.

use std::collections::BTreeMap;
use std::path::Path;

use crate::workspace::Workspace;

pub struct KnownDifferences {
    reasons: BTreeMap<String, String>,
}

impl KnownDifferences {
    pub fn none() -> KnownDifferences {
        KnownDifferences { reasons: BTreeMap::new() }
    }

    /// Those of the conformance cases and of the corpus.
    pub fn of_cases(workspace: &Workspace) -> Result<KnownDifferences, String> {
        KnownDifferences::read(&workspace.root.join("conformance/known-differences.txt"))
    }

    pub fn read(path: &Path) -> Result<KnownDifferences, String> {
        let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        parse(&text).map_err(|e| format!("{}: {e}", path.display()))
    }

    pub fn contains(&self, id: &str) -> bool {
        self.reasons.contains_key(id)
    }

    /// How many of a group are listed; probes are only counted.
    pub fn count(&self, group: &str) -> usize {
        self.reasons.keys().filter(|id| id.starts_with(group)).count()
    }
}

fn parse(text: &str) -> Result<KnownDifferences, String> {
    let mut reasons = BTreeMap::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (id, reason) = line.split_once(' ').ok_or_else(|| format!("{line}: no reason"))?;
        reasons.insert(id.to_string(), reason.trim().to_string());
    }
    Ok(KnownDifferences { reasons })
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_line_needs_a_reason() {
        let known = super::parse("# why\n\na/b random order\n").unwrap();
        assert!(known.contains("a/b") && !known.contains("random"));
        assert!(super::parse("a/b\n").is_err());
    }
}
