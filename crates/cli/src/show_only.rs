//! `--show-only`: some of the documents of a whole output.

use crate::failure::Failure;

/// Returns the documents whose `# Source:` path, without the chart's name, matches one of the patterns; in the order of
/// the patterns.
///
/// The output is split again as in Helm, so each document keeps its tail and gets one more line end.
///
/// # Errors
/// A pattern that matches nothing.
pub fn select(output: &[u8], patterns: &[String]) -> Result<Vec<u8>, Failure> {
    let documents: Vec<&[u8]> = render::split_manifests(output).into_iter().map(|range| &output[range]).collect();
    let mut text = Vec::new();
    for pattern in patterns {
        let before = text.len();
        for document in documents.iter().filter(|d| source(d).is_some_and(|path| matches(pattern, path))) {
            text.extend_from_slice(b"---\n");
            text.extend_from_slice(document);
            text.push(b'\n');
        }
        if text.len() == before {
            return Err(Failure::new(format!("could not find template {pattern} in chart")));
        }
    }
    Ok(text)
}

fn matches(pattern: &str, path: &[u8]) -> bool {
    gostd::path::match_pattern(pattern.as_bytes(), path).unwrap_or(false)
}

const MARK: &[u8] = b"# Source: ";

/// Finds what `# Source: [^/]+/(.+)` captures first.
fn source(document: &[u8]) -> Option<&[u8]> {
    let mut rest = document;
    loop {
        let at = memchr::memmem::find(rest, MARK)?;
        rest = &rest[at + MARK.len()..];
        let slash = rest.iter().position(|b| *b == b'/')?;
        let path = &rest[slash + 1..];
        let end = path.iter().position(|b| *b == b'\n').unwrap_or(path.len());
        if slash > 0 && end > 0 {
            return Some(&path[..end]);
        }
    }
}
