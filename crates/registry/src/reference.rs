//! References: `host:port/path/to/chart:1.0.0` and `…@sha256:…` (oras-go's `registry.Reference`, and what Helm's
//! `pkg/registry/reference.go` makes of versions with a `+`).

use std::fmt;

use gostd::url::Url;

use crate::digest::Digest;
use crate::error::Error;
use crate::quote;

const SCHEME: &str = "oci://";

/// Docker's registry is reached by another name than it is known by.
pub const DOCKER: &str = "docker.io";
pub const DOCKER_HOST: &str = "registry-1.docker.io";

/// Reports whether a text names a registry (Helm's `IsOCI`).
pub fn is_oci(text: &str) -> bool {
    text.starts_with(SCHEME)
}

/// Returns a reference without `oci://`.
pub fn without_scheme(text: &str) -> &str {
    text.strip_prefix(SCHEME).unwrap_or(text)
}

/// A place in a registry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reference {
    /// Host, with the port if there is one.
    pub registry: String,
    pub repository: String,
    /// A tag or a digest; empty for the repository itself.
    pub reference: String,
}

impl Reference {
    /// Reads a reference without scheme. A tag before a digest is dropped.
    ///
    /// # Errors
    /// `invalid reference: missing registry or repository`, `invalid reference: invalid repository "…"` (`registry`,
    /// `tag`, `digest`).
    pub fn parse(text: &str) -> Result<Reference, Error> {
        let (registry, path) =
            text.split_once('/').ok_or_else(|| Error::new("invalid reference: missing registry or repository"))?;
        let (repository, reference, is_tag) = match (path.split_once('@'), path.split_once(':')) {
            (Some((before, digest)), _) => (before.split(':').next().unwrap_or_default(), digest, false),
            (None, Some((repository, tag))) => (repository, tag, true),
            (None, None) => (path, "", true),
        };
        check_registry(registry)?;
        check(is_repository(repository), "repository", repository)?;
        match reference {
            "" => {}
            tag if is_tag => check(is_tag_name(tag), "tag", tag)?,
            digest => check_digest(digest)?,
        }
        let [registry, repository, reference] = [registry, repository, reference].map(str::to_owned);
        Ok(Reference { registry, repository, reference })
    }

    /// The host that requests go to.
    pub fn host(&self) -> &str {
        if self.registry == DOCKER { DOCKER_HOST } else { &self.registry }
    }

    pub fn digest(&self) -> Option<Digest> {
        Digest::parse(&self.reference).ok()
    }

    /// The same repository at another tag or digest.
    pub fn at(&self, reference: &str) -> Reference {
        Reference { reference: reference.to_owned(), ..self.clone() }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Reference { registry, repository, reference } = self;
        match (repository.is_empty(), reference.is_empty()) {
            (true, _) => f.write_str(registry),
            (false, true) => write!(f, "{registry}/{repository}"),
            (false, false) => {
                let mark = if self.digest().is_some() { '@' } else { ':' };
                write!(f, "{registry}/{repository}{mark}{reference}")
            }
        }
    }
}

/// What repositories of a registry have in common: the beginning of their names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Namespace {
    pub registry: String,
    /// Empty for all of the registry.
    pub path: String,
}

impl Namespace {
    /// Reads `HOST` or `HOST/PATH`, each with or without a slash at the end.
    ///
    /// # Errors
    /// As [`Reference::parse`].
    pub fn parse(text: &str) -> Result<Namespace, Error> {
        let text = text.strip_suffix('/').unwrap_or(text);
        let (registry, path) = text.split_once('/').unwrap_or((text, ""));
        check_registry(registry)?;
        check(path.is_empty() || is_repository(path), "repository", path)?;
        Ok(Namespace { registry: registry.to_owned(), path: path.to_owned() })
    }

    /// The host that requests go to.
    pub fn host(&self) -> &str {
        if self.registry == DOCKER { DOCKER_HOST } else { &self.registry }
    }

    /// What the names of repositories below begin with.
    pub fn prefix(&self) -> String {
        if self.path.is_empty() { String::new() } else { format!("{}/", self.path) }
    }
}

/// A reference to a chart: tag and digest apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChartReference {
    /// With the tag, if there is one.
    pub place: Reference,
    /// Not checked.
    pub digest: String,
}

impl ChartReference {
    /// Reads a reference, with or without `oci://`; a `+` in the tag becomes `_`.
    ///
    /// # Errors
    /// As [`Reference::parse`].
    pub fn parse(text: &str) -> Result<ChartReference, Error> {
        let text = without_scheme(text);
        let (text, digest) = text.rsplit_once('@').unwrap_or((text, ""));
        let tag = text.rsplit_once(':').map_or("", |(_, tag)| tag);
        let place = match tag.contains('+') && !tag.contains('/') {
            true => Reference::parse(&text.replace(tag, &tag.replace('+', "_")))?,
            false => Reference::parse(text)?,
        };
        Ok(ChartReference { place, digest: digest.to_owned() })
    }

