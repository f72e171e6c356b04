//! Tags of a repository: as they are, as versions, and the one that fits.

use gostd::json::{Field, Shape};
use gostd::semver::{Constraints, Version};

use crate::error::Error;
use crate::json::Nameless;
use crate::listing::{self, Listing};
use crate::repository::Repository;

const PAGE: Nameless = Nameless {
    shape: Shape::Struct(&[Field { name: "tags", shape: Shape::List(&Shape::String, "[]string") }], ""),
    go_type: "struct { Tags []string \"json:\\\"tags\\\"\" }",
};

/// Returns all tags, in the registry's order.
///
/// # Errors
/// As [`listing::all`].
pub fn all(repository: &Repository<'_>) -> Result<Vec<String>, Error> {
    let name = format!("{}: the list of tags", repository.place.at(""));
    let listing = Listing { page: &PAGE, member: "tags", name: &name, keep: &|_| true };
    listing::all(repository.url("tags/list")?, &listing, &|url| repository.get(url))
}

/// Returns the tags that are versions, the newest first, as versions: with `+` for `_`.
pub fn versions(tags: &[String]) -> Vec<String> {
    let mut versions: Vec<Version> =
        tags.iter().filter_map(|tag| Version::strict(tag.replace('_', "+").as_bytes()).ok()).collect();
    versions.sort_by(|a, b| b.compare(a));
    versions.iter().map(Version::to_string).collect()
}

/// Returns the version that is asked for (`GetTagMatchingVersionOrConstraint`): that version, else the newest in a range;
/// of no range, the newest that is no prerelease.
///
/// # Errors
/// `could not locate a version matching provided version string …`, what is wrong with a range.
pub fn matching(versions: &[String], wanted: &str) -> Result<String, Error> {
    if !wanted.is_empty() && versions.iter().any(|version| version == wanted) {
        return Ok(wanted.to_owned());
    }
    let range = Constraints::new(if wanted.is_empty() { b"*" } else { wanted.as_bytes() })?;
    let fits = |version: &&String| Version::new(version.as_bytes()).is_ok_and(|version| range.check(&version));
    versions
        .iter()
        .find(fits)
        .cloned()
        .ok_or_else(|| Error::new(format!("could not locate a version matching provided version string {wanted}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_that_are_versions_come_newest_first() {
        let tags = ["1.0.0", "latest", "1.10.0", "v2.0.0", "1.2", "2.0.0-rc.1", "1.0.0_build.7", "sha256-ab.sig"];
        let versions = versions(&tags.map(str::to_owned));
        assert_eq!(versions, ["2.0.0-rc.1", "1.10.0", "1.0.0", "1.0.0+build.7"]);
        let none = "could not locate a version matching provided version string ";
        let cases = [
            ("", Ok("1.10.0")),
            ("1.0.0+build.7", Ok("1.0.0+build.7")),
            (">0.0.0-0", Ok("2.0.0-rc.1")),
            ("~1.0", Ok("1.0.0")),
            ("^3", Err(format!("{none}^3"))),
            ("x y", Err("improper constraint: \"x y\"".to_owned())),
        ];
        for (wanted, expected) in cases {
            let found = matching(&versions, wanted).map_err(|e| e.text);
            assert_eq!(found, expected.map(str::to_owned), "{wanted}");
        }
    }
}
