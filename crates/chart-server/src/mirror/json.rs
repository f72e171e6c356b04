//! An index that we wrote in YAML as JSON: item by item, so that no more than one version is in memory.
//!
//! Read by its lines, because it is our own: names of charts stand two blanks in, versions begin with a dash there, and
//! all that belongs to a version stands further in.

use std::io::{self, BufRead, Write};

use gostd::Value;
use gostd::json::{append_encode, append_quote, encode_raw};

/// Writes an index as JSON, its parts in ChartMuseum's order but for what stands behind the entries.
///
/// # Errors
/// What cannot be read or written.
pub fn write(index: impl BufRead, out: impl Write) -> io::Result<()> {
    let mut form = Form { out, part: Part::Before, text: Vec::new(), charts: 0, versions: 0 };
    form.out.write_all(b"{\"apiVersion\":\"v1\",\"entries\":{")?;
    let mut lines = index;
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        form.line(&line)?;
        line.clear();
    }
    form.end()
}

/// What the lines are that were read last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Before,
    Name,
    Version,
    Behind,
}

struct Form<W> {
    out: W,
    part: Part,
    text: Vec<u8>,
    charts: u64,
    /// Those of the last chart.
    versions: u64,
}

impl<W: Write> Form<W> {
    fn line(&mut self, line: &[u8]) -> io::Result<()> {
        let begun = match line {
            _ if self.part == Part::Behind => None,
            // Without charts, what stands behind them begins with this line.
            b"entries: {}\n" => Some(Part::Behind),
            b"entries:\n" => None,
            [b' ', b' ', b'-', ..] => Some(Part::Version),
            // The other half of a long name.
            [b' ', b' ', b':', ..] => None,
            [b' ', b' ', first, ..] if *first != b' ' => Some(Part::Name),
            [first, ..] if !matches!(first, b' ' | b'\n') && self.part != Part::Before => Some(Part::Behind),
            _ => None,
        };
        if let Some(part) = begun {
            self.flush()?;
            self.part = part;
        }
        self.text.extend_from_slice(line);
        Ok(())
    }

    /// Writes what was read, but for the fields of the index.
    fn flush(&mut self) -> io::Result<()> {
        match self.part {
            Part::Before | Part::Behind => {}
            Part::Name => self.name()?,
            Part::Version => self.version()?,
        }
        self.text.clear();
        Ok(())
    }

    fn name(&mut self) -> io::Result<()> {
        let value = parsed(&self.text)?;
        let map = value.as_map().ok_or_else(|| odd("a name"))?;
        let name = map.borrow().iter().next().map(|(name, _)| name.to_text().into_owned());
        let mut text = if self.charts > 0 { b"],".to_vec() } else { Vec::new() };
        append_quote(&mut text, name.ok_or_else(|| odd("a name"))?.as_bytes());
        text.extend_from_slice(b":[");
        (self.charts, self.versions) = (self.charts + 1, 0);
        self.out.write_all(&text)
    }

    fn version(&mut self) -> io::Result<()> {
        let value = parsed(&self.text)?;
        let list = value.as_list().ok_or_else(|| odd("a version"))?;
        let mut text = if self.versions > 0 { b",".to_vec() } else { Vec::new() };
        for version in list.items().iter() {
            append_encode(&mut text, version).map_err(|error| io::Error::other(error.text))?;
        }
        self.versions += 1;
        self.out.write_all(&text)
    }

    fn end(mut self) -> io::Result<()> {
        let behind = if self.part == Part::Behind { std::mem::take(&mut self.text) } else { Vec::new() };
        self.flush()?;
        self.out.write_all(if self.charts > 0 { b"]}" } else { b"}" })?;
        let fields = parsed(&behind)?;
        for name in ["generated", "serverInfo"] {
            if let Some(value) = fields.as_map().and_then(|map| map.get(name.as_bytes())) {
                let value = encode_raw(&value).map_err(|error| io::Error::other(error.text))?;
                self.out.write_all(&[b",\"", name.as_bytes(), b"\":", &value].concat())?;
            }
        }
        self.out.write_all(b"}")?;
        self.out.flush()
    }
}

fn parsed(text: &[u8]) -> io::Result<Value> {
    goyaml::from_yaml(text).map_err(|error| io::Error::other(error.text))
}

fn odd(what: &str) -> io::Error {
    io::Error::other(format!("{what} in an index of ours is not as we write it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(index: &str) -> String {
        let mut out = Vec::new();
        write(index.as_bytes(), &mut out).expect("an index");
        String::from_utf8(out).expect("a text")
    }

    #[test]
    fn an_index_is_the_same_in_json() {
        let long = "n".repeat(150);
        let index = format!(
            "apiVersion: v1\nentries:\n  a:\n  - description: |-\n      two\n\n      - lines\n    version: 1.0.0\n  \
            - annotations:\n      b: \"x\n        y\"\n    version: \"2\"\n  ? {long}\n  :\n  - version: 1.0.0\n  \
            \"1\":\n  - version: 3.0.0\ngenerated: \"2024-01-02T03:04:05Z\"\nserverInfo:\n  contextPath: /x\n"
        );
        let expected = format!(
            r#"{{"apiVersion":"v1","entries":{{"a":[{{"description":"two\n\n- lines","version":"1.0.0"}},{{"annotations":{{"b":"x y"}},"version":"2"}}],"{long}":[{{"version":"1.0.0"}}],"1":[{{"version":"3.0.0"}}]}},"generated":"2024-01-02T03:04:05Z","serverInfo":{{"contextPath":"/x"}}}}"#
        );
        assert_eq!(json(&index), expected);
        let empty = "apiVersion: v1\nentries: {}\ngenerated: \"x\"\nserverInfo:\n  contextPath: /x\n";
        assert_eq!(
            json(empty),
            r#"{"apiVersion":"v1","entries":{},"generated":"x","serverInfo":{"contextPath":"/x"}}"#
        );
    }
}
