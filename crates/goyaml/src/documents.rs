//! Streams of documents, split as `YAMLReader` of k8s.io/apimachinery does: by lines that start with `---`.

use std::borrow::Cow;

use gostd::GoError;
use gostd::strings::trim_space;

/// The documents of a stream, one by one: an error comes only when its turn has come, as callers of Go's reader see it.
///
/// A document has the `---` line before it only when it is the stream's first. Line ends become `\n`, also the last
/// one; a last line without one whose length is a multiple of 4096 bytes is lost, as in Go (Helm appends one before).
pub struct Documents<'a> {
    stream: &'a [u8],
    pos: usize,
}

/// bufio's buffer; see [`Documents`].
const BUFFER_BYTES: usize = 4096;

impl<'a> Documents<'a> {
    pub fn new(stream: &'a [u8]) -> Self {
        Documents { stream, pos: 0 }
    }

    /// Returns the documents as they stand in the stream, up to an invalid separator.
    pub(crate) fn pieces(mut self) -> Vec<&'a [u8]> {
        let mut pieces = Vec::new();
        while let Some(Ok(piece)) = self.piece() {
            pieces.push(piece);
        }
        pieces
    }

    /// Takes a line, without its `\n`.
    fn line(&mut self) -> Option<&'a [u8]> {
        let rest = self.stream.get(self.pos..).filter(|rest| !rest.is_empty())?;
        if let Some(end) = memchr::memchr(b'\n', rest) {
            self.pos += end + 1;
            return Some(&rest[..end]);
        }
        self.pos = self.stream.len();
        Some(rest).filter(|line| !line.len().is_multiple_of(BUFFER_BYTES))
    }

    /// Takes a document as it stands in the stream.
    fn piece(&mut self) -> Option<Result<&'a [u8], GoError>> {
        let start = self.pos;
        loop {
            let end = self.pos;
            let Some(line) = self.line() else {
                return (end > start).then(|| Ok(&self.stream[start..end]));
            };
            let Some(after) = line.strip_prefix(b"---") else { continue };
            let after = trim_space(after);
            if !after.is_empty() && !after.starts_with(b"#") {
                self.pos = self.stream.len();
                let after = String::from_utf8_lossy(after);
                return Some(Err(GoError::new(format!("invalid Yaml document separator: {after}"))));
            }
            if end > start {
                return Some(Ok(&self.stream[start..end]));
            }
        }
    }
}

impl<'a> Iterator for Documents<'a> {
    /// The error is `invalid Yaml document separator: …`; it is the last item.
    type Item = Result<Cow<'a, [u8]>, GoError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.piece()?.map(with_line_ends))
    }
}

/// Makes every line end a `\n`.
fn with_line_ends(lines: &[u8]) -> Cow<'_, [u8]> {
    if lines.ends_with(b"\n") && memchr::memchr(b'\r', lines).is_none() {
        return Cow::Borrowed(lines);
    }
    let mut out = Vec::with_capacity(lines.len() + 1);
    for line in lines.split_inclusive(|b| *b == b'\n') {
        out.extend_from_slice(line.strip_suffix(b"\r\n").or(line.strip_suffix(b"\n")).unwrap_or(line));
        out.push(b'\n');
    }
    Cow::Owned(out)
}
