//! The order of an index: charts by name, versions newest first.

use std::cmp::Ordering;
use std::sync::Arc;

use gostd::semver::Version;

/// Where a version stands among the others; greater is newer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rank {
    numbers: (u64, u64, u64),
    /// Nothing comes after any prerelease.
    prerelease: Prerelease,
    /// What is no version comes before every version.
    is_version: bool,
    /// Versions that differ only in build metadata, or in how they are written, are in the order of their texts.
    text: Arc<str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Prerelease(Option<Arc<str>>);

impl Rank {
    /// Returns the rank of a text.
    pub fn of(text: &str) -> Self {
        match Version::new(text.as_bytes()) {
            Ok(version) => Rank {
                numbers: (version.major, version.minor, version.patch),
                prerelease: Prerelease((!version.prerelease.is_empty()).then(|| version.prerelease.as_str().into())),
                is_version: true,
                text: text.into(),
            },
            Err(_) => Rank { numbers: (0, 0, 0), prerelease: Prerelease(None), is_version: false, text: text.into() },
        }
    }
}

impl Ord for Rank {
    fn cmp(&self, other: &Self) -> Ordering {
        let by = self.is_version.cmp(&other.is_version).then(self.numbers.cmp(&other.numbers));
        by.then_with(|| self.prerelease.cmp(&other.prerelease)).then_with(|| self.text.cmp(&other.text))
    }
}

impl PartialOrd for Rank {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Prerelease {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
            (Some(own), Some(other)) => by_parts(own, other),
        }
    }
}

impl PartialOrd for Prerelease {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Semantic versioning, item 11: numbers by value and before words, fewer parts before more.
fn by_parts(own: &str, other: &str) -> Ordering {
    let (mut own, mut other) = (own.split('.'), other.split('.'));
    loop {
        let order = match (own.next(), other.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(own), Some(other)) => match (own.parse::<u64>(), other.parse::<u64>()) {
                (Ok(own), Ok(other)) => own.cmp(&other),
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                (Err(_), Err(_)) => own.cmp(other),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// The place of a text in an index: the line of a name, or one of its versions below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub name: Arc<str>,
    /// `None` is the line of the name.
    pub rank: Option<Rank>,
}

impl Key {
    pub fn head(name: &Arc<str>) -> Self {
        Key { name: name.clone(), rank: None }
    }

    pub fn version(name: &Arc<str>, version: &str) -> Self {
        Key { name: name.clone(), rank: Some(Rank::of(version)) }
    }

    pub fn is_head(&self) -> bool {
        self.rank.is_none()
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        self.name.as_bytes().cmp(other.name.as_bytes()).then_with(|| match (&self.rank, &other.rank) {
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(own), Some(other)) => other.cmp(own),
        })
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_as_semantic_versioning_has_it() {
        let order = [
            "no version",
            "1.0.0-1",
            "1.0.0-2",
            "1.0.0-10",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-beta",
            "1.0.0",
            "1.0.0+a",
            "1.0.0+b",
            "v1.0.1",
            "1.2",
            "1.10.0",
            "2",
        ];
        let mut sorted = order.to_vec();
        sorted.reverse();
        sorted.sort_by_key(|text| Rank::of(text));
        assert_eq!(sorted, order);
        for (own, other) in order.iter().zip(order.iter().skip(1)) {
            let parsed = Version::new(own.as_bytes())
                .and_then(|own| Version::new(other.as_bytes()).map(|other| own.compare(&other)));
            assert!(parsed.is_ok_and(|order| order.is_le()) || *own == "no version", "{own} {other}");
        }
    }

    #[test]
    fn names_come_before_their_versions_newest_first() {
        let (a, b) = (Arc::from("a"), Arc::from("b"));
        let order = [
            Key::head(&a),
            Key::version(&a, "2.0.0"),
            Key::version(&a, "1.0.0"),
            Key::head(&b),
            Key::version(&b, "3.0.0"),
        ];
        assert!(order.is_sorted());
    }
}
