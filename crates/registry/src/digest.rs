//! Digests of content: `sha256:` and 64 digits (github.com/opencontainers/go-digest 1.0.0).

use std::fmt;

use aws_lc_rs::digest::{self, Algorithm};
use data_encoding::HEXLOWER;

use crate::error::Error;

/// A digest that is well formed, of an algorithm that can be checked.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Digest(String);

static ALGORITHMS: [(&str, &Algorithm); 3] =
    [("sha256", &digest::SHA256), ("sha384", &digest::SHA384), ("sha512", &digest::SHA512)];

fn algorithm(name: &str) -> Option<&'static Algorithm> {
    ALGORITHMS.iter().find(|(known, _)| *known == name).map(|(_, algorithm)| *algorithm)
}

impl Digest {
    /// Reads a digest.
    ///
    /// # Errors
    /// `invalid checksum digest format`, `invalid checksum digest length`, `unsupported digest algorithm`.
    pub fn parse(text: &str) -> Result<Digest, Error> {
        let malformed = || Error::new("invalid checksum digest format");
        let (name, encoded) = text.split_once(':').ok_or_else(malformed)?;
        if name.is_empty() || encoded.is_empty() {
            return Err(malformed());
        }
        let Some(algorithm) = algorithm(name) else {
            let known_form = is_name(name) && encoded.bytes().all(|b| b.is_ascii_alphanumeric() || b"=_-".contains(&b));
            return Err(if known_form { Error::new("unsupported digest algorithm") } else { malformed() });
        };
        if encoded.len() != algorithm.output_len() * 2 {
            return Err(Error::new("invalid checksum digest length"));
        }
        match encoded.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            true => Ok(Digest(text.to_owned())),
            false => Err(malformed()),
        }
    }

    /// The SHA-256 digest of a content.
    pub fn of(content: &[u8]) -> Digest {
        Digest(format!("sha256:{}", hex(&digest::SHA256, content)))
    }

    /// Reports whether this is the digest of a content.
    pub fn is_of(&self, content: &[u8]) -> bool {
        let (name, encoded) = self.0.split_once(':').unwrap_or_default();
        algorithm(name).is_some_and(|algorithm| hex(algorithm, content) == encoded)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn hex(algorithm: &'static Algorithm, content: &[u8]) -> String {
    HEXLOWER.encode(digest::digest(algorithm, content).as_ref())
}

/// Small letters and digits in groups, one of `.+_-` between two.
fn is_name(name: &str) -> bool {
    let group = |group: &str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    name.split(['.', '+', '_', '-']).all(group)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_those_of_go_digest() {
        let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let cases = [
            (format!("sha256:{hex}"), Ok(())),
            (format!("sha512:{hex}{hex}"), Ok(())),
            (format!("sha256:{}", hex.to_uppercase()), Err("invalid checksum digest format")),
            (format!("sha256:{hex}0"), Err("invalid checksum digest length")),
            (format!("sha1:{hex}"), Err("unsupported digest algorithm")),
            ("a..b:c".to_owned(), Err("invalid checksum digest format")),
            ("a:b:c".to_owned(), Err("invalid checksum digest format")),
            ("sha256:".to_owned(), Err("invalid checksum digest format")),
            (String::new(), Err("invalid checksum digest format")),
        ];
        for (text, expected) in cases {
            assert_eq!(Digest::parse(&text).map(drop).map_err(|e| e.text), expected.map_err(str::to_owned), "{text}");
        }
    }

    #[test]
    fn a_content_has_its_digest_alone() {
        let empty = Digest::of(b"");
        assert_eq!(empty.as_str(), "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert!(empty.is_of(b""));
        assert!(!empty.is_of(b"x"));
    }
}
