//! What of a chart stands in the annotations of its manifest in a registry (`pkg/registry/chart.go` of Helm 4.3.1): for who
//! pushes it, and for who makes the manifest of a package.

use std::collections::BTreeMap;

use crate::{Maintainer, Metadata};

const TITLE: &str = "org.opencontainers.image.title";
const VERSION: &str = "org.opencontainers.image.version";

/// Returns the annotations of a chart's manifest. Those of Chart.yaml win, but for title and version; what is blank is
/// left out.
pub fn of(metadata: &Metadata, created: &str) -> BTreeMap<String, String> {
    let authors = authors(&metadata.maintainers);
    let own = [
        ("org.opencontainers.image.description", metadata.description.as_str()),
        (TITLE, &metadata.name),
        (VERSION, &metadata.version),
        ("org.opencontainers.image.url", &metadata.home),
        ("org.opencontainers.image.created", created),
        ("org.opencontainers.image.source", metadata.sources.first().map(String::as_str).unwrap_or_default()),
        ("org.opencontainers.image.authors", &authors),
    ];
    let own = own.into_iter().filter(|(_, text)| !text.trim().is_empty());
    let mut annotations: BTreeMap<String, String> =
        own.map(|(name, text)| (name.to_owned(), text.to_owned())).collect();
    let others = metadata.annotations.iter().flatten().filter(|(name, _)| *name != TITLE && *name != VERSION);
    annotations.extend(others.map(|(name, text)| (name.clone(), text.clone())));
    annotations
}

/// Returns `NAME (EMAIL), …`.
fn authors(maintainers: &[Option<Maintainer>]) -> String {
    let author = |maintainer: &Maintainer| match maintainer.email.as_str() {
        "" => maintainer.name.clone(),
        email => format!("{} ({email})", maintainer.name),
    };
    maintainers.iter().flatten().map(author).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chart_speaks_but_not_of_its_name_and_version() {
        let text = b"apiVersion: v2\nname: a\nversion: 1.0.0\ndescription: ' '\nhome: h\nsources: [s, t]\n\
            maintainers: [{name: Ned, email: e}, {email: f}, {name: m}]\n\
            annotations: {org.opencontainers.image.title: x, org.opencontainers.image.url: w, z: ''}\n";
        let metadata = Metadata::parse(text).expect("a definition");
        let found = of(&metadata, "2026-01-02T03:04:05Z");
        let found: Vec<_> = found
            .iter()
            .map(|(name, text)| (name.trim_start_matches("org.opencontainers.image."), text.as_str()))
            .collect();
        let expected = [
            ("authors", "Ned (e),  (f), m"),
            ("created", "2026-01-02T03:04:05Z"),
            ("source", "s"),
            ("title", "a"),
            ("url", "w"),
            ("version", "1.0.0"),
            ("z", ""),
        ];
        assert_eq!(found, expected);
    }
}
