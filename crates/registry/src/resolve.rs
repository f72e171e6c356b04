//! Which version of a chart a reference means (`ValidateReference` of Helm's `pkg/registry/client.go`). Who knows the tags, a
//! registry or somebody who remembers one, is handed in.

use gostd::url::Url;

use crate::error::Error;
use crate::reference::{ChartReference, Reference, without_scheme};
use crate::tags;

/// Where a chart is, after a version was chosen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Resolved {
    /// `oci://HOST/PATH:VERSION` or `oci://HOST/PATH@DIGEST`.
    pub url: String,
    /// Of the manifest, where a version and a digest were given that belong together; else empty.
    pub digest: String,
}

/// Knows the tags of registries.
pub trait Tags {
    /// Returns the tags of a chart that are versions, the newest first.
    ///
    /// # Errors
    /// They cannot be had.
    fn versions(&self, reference: &str) -> Result<Vec<String>, Error>;

    /// Returns the digest of the manifest that a tag names.
    ///
    /// # Errors
    /// There is none, or it cannot be had.
    fn digest(&self, place: &Reference) -> Result<String, Error>;
}

/// Chooses the version of a chart: the one that the reference names, or `version`, which may be a range; else the newest.
///
/// # Errors
/// `chart reference and version mismatch: …`, `chart reference digest mismatch: …`,
/// `unable to locate any tags in provided repository: …`, those of `known`.
pub fn chart(reference: &str, version: &str, known: &dyn Tags) -> Result<Resolved, Error> {
    let url = Url::parse(format!("oci://{}", without_scheme(reference)).as_bytes())
        .map_err(|_| Error::new(format!("invalid chart URL format: {reference}")))?;
    // Users, escapes and queries are of the URL; what is left of them in the end is no reference to a chart.
    let place = [url.host.as_slice(), &url.path].concat();
    let parsed = ChartReference::parse(&String::from_utf8_lossy(&place))?;
    let tag = parsed.tag();
    if !version.is_empty() && !tag.is_empty() && tag != version {
        return Err(Error::new(format!("chart reference and version mismatch: {version} is not {tag}")));
    }
    let version = if version.is_empty() { tag } else { version };
    if !parsed.digest.is_empty() {
        return pinned(url, &parsed, version, known);
    }
    let tag = match gostd::semver::Version::new(version.as_bytes()) {
        Ok(_) => version.to_owned(),
        Err(_) => newest(reference, version, known)?,
    };
    Ok(Resolved { url: at(url, &format!("{}:{tag}", parsed.place.repository)), digest: String::new() })
}

/// Returns a URL with another path.
fn at(url: Url, path: &str) -> String {
    text(&Url { path: path.as_bytes().to_vec(), raw_path: Vec::new(), ..url })
}

fn text(url: &Url) -> String {
    String::from_utf8_lossy(&url.text()).into_owned()
}

fn newest(reference: &str, range: &str, known: &dyn Tags) -> Result<String, Error> {
    let versions = known.versions(reference)?;
    if versions.is_empty() {
        return Err(Error::new(format!("unable to locate any tags in provided repository: {reference}")));
    }
    tags::matching(&versions, range)
}

/// A digest says it all; a version beside it must be the same chart, if the tag is known.
fn pinned(url: Url, parsed: &ChartReference, version: &str, known: &dyn Tags) -> Result<Resolved, Error> {
    if version.is_empty() {
        return Ok(Resolved { url: text(&url), digest: String::new() });
    }
    let Reference { registry, repository, .. } = &parsed.place;
    let url = at(url, &format!("{repository}@{}", parsed.digest));
    let tagged = ChartReference::parse(&format!("{registry}/{repository}:{version}"))
        .and_then(|tagged| known.digest(&tagged.place));
    match tagged {
        Ok(digest) if digest == parsed.digest => Ok(Resolved { url, digest }),
        Ok(digest) => {
            let text = format!("chart reference digest mismatch: {digest} is not {}", parsed.digest);
            Err(Error::new(text))
        }
        Err(_) => Ok(Resolved { url, digest: String::new() }),
    }
}
