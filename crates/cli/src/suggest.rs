//! `Did you mean this?`: cobra's rule for words that are no command.

use crate::command::Command;

/// Cobra's default for `SuggestionsMinimumDistance`.
const DISTANCE: usize = 2;

/// Returns the text that follows `unknown command "x" for "helm"`, empty when nothing is close.
pub fn suggestions(parent: &Command, typed: &str) -> String {
    let lower = typed.to_lowercase();
    let close = |c: &&&Command| {
        !c.hidden
            && (distance(&lower, &c.name.to_lowercase()) <= DISTANCE
                || c.name.to_lowercase().starts_with(&lower)
                || c.suggest_for.iter().any(|word| word.to_lowercase() == lower))
    };
    let names: Vec<_> = parent.sub.iter().filter(close).map(|c| format!("\t{}\n", c.name)).collect();
    if names.is_empty() {
        return String::new();
    }
    format!("\n\nDid you mean this?\n{}", names.concat())
}

/// The Levenshtein distance in bytes, one row at a time.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let cost = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn distances_count_edits() {
        assert_eq!(distance("verison", "version"), 2);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("list", "list"), 0);
    }
}
