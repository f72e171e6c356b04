//! URLs and fragments of references.

use gostd::GoError;
use gostd::strconv::quote;
use gostd::url::{Url, path_unescape};

/// A reference, resolved: the URL of a document or resource, and the decoded fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub url: String,
    pub fragment: String,
}

/// Returns a text as Go's `%q` prints it.
pub fn quoted(text: &str) -> String {
    String::from_utf8_lossy(&quote(text.as_bytes())).into_owned()
}

/// Splits a reference at its first `#`.
pub fn split(reference: &str) -> (&str, &str) {
    reference.split_once('#').unwrap_or((reference, ""))
}

/// Splits a reference and decodes its fragment.
///
/// # Errors
/// `error in parsing "…": invalid URL escape "…"`.
pub fn split_fragment(reference: &str) -> Result<(&str, String), GoError> {
    let (url, fragment) = split(reference);
    match decode(fragment) {
        Ok(fragment) => Ok((url, fragment)),
        Err(error) => Err(unparsed(reference, error)),
    }
}

fn unparsed(url: &str, error: GoError) -> GoError {
    GoError::wrap(format!("error in parsing {}: {}", quoted(url), error.text), error)
}

/// Reports whether a fragment is a JSON pointer and not the name of an anchor.
pub fn is_pointer(fragment: &str) -> bool {
    fragment.is_empty() || fragment.starts_with('/')
}

/// Resolves a reference against a base URL.
///
/// # Errors
/// `error in parsing "…": …` with the text of `net/url`.
pub fn join(base: &str, reference: &str) -> Result<Target, GoError> {
    let parsed = parse(base)?;
    let (reference, fragment) = split_fragment(reference)?;
    let other = parse(reference)?;
    let mut resolved = parsed.resolve_reference(&other);
    // Go's ResolveReference loses the opaque part of a base like urn:a:b.
    if other.scheme.is_empty() && !parsed.opaque.is_empty() {
        resolved.opaque = parsed.opaque.clone();
    }
    Ok(Target { url: lossy(&resolved.text()), fragment })
}

fn parse(url: &str) -> Result<Url, GoError> {
    Url::parse(url.as_bytes()).map_err(|error| unparsed(url, error))
}

fn lossy(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

/// Checks that a URL can be parsed, with the text of `net/url` when it cannot.
///
/// # Errors
/// As `url.Parse`.
pub fn check(url: &str) -> Result<(), GoError> {
    Url::parse(url.as_bytes()).map(drop)
}

/// Returns the scheme of a URL.
///
/// # Errors
/// As `url.Parse`.
pub fn scheme(url: &str) -> Result<String, GoError> {
    let url = Url::parse(url.as_bytes())?;
    Ok(lossy(&url.scheme))
}

/// Returns a location as messages print it: the pointer is escaped, but for its slashes.
pub fn location(url: &str, pointer: &str) -> String {
    let mut out = format!("{url}#");
    append_encoded(&mut out, pointer);
    out
}

/// Decodes `%XX`, as `url.PathUnescape`.
///
/// # Errors
/// `invalid URL escape "%zz"`.
pub fn decode(fragment: &str) -> Result<String, GoError> {
    if !fragment.contains('%') {
        return Ok(fragment.to_owned());
    }
    path_unescape(fragment.as_bytes()).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// Escapes as `url.PathEscape`, but keeps slashes.
fn append_encoded(out: &mut String, text: &str) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            b'$' | b'&' | b'+' | b'=' | b':' | b'@' | b'/' => out.push(char::from(byte)),
            _ => {
                out.push('%');
                for nibble in [byte >> 4, byte & 15] {
                    out.extend(DIGITS.get(usize::from(nibble)).map(|d| char::from(*d)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_are_escaped_as_paths() {
        assert_eq!(location("u", "/a b/%/ü~1^"), "u#/a%20b/%25/%C3%BC~1%5E");
        assert_eq!(decode("/a%20b").unwrap(), "/a b");
        assert_eq!(decode("%zz").unwrap_err().text, "invalid URL escape \"%zz\"");
        assert_eq!(decode("a%2").unwrap_err().text, "invalid URL escape \"%2\"");
    }
}
