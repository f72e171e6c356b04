//! Whether what is read piece by piece is what the exact reader reads: for tests, and for the fuzz target.

use std::ops::ControlFlow;

use super::{Doubt, Scan, exact};
use crate::index::catalogue::Catalogue;
use crate::index::{Fetched, Key, Warning};

/// What search shows of an index, line by line, and what was left out.
#[derive(PartialEq, Eq, Debug)]
pub struct Shown {
    lines: Vec<String>,
    warnings: Vec<Warning>,
    has_api_version: bool,
}

fn shown(bytes: Vec<u8>) -> Shown {
    let catalogue = Catalogue::in_memory(bytes, &Key::default()).expect("a catalogue");
    let mut lines = Vec::new();
    for head in catalogue.heads() {
        lines.push(head.name.to_owned());
        let gone = catalogue.each_row(&head, |row| {
            let shadowed = if row.is_shadowed { " shadowed" } else { "" };
            lines.push(format!(
                "{} {} {} {:?} {:?}{shadowed}",
                row.version, row.name, row.app_version, row.description, row.keywords
            ));
            ControlFlow::<()>::Continue(())
        });
        gone.expect("rows");
        catalogue
            .any_url(&head, &mut |url| {
                lines.push(url.to_owned());
                false
            })
            .expect("URLs");
    }
    let (warnings, has_api_version) = (catalogue.warnings().to_vec(), catalogue.has_api_version());
    Shown { lines, warnings, has_api_version }
}

pub fn piecewise(text: &[u8], length: usize) -> Option<Shown> {
    let mut scan = Scan::new(Vec::new(), super::Bounds::default());
    text.chunks(length).for_each(|piece| scan.push(piece));
    match scan.finish() {
        Ok(scanned) => Some(shown(scanned.keep(&Key::default(), Fetched::default()).expect("memory"))),
        Err((Doubt::Form, _)) => None,
        Err((doubt, _)) => panic!("{doubt:?}"),
    }
}

pub fn exactly(text: &[u8]) -> Result<Shown, String> {
    let value = exact::value(text).map_err(|error| error.text)?;
    let scanned = exact::scanned(&value, Vec::new()).expect("memory");
    Ok(shown(scanned.keep(&Key::default(), Fetched::default()).expect("memory")))
}

/// Checks that a text is read the same in pieces of any size; gives whether it was read at all.
///
/// # Panics
/// The readers do not agree.
pub fn agree(text: impl AsRef<[u8]>) -> bool {
    let text = text.as_ref();
    let exact = exactly(text);
    let mut read = false;
    for length in [1, 2, 7, 100, 100_000] {
        if let Some(shown) = piecewise(text, length) {
            assert_eq!(Ok(&shown), exact.as_ref(), "in pieces of {length}: {}", text.escape_ascii());
            read = true;
        }
    }
    read
}
