//! Names of contents: `sha256:HEX` and `sha512:HEX`.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::{Context, SHA256, SHA512};
use data_encoding::HEXLOWER;

use crate::error::Error;

/// A hash that contents are named by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    Sha256,
    Sha512,
}

impl Algorithm {
    /// Returns the name, as it stands before the colon.
    pub fn name(self) -> &'static str {
        match self {
            Algorithm::Sha256 => "sha256",
            Algorithm::Sha512 => "sha512",
        }
    }

    fn hex_length(self) -> usize {
        match self {
            Algorithm::Sha256 => 64,
            Algorithm::Sha512 => 128,
        }
    }
}

impl FromStr for Algorithm {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        match name {
            "sha256" => Ok(Algorithm::Sha256),
            "sha512" => Ok(Algorithm::Sha512),
            _ => Err(Error::invalid("unsupported digest algorithm")),
        }
    }
}

/// The name of a content: the algorithm, and lower-case hexadecimal digits of the right number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest {
    text: String,
    algorithm: Algorithm,
}

impl Digest {
    /// Returns the digest of some bytes.
    pub fn of(algorithm: Algorithm, bytes: &[u8]) -> Self {
        let mut hasher = Hasher::new(algorithm);
        hasher.update(bytes);
        hasher.finish()
    }

    /// Returns the whole text, as `sha256:…`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the algorithm.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Returns the digits.
    pub fn hex(&self) -> &str {
        self.text.split_once(':').map_or("", |(_, hex)| hex)
    }
}

impl FromStr for Digest {
    type Err = Error;

    /// # Errors
    /// The text has no colon, names an algorithm that is not known here, or the digits are not as they should be.
    fn from_str(text: &str) -> Result<Self, Error> {
        let (name, hex) = text.split_once(':').ok_or_else(|| Error::invalid("a digest is ALGORITHM:HEX"))?;
        let algorithm: Algorithm = name.parse()?;
        let digit = |b: u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        match hex.len() == algorithm.hex_length() && hex.bytes().all(digit) {
            true => Ok(Digest { text: text.to_owned(), algorithm }),
            false => Err(Error::invalid(format!("a {name} digest has {} digits", algorithm.hex_length()))),
        }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Makes a digest of bytes as they pass by.
pub(crate) struct Hasher {
    context: Context,
    algorithm: Algorithm,
}

impl Hasher {
    pub fn new(algorithm: Algorithm) -> Self {
        let hash = match algorithm {
            Algorithm::Sha256 => &SHA256,
            Algorithm::Sha512 => &SHA512,
        };
        Hasher { context: Context::new(hash), algorithm }
    }

    pub fn update(&mut self, bytes: &[u8]) {
        self.context.update(bytes);
    }

    pub fn finish(self) -> Digest {
        let hex = HEXLOWER.encode(self.context.finish().as_ref());
        Digest { text: format!("{}:{hex}", self.algorithm.name()), algorithm: self.algorithm }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_read_strictly() {
        let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::of(Algorithm::Sha256, b"").as_str(), empty);
        assert!(empty.parse::<Digest>().is_ok());
        let long = Digest::of(Algorithm::Sha512, b"x").to_string();
        assert_eq!(long.parse::<Digest>().map(|d| d.hex().len()).unwrap_or_default(), 128);
        for wrong in ["", "sha256", "sha256:", "sha256:../../etc", "md5:00", &empty.to_uppercase(), &empty[..70]] {
            assert!(wrong.parse::<Digest>().is_err(), "{wrong}");
        }
    }
}
