//! Ranges: of blobs that are read (RFC 9110, section 14), of chunks that are written.

use std::ops::Range;

/// What of a blob is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    All,
    Part(Range<u64>),
    /// Nothing of the blob is in the range.
    Nothing,
}

/// Reads a `Range` header for a blob of so many bytes. Several ranges, and other units than bytes, are not supported,
/// which means: all.
pub fn wanted(header: Option<&str>, size: u64) -> Wanted {
    let Some(range) = header.and_then(|header| header.trim().strip_prefix("bytes=")) else { return Wanted::All };
    let Some((first, last)) = range.split_once('-') else { return Wanted::All };
    let number =
        |text: &str| text.trim().parse::<u64>().ok().filter(|_| text.trim().bytes().all(|b| b.is_ascii_digit()));
    let part = match (first.trim(), last.trim()) {
        ("", last) => match number(last) {
            Some(count) => size.saturating_sub(count)..size,
            None => return Wanted::All,
        },
        (first, "") => match number(first) {
            Some(first) => first..size,
            None => return Wanted::All,
        },
        (first, last) => match (number(first), number(last)) {
            (Some(first), Some(last)) => first..last.saturating_add(1).min(size),
            _ => return Wanted::All,
        },
    };
    if part.start < part.end { Wanted::Part(part) } else { Wanted::Nothing }
}

/// Reads the `Content-Range` of a chunk, as `0-99`: its first byte and its length.
pub fn chunk(header: &str) -> Option<(u64, u64)> {
    let (first, last) = header.split_once('-')?;
    let number = |text: &str| text.parse::<u64>().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()));
    let (first, last) = (number(first)?, number(last)?);
    let length = last.checked_sub(first)?.checked_add(1)?;
    Some((first, length))
}

/// Returns the `Range` of an upload: the place of its last byte. One without bytes has `0-0`, as registries say it.
pub fn received(size: u64) -> String {
    format!("0-{}", size.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_blobs() {
        let cases = [
            (None, Wanted::All),
            (Some("bytes=500-1499"), Wanted::Part(500..1500)),
            (Some("bytes=500-"), Wanted::Part(500..3000)),
            (Some("bytes=-500"), Wanted::Part(2500..3000)),
            (Some("bytes=-5000"), Wanted::Part(0..3000)),
            (Some("bytes=2000-5000"), Wanted::Part(2000..3000)),
            (Some("bytes=0-0"), Wanted::Part(0..1)),
            (Some("bytes=500-0"), Wanted::Nothing),
            (Some("bytes=-0"), Wanted::Nothing),
            (Some("bytes=5000-10000"), Wanted::Nothing),
            (Some("bytes=0-18446744073709551615"), Wanted::Part(0..3000)),
            (Some("bytes=0-1,5-6"), Wanted::All),
            (Some("bytes=+1-2"), Wanted::All),
            (Some("bytes=-"), Wanted::All),
            (Some("lines=1-2"), Wanted::All),
        ];
        for (header, expected) in cases {
            assert_eq!(wanted(header, 3000), expected, "{header:?}");
        }
        assert_eq!(wanted(Some("bytes=0-"), 0), Wanted::Nothing);
    }

    #[test]
    fn places_of_chunks() {
        assert_eq!(chunk("0-99"), Some((0, 100)));
        assert_eq!(chunk("100-100"), Some((100, 1)));
        for wrong in ["", "-", "1", "5-4", "0-", "a-b", "0-18446744073709551615", "bytes 0-1", "+0-1"] {
            assert_eq!(chunk(wrong), None, "{wrong}");
        }
        assert_eq!((received(0), received(100)), ("0-0".to_owned(), "0-99".to_owned()));
    }
}
