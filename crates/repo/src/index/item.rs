//! Versions as they stand in an index, for one who shows the charts of another repository with addresses of its own.

use gostd::GoError;
use gostd::json::append_quote;
use goyaml::is_text;

use super::Version;
use super::catalogue::Syntax;
use super::scan;
use crate::build::{self, Key};

/// The column of the dash in the indexes that Helm writes, and of the fields behind it.
const DASH: usize = 2;
const FIELDS: usize = DASH + 2;

/// A version below the name of its chart.
pub struct Item {
    /// The first place of its archive, as the index has it.
    pub url: String,
    /// As the index has it; may be empty.
    pub digest: String,
    form: Form,
}

enum Form {
    /// The text around the URLs stays as it is.
    Around(Vec<u8>, Vec<u8>),
    Read(Box<Version>),
}

impl Item {
    /// Reads the text of a version; none of one that has no URL.
    ///
    /// # Errors
    /// Of a file that changes while it is read.
    pub(super) fn read(text: &[u8], syntax: Syntax) -> Result<Option<Self>, GoError> {
        if syntax == Syntax::Yaml
            && let Some(item) = cut(text)
        {
            return Ok(Some(item));
        }
        let Some(mut version) = scan::decode(text, syntax)? else { return Ok(None) };
        version.complete();
        let Some(url) = version.urls.as_ref().and_then(|urls| urls.first()).cloned() else { return Ok(None) };
        Ok(Some(Item { url, digest: version.digest.clone(), form: Form::Read(Box::new(version)) }))
    }

    /// Returns the text of the version as Helm writes it, with one URL.
    ///
    /// # Errors
    /// What YAML cannot hold.
    pub fn with_url(self, url: &str) -> Result<Vec<u8>, GoError> {
        match self.form {
            Form::Around(mut text, behind) => {
                text.extend_from_slice(b"    urls:\n    - ");
                append_scalar(&mut text, url);
                text.push(b'\n');
                text.extend_from_slice(&behind);
                Ok(text)
            }
            Form::Read(mut version) => {
                version.urls = Some(vec![url.to_owned()]);
                build::item_text(&version)
            }
        }
    }
}

/// Returns the line that names a chart in an index, or the lines of a long name; versions stand below.
///
/// # Errors
/// A name that YAML has no form for.
pub fn name_line(name: &str) -> Result<Vec<u8>, GoError> {
    match build::key_line(name).map_err(|error| GoError::new(error.to_string()))? {
        Key::Line(lines) | Key::Long(lines) => Ok(lines),
    }
}

/// Cuts a text that has Helm's form, whatever the order of its fields.
fn cut(text: &[u8]) -> Option<Item> {
    // What this reader knows has no texts in quotes that go on in the next line: a field starts where it seems to.
    let found = scan::plain_version(text, DASH)?;
    let url = found.urls.first()?.clone();
    let urls = field(text, b"\n    urls:\n")?;
    let digest = match field(text, b"\n    digest: ") {
        None if has_digest(text) => return None,
        None => String::new(),
        Some((start, end)) => plain_text(text.get(start..end)?.strip_prefix(b"    digest: ")?)?,
    };
    let mut behind = text.get(urls.1..)?.to_vec();
    if !behind.is_empty() && !behind.ends_with(b"\n") {
        behind.push(b'\n');
    }
    Some(Item { url, digest, form: Form::Around(text.get(..urls.0)?.to_vec(), behind) })
}

/// Finds a field that is not the first one: its lines, up to the next field.
fn field(text: &[u8], head: &[u8]) -> Option<(usize, usize)> {
    let start = memchr::memmem::find(text, head)? + 1;
    let mut end = start + memchr::memchr(b'\n', text.get(start..)?)? + 1;
    while let Some(rest) = text.get(end..).filter(|rest| !rest.is_empty()) {
        let column = rest.iter().take_while(|byte| **byte == b' ').count();
        let is_item = column == FIELDS && rest.get(column) == Some(&b'-');
        if column <= FIELDS && !is_item {
            break;
        }
        end += memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
    }
    Some((start, end))
}

/// Reports a digest that stands first, or in another form than Helm's.
fn has_digest(text: &[u8]) -> bool {
    text.starts_with(b"  - digest:") || memchr::memmem::find(text, b"\n    digest:").is_some()
}

