//! Adds the versions of an older index.

use std::collections::HashMap;
use std::ops::ControlFlow;

use chart::log::Log;
use gostd::{GoError, semver};

use super::{Built, Item, write};
use crate::index::{Index, Place, pick};

/// Versions of one chart, to look for one.
#[derive(Default)]
struct Known {
    /// In their order.
    texts: Vec<String>,
    /// The first of each text.
    by_text: HashMap<String, usize>,
    /// The first of each number, metadata left out.
    by_number: HashMap<(u64, u64, u64, String), usize>,
}

impl Known {
    fn add(&mut self, text: &str) {
        let at = self.texts.len();
        self.by_text.entry(text.to_owned()).or_insert(at);
        if let Ok(version) = semver::Version::new(text.as_bytes()) {
            self.by_number.entry(number(&version)).or_insert(at);
        }
        self.texts.push(text.to_owned());
    }

    /// Reports whether a version is there: with this very text, or one that meets it as a constraint.
    fn has(&self, name: &str, text: &str, log: &mut dyn Log) -> bool {
        if self.texts.is_empty() {
            return false;
        }
        // A whole version means itself, as a constraint; one with parts left out means more.
        match semver::Version::strict(text.as_bytes()) {
            Ok(_) if self.by_text.contains_key(text) => true,
            Ok(version) if !self.by_number.contains_key(&number(&version)) => false,
            _ => pick(name, text, self.texts.iter().map(String::as_str), log).is_ok(),
        }
    }
}

fn number(version: &semver::Version) -> (u64, u64, u64, String) {
    (version.major, version.minor, version.patch, version.prerelease.clone())
}

pub fn merge(built: &mut Built, other: &Index, log: &mut dyn Log) -> Result<(), GoError> {
    let mut known: HashMap<String, Known> = HashMap::new();
    for (name, items) in &built.charts {
        let versions = known.entry(name.clone()).or_default();
        items.iter().for_each(|item| versions.add(&item.version));
    }
    let catalogue = other.catalogue();
    for head in catalogue.heads() {
        let mut missing: Vec<(String, String, Place)> = Vec::new();
        let gone_through = catalogue.each_row(&head, |row| {
            // Charts are known by the name in Chart.yaml.
            let versions = known.entry(row.name.to_owned()).or_default();
            if !versions.has(row.name, row.version, log) {
                versions.add(row.version);
                missing.push((row.name.to_owned(), row.version.to_owned(), row.place));
            }
            ControlFlow::<()>::Continue(())
        });
        gone_through.map_err(|error| GoError::new(format!("cannot read an index: {error}")))?;
        for (name, version, place) in missing {
            let text = write::text(&other.version(&place)?, built.form)?;
            built.charts.entry(name).or_default().push(Item { version, text });
        }
    }
    Ok(())
}
