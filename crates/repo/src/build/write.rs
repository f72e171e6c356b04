//! The text of an index, in YAML or JSON, as Go writes it.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use gostd::json::{self, Object, append_list, append_quote};
use gostd::value::{Entries, Str};
use gostd::{GoError, Value};

use super::{Built, Item};
use crate::cache;
use crate::file::now;
use crate::index::Version;

/// How an index is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    Yaml,
    Json,
}

/// How deep the entries of charts stand in JSON.
const JSON_INDENT: &[u8] = b"      ";

/// Returns the text of one version as it stands in the file.
///
/// # Errors
/// What JSON or YAML cannot hold.
pub fn text(version: &Version, form: Form) -> Result<Vec<u8>, GoError> {
    match form {
        Form::Yaml => item_text(version),
        Form::Json => {
            let text = plain_json(version)?;
            Ok([JSON_INDENT, &*json::indent(&text, JSON_INDENT, b"  ")].concat())
        }
    }
}

/// Writes an entry where it will stand: how long lines are folded depends on it.
pub fn item_text(version: &Version) -> Result<Vec<u8>, GoError> {
    const PLACE: &[u8] = b"entries:\n  e:\n";
    let list = Value::list(vec![version.to_value()]);
    let mut text = goyaml::to_yaml(&named("entries", named("e", list)))?;
    if text.starts_with(PLACE) {
        text.drain(..PLACE.len());
    }
    Ok(text)
}

fn named(name: &str, value: Value) -> Value {
    Value::map(Entries::from_iter([(Str::from(name), value)]))
}

fn plain_json(version: &Version) -> Result<Vec<u8>, GoError> {
    let mut text = Vec::new();
    version.metadata.append_json(&mut text)?;
    // Go puts the fields of Chart.yaml and the others into one object.
    text.pop();
    let mut own = Vec::new();
    let mut object = Object::open(&mut own);
    match &version.urls {
        Some(urls) => append_list(object.name("urls"), urls, |out, url| append_quote(out, url.as_bytes())),
        None => object.name("urls").extend_from_slice(b"null"),
    }
    object.text("created", version.created.as_bytes());
    object.flag_unless_false("removed", version.removed);
    object.text_unless_empty("digest", version.digest.as_bytes());
    for (name, value) in ["checksum", "engine", "tillerVersion", "url"].iter().zip(&version.legacy) {
        object.text_unless_empty(name, value.as_bytes());
    }
    object.close();
    if text.len() > 1 {
        text.push(b',');
    }
    text.extend_from_slice(own.get(1..).unwrap_or_default());
    Ok(text)
}

/// Writes the file.
pub fn save(built: &Built, path: &Path) -> io::Result<()> {
    let mut out = BufWriter::new(cache::temporary(path)?);
    match built.form {
        Form::Yaml => write_yaml(built, &mut out)?,
        Form::Json => write_json(built, &mut out)?,
    }
    cache::place(out.into_inner().map_err(io::IntoInnerError::into_error)?, path)
}

fn write_yaml(built: &Built, out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"apiVersion: v1\nentries:")?;
    out.write_all(if built.charts.is_empty() { b" {}\n" } else { b"\n" })?;
    for (name, items) in &built.charts {
        match key_line(name)? {
            Key::Line(line) => {
                out.write_all(&line)?;
                items.iter().try_for_each(|item| out.write_all(&item.text))?;
            }
            Key::Long(_) => out.write_all(&below_long_name(name, items)?)?,
        }
    }
    writeln!(out, "generated: \"{}\"", now())
}

/// The name of a chart in an index.
pub enum Key {
    /// A line, quoted if it has to be; the items stand below it.
    Line(Vec<u8>),
    /// What is too long for `NAME:`, as `? NAME` and `:`. Items may stand below this as below a line; Go puts the first one
    /// behind the colon, and all of them further in.
    Long(Vec<u8>),
}

/// Returns the name of a chart as it stands in an index.
pub fn key_line(name: &str) -> io::Result<Key> {
    let text = go_yaml(&named("entries", named(name, Value::list(vec!["e".into()]))))?;
    let text = text.strip_prefix(b"entries:\n").unwrap_or(&text);
    match (text.strip_suffix(b"  - e\n"), text.strip_suffix(b" - e\n")) {
        (Some(line), _) if line.ends_with(b"\n") => Ok(Key::Line(line.to_vec())),
        (_, Some(lines)) => Ok(Key::Long([lines, b"\n"].concat())),
        _ => Err(io::Error::other("the name of a chart has no form in YAML")),
    }
}

/// Writes the name and the versions of a chart anew, as they stand where the name is too long for a line.
fn below_long_name(name: &str, items: &[Item]) -> io::Result<Vec<u8>> {
    let items: Vec<u8> = items.iter().flat_map(|item| item.text.iter().copied()).collect();
    let items = goyaml::from_yaml(&items).map_err(|error| io::Error::other(error.text))?;
    let text = go_yaml(&named("entries", named(name, items)))?;
    Ok(text.strip_prefix(b"entries:\n").unwrap_or(&text).to_vec())
}

fn go_yaml(value: &Value) -> io::Result<Vec<u8>> {
    goyaml::to_yaml(value).map_err(|error| io::Error::other(error.text))
}

fn write_json(built: &Built, out: &mut impl Write) -> io::Result<()> {
    write!(out, "{{\n  \"apiVersion\": \"v1\",\n  \"generated\": \"{}\",\n  \"entries\": {{", now())?;
    for (at, (name, items)) in built.charts.iter().enumerate() {
        let mut key = Vec::new();
        append_quote(&mut key, name.as_bytes());
        out.write_all(if at > 0 { b",\n    " } else { b"\n    " })?;
        out.write_all(&key)?;
        out.write_all(b": [\n")?;
        write_items(items, out)?;
        out.write_all(b"\n    ]")?;
    }
    out.write_all(if built.charts.is_empty() { b"}\n}" } else { b"\n  }\n}" })
}

fn write_items(items: &[Item], out: &mut impl Write) -> io::Result<()> {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.write_all(b",\n")?;
        }
        out.write_all(&item.text)?;
    }
    Ok(())
}
