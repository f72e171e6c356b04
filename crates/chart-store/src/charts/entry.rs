//! The entry of a version in an index, as Helm's `repo index` writes it, and times as Go writes them.

use chart::Metadata;
use gostd::Value;
use gostd::value::Entries;
use jiff::Timestamp;

use crate::error::Error;
use crate::names;

/// Returns a moment as RFC 3339 with as many fractions as it has.
pub fn time(milliseconds: i64) -> String {
    Timestamp::from_millisecond(milliseconds).unwrap_or_default().to_string()
}

/// Returns a moment as RFC 3339 in whole seconds.
pub fn seconds(milliseconds: i64) -> String {
    Timestamp::from_second(milliseconds.div_euclid(1000)).unwrap_or_default().to_string()
}

/// Returns the item of a version: indented below `entries:` and the name, URLs relative.
///
/// # Errors
/// Values of `import-values` are too large to be written.
pub fn yaml(metadata: &Metadata, file: &str, created: i64, digest: &str) -> Result<String, Error> {
    let value = metadata.to_value();
    if let Some(map) = value.as_map() {
        map.insert("urls", Value::list(vec![format!("charts/{}", names::in_url(file)).as_str().into()]));
        map.insert("created", time(created).as_str().into());
        map.insert("digest", digest.into());
    }
    // The name above does not change how its items are written.
    let text = below("a", value)?;
    let mut item = text.strip_prefix("entries:\n  a:\n").unwrap_or(&text).to_owned();
    if !item.ends_with('\n') {
        item.push('\n');
    }
    Ok(item)
}

/// Returns the lines that name a chart in an index: `? NAME` and `:` where a name is too long for `NAME:`.
///
/// # Errors
/// The name is no text.
pub fn head(name: &str) -> Result<String, Error> {
    let text = below(name, Value::Nil)?;
    let text = text.strip_prefix("entries:\n").unwrap_or(&text);
    let head = text.strip_suffix("- null\n").unwrap_or(text);
    Ok(format!("{}\n", head.trim_end_matches([' ', '\n'])))
}

/// Writes a whole index of one chart, because how a text is written depends on where it stands.
fn below(name: &str, item: Value) -> Result<String, Error> {
    let map = |name: &str, value: Value| Value::map(Entries::from([(name.into(), value)]));
    let text = goyaml::to_yaml(&map("entries", map(name, Value::list(vec![item])))).map_err(Error::of_go)?;
    String::from_utf8(text).map_err(|_| Error::invalid("Chart.yaml is no text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_as_helm_writes_them() {
        let text = b"apiVersion: v2\nname: a\nversion: 1.0.0\nappVersion: '1'\ndescription: |-\n  two\n  lines\n\
            dependencies: [{name: b, version: 1.x, repository: ''}]\n";
        let metadata = Metadata::parse(text).expect("a definition");
        let entry = yaml(&metadata, "a-1.0.0.tgz", 1_700_000_000_120, "00").expect("an entry");
        let expected = "  - apiVersion: v2\n    appVersion: \"1\"\n    created: \"2023-11-14T22:13:20.12Z\"\n    \
            dependencies:\n    - name: b\n      repository: \"\"\n      version: 1.x\n    description: |-\n      two\n      lines\n    \
            digest: \"00\"\n    name: a\n    urls:\n    - charts/a-1.0.0.tgz\n    version: 1.0.0\n";
        assert_eq!(entry, expected);
        assert_eq!(head("a").ok().as_deref(), Some("  a:\n"));
        assert_eq!(head("1").ok().as_deref(), Some("  \"1\":\n"));
        let long = "n".repeat(129);
        assert_eq!(head(&long).ok(), Some(format!("  ? {long}\n  :\n")));
        assert_eq!((time(0), seconds(1999)), ("1970-01-01T00:00:00Z".to_owned(), "1970-01-01T00:00:01Z".to_owned()));
    }
}