/// Takes a scalar of one line that may stand in quotes.
fn plain_text(value: &[u8]) -> Option<String> {
    let value = value.strip_suffix(b"\n").unwrap_or(value);
    let inner = value.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
    let inner = inner.or_else(|| value.strip_prefix(b"'").and_then(|rest| rest.strip_suffix(b"'"))).unwrap_or(value);
    let is_word = inner.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b':');
    is_word.then(|| String::from_utf8_lossy(inner).into_owned())
}

fn append_scalar(out: &mut Vec<u8>, text: &str) {
    let starts = text.as_bytes().first().is_some_and(u8::is_ascii_alphabetic);
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._/+%:~@".contains(&byte);
    match starts && !text.ends_with(':') && text.bytes().all(is_plain) && is_text(text.as_bytes()) {
        true => out.extend_from_slice(text.as_bytes()),
        // A text of JSON is one of YAML.
        false => append_quote(out, text.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, syntax: Syntax, url: &str) -> Result<String, String> {
        let item = Item::read(text.as_bytes(), syntax).map_err(|error| error.text)?.ok_or("none")?;
        let head = format!("{} {}\n", item.url, item.digest);
        let text = item.with_url(url).map_err(|error| error.text)?;
        Ok(head + &String::from_utf8_lossy(&text))
    }

    #[test]
    fn only_the_url_of_a_plain_version_changes() {
        let text = "  - annotations:\n      urls: |\n        urls:\n        - no\n    digest: ab\n    name: a\n    urls:\n    - \
                    http://x/a.tgz\n    - http://y/a.tgz\n    version: 1.0.0\n";
        let expected = "http://x/a.tgz ab\n  - annotations:\n      urls: |\n        urls:\n        - no\n    digest: ab\n    \
                        name: a\n    urls:\n    - charts/a-1.0.0.tgz\n    version: 1.0.0\n";
        assert!(cut(text.as_bytes()).is_some());
        assert_eq!(shown(text, Syntax::Yaml, "charts/a-1.0.0.tgz").as_deref(), Ok(expected));
        let deeper = "  - name: a\n    urls:\n      - a.tgz\n    version: 1.0.0";
        let expected = "a.tgz \n  - name: a\n    urls:\n    - \"charts/#.tgz\"\n    version: 1.0.0\n";
        assert_eq!(shown(deeper, Syntax::Yaml, "charts/#.tgz").as_deref(), Ok(expected));
    }

    #[test]
    fn other_forms_are_written_anew() {
        let expected = "a.tgz ab\n  - apiVersion: v1\n    created: \"0001-01-01T00:00:00Z\"\n    digest: ab\n    name: a\n    \
                        urls:\n    - charts/a-1.0.0.tgz\n    version: 1.0.0\n";
        for (text, syntax) in [
            ("- {name: a, version: 1.0.0, urls: [a.tgz], digest: ab}\n", Syntax::Yaml),
            ("  - urls:\n    - a.tgz\n    name: a\n    version: 1.0.0\n    digest: ab\n", Syntax::Yaml),
            ("    - name: a\n      urls:\n      - a.tgz\n      version: 1.0.0\n      digest: ab\n", Syntax::Yaml),
            ("  - digest: ab\n    name: a\n    urls:\n    - a.tgz\n    version: 1.0.0\n", Syntax::Yaml),
            (r#"{"name":"a","version":"1.0.0","urls":["a.tgz"],"digest":"ab"}"#, Syntax::Json),
        ] {
            assert_eq!(shown(text, syntax, "charts/a-1.0.0.tgz").as_deref(), Ok(expected), "{text}");
        }
        // A text in quotes may look like a field.
        let quoted = "  - description: \"x\n    urls:\n    - no\n    \"\n    name: a\n    urls:\n    - a.tgz\n    version: 1.0.0\n";
        assert!(cut(quoted.as_bytes()).is_none());
        assert!(shown(quoted, Syntax::Yaml, "b").is_ok_and(|text| text.starts_with("a.tgz ")));
        let none = Item::read(b"  - name: a\n    version: 1.0.0\n", Syntax::Yaml);
        assert!(none.is_ok_and(|item| item.is_none()));
        assert_eq!(name_line("1").map_err(|error| error.text).as_deref(), Ok(&b"  \"1\":\n"[..]));
        let long = "n".repeat(129);
        assert_eq!(name_line(&long).map_err(|error| error.text), Ok(format!("  ? {long}\n  :\n").into_bytes()));
    }
}