    pub fn tag(&self) -> &str {
        &self.place.reference
    }
}

impl fmt::Display for ChartReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.tag() {
            "" => write!(f, "{}@{}", self.place, self.digest),
            _ => self.place.fmt(f),
        }
    }
}

/// # Errors
/// `invalid reference: invalid registry "…"`.
pub fn check_registry(registry: &str) -> Result<(), Error> {
    let url = Url::parse_request_uri(format!("dummy://{registry}").as_bytes());
    check(!registry.is_empty() && url.is_ok_and(|url| url.host == registry.as_bytes()), "registry", registry)
}

fn check(good: bool, part: &str, text: &str) -> Result<(), Error> {
    if good { Ok(()) } else { Err(Error::new(format!("invalid reference: invalid {part} {}", quote(text)))) }
}

fn check_digest(text: &str) -> Result<(), Error> {
    let invalid = |error: Error| error.within(format_args!("invalid reference: invalid digest {}", quote(text)));
    Digest::parse(text).map(drop).map_err(invalid)
}

/// Small letters and digits; between them `.`, `_`, `__` or any number of `-`.
pub fn is_repository(path: &str) -> bool {
    let is_plain = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let component = |component: &str| {
        let ends = [component.as_bytes().first(), component.as_bytes().last()];
        let separators = component.as_bytes().split(is_plain).filter(|between| !between.is_empty());
        ends.iter().all(|end| end.is_some_and(is_plain))
            && separators
                .into_iter()
                .all(|between| matches!(between, b"." | b"_" | b"__") || between.iter().all(|b| *b == b'-'))
    };
    path.split('/').all(component)
}

/// Up to 128 letters, digits and `_.-`; the first is none of the last two.
fn is_tag_name(tag: &str) -> bool {
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let mut bytes = tag.bytes();
    tag.len() <= 128 && bytes.next().is_some_and(is_word) && bytes.all(|b| is_word(b) || matches!(b, b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEX: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn charts_are_named_as_helm_names_them() {
        let by_digest = format!("h/a/b@sha256:{HEX}");
        let cases = [
            ("oci://localhost:5000/a/b:1.0.0+x.1", Ok("localhost:5000/a/b:1.0.0_x.1")),
            ("localhost:5000/a", Ok("localhost:5000/a@")),
            (&by_digest, Ok(by_digest.as_str())),
            ("h/a:1@sha256:x", Ok("h/a:1")),
            ("h/a__b-c--d.e:v", Ok("h/a__b-c--d.e:v")),
            ("localhost", Err("invalid reference: missing registry or repository")),
            ("localhost:5000", Err("invalid reference: missing registry or repository")),
            ("/a:1", Err("invalid reference: invalid registry \"\"")),
            ("u:p@h/a:1", Err("invalid reference: missing registry or repository")),
            ("h h/a", Err("invalid reference: invalid registry \"h h\"")),
            ("h/A", Err("invalid reference: invalid repository \"A\"")),
            ("h/a..b", Err("invalid reference: invalid repository \"a..b\"")),
            ("h/a___b", Err("invalid reference: invalid repository \"a___b\"")),
            ("h/-a", Err("invalid reference: invalid repository \"-a\"")),
            ("h/a//b", Err("invalid reference: invalid repository \"a//b\"")),
            ("h/a/../b", Err("invalid reference: invalid repository \"a/../b\"")),
            ("h/a:.1", Err("invalid reference: invalid tag \".1\"")),
            ("h/a:1/b", Err("invalid reference: invalid tag \"1/b\"")),
        ];
        for (text, expected) in cases {
            let found = ChartReference::parse(text).map(|reference| reference.to_string()).map_err(|e| e.text);
            assert_eq!(found, expected.map(str::to_owned).map_err(str::to_owned), "{text}");
        }
    }

    #[test]
    fn a_digest_wins_over_a_tag() {
        let reference = Reference::parse(&format!("docker.io/a/b:1@sha256:{HEX}")).expect("a reference");
        assert_eq!(reference.to_string(), format!("docker.io/a/b@sha256:{HEX}"));
        assert_eq!(reference.host(), "registry-1.docker.io");
        let wrong = Reference::parse("h/a@sha256:1").map_err(|e| e.text);
        assert_eq!(wrong, Err("invalid reference: invalid digest \"sha256:1\": invalid checksum digest length".into()));
    }
}
