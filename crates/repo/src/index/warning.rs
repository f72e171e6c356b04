//! Entries of an index that are left out, and what is said of them.

use chart::log::Log;

/// An entry that was left out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Warning {
    /// The chart's name in the index.
    pub name: String,
    /// What is wrong with which version; none for an entry without anything.
    pub invalid: Option<(String, String)>,
}

impl Warning {
    /// Returns how long its texts are.
    pub(crate) fn bytes(&self) -> usize {
        self.name.len() + self.invalid.as_ref().map_or(0, |(version, error)| version.len() + error.len())
    }

    /// Tells it as Helm does; `source` is the file or URL of the index.
    pub fn tell(&self, source: &str, log: &mut dyn Log) {
        match &self.invalid {
            None => log.warn(
                "skipping loading invalid entry for chart: empty entry",
                &[("name", &self.name), ("source", source)],
            ),
            Some((version, error)) => log.warn(
                "skipping loading invalid entry for chart",
                &[("name", &self.name), ("version", version), ("source", source), ("error", error)],
            ),
        }
    }
}
