//! Scopes of tokens: `repository:NAME:pull,push` (`registry/remote/auth/scope.go` of oras-go).

use std::collections::{BTreeMap, BTreeSet};

/// What is done with a repository.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    Pull,
    PullAndPush,
}

/// The scope of the list of repositories.
pub const CATALOG: &str = "registry:catalog:*";

/// The scope of an access to a repository.
pub fn of_repository(repository: &str, access: Access) -> String {
    let actions = match access {
        Access::Pull => "pull",
        Access::PullAndPush => "pull,push",
    };
    format!("repository:{repository}:{actions}")
}

/// Merges scopes of the same thing, sorts them, and drops those without actions.
pub fn clean<'a>(scopes: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut merged: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut clean = Vec::new();
    for scope in scopes {
        match scope.rsplit_once(':') {
            Some((thing, actions)) if thing.contains(':') => {
                merged.entry(thing).or_default().extend(actions.split(',').filter(|action| !action.is_empty()));
            }
            _ if !scope.is_empty() => clean.push(scope.to_owned()),
            _ => {}
        }
    }
    for (thing, actions) in merged.iter().filter(|(_, actions)| !actions.is_empty()) {
        let actions = if actions.contains("*") { vec!["*"] } else { actions.iter().copied().collect() };
        clean.push(format!("{thing}:{}", actions.join(",")));
    }
    clean.sort();
    clean
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn scopes_of_one_thing_become_one() {
        let cases: [(&[&str], &[&str]); 5] = [
            (&[], &[]),
            (&["repository:a:push,pull", "repository:a:pull"], &["repository:a:pull,push"]),
            (&["repository:a:*,pull", "registry:catalog:*"], &["registry:catalog:*", "repository:a:*"]),
            (&["repository:b:pull", "repository:a:", "x"], &["repository:b:pull", "x"]),
            (&["repository:h:5000/a:pull"], &["repository:h:5000/a:pull"]),
        ];
        for (scopes, expected) in cases {
            assert_eq!(clean(scopes.iter().copied()), expected);
        }
    }
}
