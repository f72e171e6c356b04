//! What is in a file of a chart, read when somebody asks for it.

use std::cell::OnceCell;
use std::fs::{self, File};
use std::io::Read;
use std::ops::Deref;
use std::path::PathBuf;
use std::rc::Rc;

use gostd::Str;

/// The bytes of a file without its byte order mark. Cloning shares them.
///
/// Of a chart in a folder, only what loading itself needs and the templates are read at once: README, CRDs and what
/// templates may get by `.Files` are most of the bytes, and mostly nobody wants them. That they can be opened is known.
#[derive(Clone)]
pub struct Data(Rc<Inner>);

struct Inner {
    path: Option<PathBuf>,
    bytes: OnceCell<Str>,
}

impl Data {
    /// Returns content that will be read from a file; empty when the file is gone by then.
    pub(crate) fn of_file(path: PathBuf) -> Self {
        Data(Rc::new(Inner { path: Some(path), bytes: OnceCell::new() }))
    }

    /// Returns the bytes.
    pub fn bytes(&self) -> &Str {
        self.0.bytes.get_or_init(|| {
            let bytes = self.0.path.as_ref().and_then(|path| fs::read(path).ok()).unwrap_or_default();
            Str::from(without_bom(&bytes))
        })
    }
}

impl Data {
    /// Appends the bytes to a text; a file is read straight to the end of it, and not kept.
    pub fn append_to(&self, text: &mut Vec<u8>) {
        let (None, Some(path)) = (self.0.bytes.get(), &self.0.path) else {
            return text.extend_from_slice(self.bytes());
        };
        let start = text.len();
        if File::open(path).and_then(|mut file| file.read_to_end(text)).is_err() {
            text.truncate(start);
        }
        if text[start..].starts_with(BOM) {
            text.drain(start..start + BOM.len());
        }
    }
}

impl From<Str> for Data {
    fn from(bytes: Str) -> Self {
        Data(Rc::new(Inner { path: None, bytes: OnceCell::from(bytes) }))
    }
}

impl Deref for Data {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        self.bytes()
    }
}

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Takes a byte order mark off.
pub(crate) fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(BOM).unwrap_or(bytes)
}
