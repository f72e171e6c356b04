//! Which end of the API a path is. Names of repositories have slashes, so paths are read from their end.

use std::borrow::Cow;

use axum::http::StatusCode;
use chart_store::names;

use super::reply::{Code, Fault};

/// An end of the API; names that no repository can have are told when they are used.
pub enum Route<'a> {
    Base,
    Catalog,
    Tags(Name<'a>),
    Referrers(Name<'a>, &'a str),
    Manifest(Name<'a>, &'a str),
    Blob(Name<'a>, &'a str),
    Uploads(Name<'a>),
    Upload(Name<'a>, &'a str),
}

impl Route<'_> {
    /// The methods of the end, as `Allow` names them.
    pub fn methods(&self) -> &'static str {
        match self {
            Route::Base => "GET, HEAD",
            Route::Catalog | Route::Tags(_) | Route::Referrers(..) => "GET",
            Route::Manifest(..) => "GET, HEAD, PUT, DELETE",
            Route::Blob(..) => "GET, HEAD, DELETE",
            Route::Uploads(_) => "POST",
            Route::Upload(..) => "GET, PATCH, PUT, DELETE",
        }
    }
}

pub type Name<'a> = Result<&'a str, Fault>;

/// Finds the end of a path that starts with `/v2`.
pub fn find(path: &str) -> Option<Route<'_>> {
    let rest = path.strip_prefix("/v2")?;
    if rest.is_empty() || rest == "/" {
        return Some(Route::Base);
    }
    let rest = rest.strip_prefix('/')?;
    if rest == "_catalog" {
        return Some(Route::Catalog);
    }
    let (before, last) = rest.rsplit_once('/')?;
    let (above, kind) = before.rsplit_once('/').unwrap_or(("", before));
    Some(match (kind, last) {
        ("tags", "list") => Route::Tags(name(above)),
        ("manifests", reference) => Route::Manifest(name(above), reference),
        ("referrers", digest) => Route::Referrers(name(above), digest),
        ("blobs", "uploads") => Route::Uploads(name(above)),
        ("uploads", "") => Route::Uploads(name(above.strip_suffix("/blobs")?)),
        ("uploads", id) => match above.strip_suffix("/blobs") {
            Some(above) => Route::Upload(name(above), id),
            None => return None,
        },
        ("blobs", digest) => Route::Blob(name(above), digest),
        _ => return None,
    })
}

fn name(name: &str) -> Name<'_> {
    match names::is_repository(name) {
        true => Ok(name),
        false => Err(Fault::new(StatusCode::BAD_REQUEST, Code::NameInvalid, "invalid repository name")),
    }
}

/// Returns a path without percent signs; bytes that make no text stay as they are.
pub fn decoded(path: &str) -> Cow<'_, str> {
    if !path.contains('%') {
        return Cow::Borrowed(path);
    }
    let mut out = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let byte = match (first, after) {
            (b'%', [high, low, ..]) => hex(*high).zip(hex(*low)).map(|(high, low)| high << 4 | low),
            _ => None,
        };
        out.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8(out).map_or(Cow::Borrowed(path), Cow::Owned)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(path: &str) -> String {
        let name = |name: Name<'_>| name.map_or_else(|_| "?".to_owned(), str::to_owned);
        match find(path) {
            None => "none".to_owned(),
            Some(Route::Base) => "base".to_owned(),
            Some(Route::Catalog) => "catalog".to_owned(),
            Some(Route::Tags(of)) => format!("tags {}", name(of)),
            Some(Route::Referrers(of, digest)) => format!("referrers {} {digest}", name(of)),
            Some(Route::Manifest(of, reference)) => format!("manifest {} {reference}", name(of)),
            Some(Route::Blob(of, digest)) => format!("blob {} {digest}", name(of)),
            Some(Route::Uploads(of)) => format!("uploads {}", name(of)),
            Some(Route::Upload(of, id)) => format!("upload {} {id}", name(of)),
        }
    }

    #[test]
    fn ends_are_found_from_the_end_of_the_path() {
        let cases = [
            ("/v2", "base"),
            ("/v2/", "base"),
            ("/v2/_catalog", "catalog"),
            ("/v2/a/tags/list", "tags a"),
            ("/v2/a/b/c/tags/list", "tags a/b/c"),
            ("/v2/tags/list/tags/list", "tags tags/list"),
            ("/v2/a/manifests/1.0.0", "manifest a 1.0.0"),
            ("/v2/blobs/uploads/manifests/x", "manifest blobs/uploads x"),
            ("/v2/a/referrers/sha256:0", "referrers a sha256:0"),
            ("/v2/a/blobs/sha256:0", "blob a sha256:0"),
            ("/v2/a/blobs/uploads", "uploads a"),
            ("/v2/a/b/blobs/uploads/", "uploads a/b"),
            ("/v2/a/b/blobs/uploads/id", "upload a/b id"),
            ("/v2/A/manifests/x", "manifest ? x"),
            ("/v2/a/../b/manifests/x", "manifest ? x"),
            ("/v2/manifests/x", "manifest ? x"),
            ("/v2/tags/list", "tags ?"),
            ("/v2/uploads/id", "none"),
            ("/v2/a", "none"),
            ("/v1/", "none"),
            ("/v2x", "none"),
        ];
        for (path, expected) in cases {
            assert_eq!(told(path), expected, "{path}");
        }
    }

    #[test]
    fn percent_signs_are_read_once() {
        let cases = [
            ("/a", "/a"),
            ("sha256%3A0", "sha256:0"),
            ("%2e%2E%2f", "../"),
            ("%253A", "%3A"),
            ("%", "%"),
            ("%4", "%4"),
            ("%zz", "%zz"),
            ("%ff", "%ff"),
        ];
        for (path, expected) in cases {
            assert_eq!(decoded(path), expected);
        }
    }
}
