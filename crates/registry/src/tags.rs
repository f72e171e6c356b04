//! Tags of a repository: page by page, as versions, and the one that fits.

use std::collections::BTreeSet;

use gostd::json::{Field, Shape};
use gostd::semver::{Constraints, Version};
use gostd::url::Url;

use crate::error::Error;
use crate::failure;
use crate::http::{Answer, resolve, same_origin, url_text};
use crate::json::{self, Nameless};
use crate::quote;
use crate::repository::{METADATA_BYTES, Repository};

/// Registries choose the size of a page; 50 is the smallest that is met.
const PAGES: usize = 10_000;
const TAGS: usize = 1_000_000;

const PAGE: Nameless = Nameless {
    shape: Shape::Struct(&[Field { name: "tags", shape: Shape::List(&Shape::String, "[]string") }], ""),
    go_type: "struct { Tags []string \"json:\\\"tags\\\"\" }",
};

/// Returns all tags, in the registry's order.
///
/// # Errors
/// What the registry says, an answer that is no list, a next page at another origin; ours for lists without end.
pub fn all(repository: &Repository<'_>) -> Result<Vec<String>, Error> {
    let mut url = repository.url("tags/list")?;
    let mut seen = BTreeSet::new();
    let mut tags = Vec::new();
    loop {
        if !seen.insert(url_text(&url)) || seen.len() > PAGES {
            return Err(endless(repository, seen.len()));
        }
        let answer = repository.get(url)?;
        if answer.status != 200 {
            return Err(failure::of(answer));
        }
        let next = next_page(&answer);
        tags.extend(page(answer)?);
        if tags.len() > TAGS {
            return Err(endless(repository, seen.len()));
        }
        match next? {
            Some(next) => url = next,
            None => return Ok(tags),
        }
    }
}

fn endless(repository: &Repository<'_>, pages: usize) -> Error {
    Error::limit(format!("{}: the list of tags has no end; {pages} pages were read", repository.place.at("")))
}

fn page(answer: Answer) -> Result<Vec<String>, Error> {
    let place = answer.place();
    let body = answer.read(METADATA_BYTES);
    let undecoded = |text: String| Error::new(format!("{place}: failed to decode response: {text}"));
    if let Some(broken) = body.broken {
        return Err(undecoded(broken));
    }
    let page = PAGE.read_first(&body.bytes).map_err(|error| undecoded(error.text))?;
    let text = |tag: &gostd::Value| tag.as_str().map(|text| text.to_text().into_owned());
    Ok(json::items(&page, "tags").iter().filter_map(text).collect())
}

/// Reads the header `Link` (`parseLink` of oras-go).
fn next_page(answer: &Answer) -> Result<Option<Url>, Error> {
    let link = answer.header("link");
    if link.is_empty() {
        return Ok(None);
    }
    let invalid = |link: &str, why: String| Error::new(format!("invalid next link {}: {why}", quote(link)));
    let rest = link.strip_prefix('<').ok_or_else(|| invalid(link, "missing '<'".to_owned()))?;
    let (target, _) = rest.split_once('>').ok_or_else(|| invalid(link, "missing '>'".to_owned()))?;
    let url = resolve(&answer.url, target)?;
    match same_origin(&answer.url, &url) {
        true => Ok(Some(url)),
        false => Err(invalid(target, format!("not the same origin as {}", quote(&url_text(&answer.url))))),
    }
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
