//! The formats of strings, with the library's reasons against them.

mod internet;
mod pointer;
mod time;
mod version;
mod web;

use gostd::GoError;
use gostd::strconv::append_quote_rune;

use crate::pattern;

/// Why a text is not of a format.
pub type Refusal = Result<(), String>;

/// A format that the library knows; others are ignored.
#[derive(Clone, Copy)]
pub struct Format {
    pub name: &'static str,
    check: fn(&[u8]) -> Refusal,
}

/// Sorted by name.
static FORMATS: &[Format] = &[
    Format { name: "date", check: time::date },
    Format { name: "date-time", check: time::date_time },
    Format { name: "duration", check: time::duration },
    Format { name: "email", check: internet::email },
    Format { name: "hostname", check: internet::hostname },
    Format { name: "ipv4", check: internet::ipv4 },
    Format { name: "ipv6", check: internet::ipv6 },
    Format { name: "iri", check: web::uri },
    Format { name: "iri-reference", check: web::uri_reference },
    Format { name: "json-pointer", check: pointer::json_pointer },
    Format { name: "period", check: time::period },
    Format { name: "regex", check: regex },
    Format { name: "relative-json-pointer", check: pointer::relative_json_pointer },
    Format { name: "semver", check: version::semver },
    Format { name: "time", check: time::time },
    Format { name: "uri", check: web::uri },
    Format { name: "uri-reference", check: web::uri_reference },
    Format { name: "uri-template", check: web::uri_template },
    Format { name: "uuid", check: version::uuid },
];

impl Format {
    pub fn named(name: &str) -> Option<Format> {
        let at = FORMATS.binary_search_by(|f| f.name.cmp(name)).ok()?;
        FORMATS.get(at).copied()
    }

    /// Checks a text.
    ///
    /// # Errors
    /// The reason, as it stands at the end of `'x' is not valid NAME: …`.
    pub fn check(self, text: &[u8]) -> Refusal {
        (self.check)(text)
    }
}

fn regex(text: &[u8]) -> Refusal {
    pattern::check(text).map_err(|error| error.text)
}

fn refuse<T>(reason: &str) -> Result<T, String> {
    Err(reason.to_owned())
}

fn own_text(error: GoError) -> String {
    error.text
}

/// `REASON 'c'`, the character as Go's `%q` prints it, and what follows.
fn refuse_rune<T>(before: &str, rune: u32, after: &str) -> Result<T, String> {
    let mut out = before.as_bytes().to_vec();
    append_quote_rune(&mut out, rune);
    out.extend_from_slice(after.as_bytes());
    Err(String::from_utf8_lossy(&out).into_owned())
}

/// Counts the decimal digits at the start.
fn leading_digits(text: &[u8]) -> usize {
    text.iter().take_while(|b| b.is_ascii_digit()).count()
}

/// Splits behind the first `count` bytes.
fn split_at(text: &[u8], count: usize) -> (&[u8], &[u8]) {
    text.split_at_checked(count).unwrap_or((text, &[]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_found_by_name() {
        assert!(FORMATS.is_sorted_by(|a, b| a.name < b.name));
        assert!(FORMATS.iter().all(|f| Format::named(f.name).is_some()));
        assert!(Format::named("color").is_none());
    }
}
