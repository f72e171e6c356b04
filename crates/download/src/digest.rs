//! Hashes of content, as indexes and locks write them: `sha256:HEX` or only the hexadecimal digits.

use aws_lc_rs::digest::{SHA256, digest};
use gostd::GoError;
use gostd::unicode::is_print;

/// A SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    pub fn of(content: &[u8]) -> Self {
        let mut bytes = [0; 32];
        bytes.iter_mut().zip(digest(&SHA256, content).as_ref()).for_each(|(byte, new)| *byte = *new);
        Digest(bytes)
    }

    /// Reads a hash; the name of the algorithm before a colon is not looked at. Nothing where there is no text.
    ///
    /// # Errors
    /// Go's `encoding/hex: …`, `invalid digest length: 20` (`pkg/downloader/chart_downloader.go`).
    pub fn parse(text: &str) -> Result<Option<Self>, GoError> {
        if text.is_empty() {
            return Ok(None);
        }
        let digits = text.split_once(':').map_or(text, |(_, digits)| digits);
        let bytes = decode(digits.as_bytes())?;
        let bytes = <[u8; 32]>::try_from(bytes.as_slice())
            .map_err(|_| GoError::new(format!("invalid digest length: {}", bytes.len())))?;
        Ok(Some(Digest(bytes)))
    }

    /// Returns the hexadecimal digits.
    pub fn hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Follows Go's `hex.DecodeString`.
fn decode(digits: &[u8]) -> Result<Vec<u8>, GoError> {
    let value = |digit: u8| match char::from(digit).to_digit(16) {
        Some(value) => Ok(value as u8),
        None => Err(invalid(digit)),
    };
    let mut bytes = Vec::with_capacity(digits.len() / 2);
    for pair in digits.chunks(2) {
        match pair {
            [high, low] => bytes.push(value(*high)? << 4 | value(*low)?),
            rest => {
                rest.iter().try_for_each(|digit| value(*digit).map(drop))?;
                return Err(GoError::new("encoding/hex: odd length hex string"));
            }
        }
    }
    Ok(bytes)
}

fn invalid(byte: u8) -> GoError {
    let rune = u32::from(byte);
    let shown = match is_print(rune) {
        true => format!(" '{}'", char::from(byte)),
        false => String::new(),
    };
    GoError::new(format!("encoding/hex: invalid byte: U+{rune:04X}{shown}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_read_as_go_reads_them() {
        let full = "ab".repeat(32);
        let cases = [
            ("", Ok(None)),
            (&*full, Ok(Some(Digest([0xab; 32])))),
            (&*format!("sha256:{full}"), Ok(Some(Digest([0xab; 32])))),
            ("sha256:", Err("invalid digest length: 0")),
            ("abcd", Err("invalid digest length: 2")),
            ("abc", Err("encoding/hex: odd length hex string")),
            ("abg0", Err("encoding/hex: invalid byte: U+0067 'g'")),
            ("a\u{1}", Err("encoding/hex: invalid byte: U+0001")),
            ("abx", Err("encoding/hex: invalid byte: U+0078 'x'")),
        ];
        for (text, want) in cases {
            let got = Digest::parse(text).map_err(|error| error.text);
            assert_eq!(got, want.map_err(str::to_owned), "{text}");
        }
    }

    #[test]
    fn a_digest_of_content_is_its_sha256() {
        assert_eq!(Digest::of(b"").hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
