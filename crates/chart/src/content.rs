//! What is in a file of a chart, read when somebody asks for it.

use std::cell::OnceCell;
use std::fs::{self, File};
use std::io::Read;
use std::ops::Deref;
use std::path::PathBuf;
use std::rc::Rc;

use gostd::{GoError, Str};

use crate::os_error::path_error;

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
    /// Appends the bytes to a text as [`Data::read_to`] does; nothing when the file is gone by then.
    pub fn append_to(&self, text: &mut Vec<u8>) {
        let start = text.len();
        if self.read_to(text).is_err() {
            text.truncate(start);
        }
    }

    /// Appends the bytes to a text; a file is read straight to the end of it, and not kept.
    ///
    /// # Errors
    /// `open PATH: …` or `read PATH: …` for a file that cannot be read any more.
    pub fn read_to(&self, text: &mut Vec<u8>) -> Result<(), GoError> {
        let (None, Some(path)) = (self.0.bytes.get(), &self.0.path) else {
            text.extend_from_slice(self.bytes());
            return Ok(());
        };
        let start = text.len();
        let mut file = File::open(path).map_err(|error| path_error("open", path, &error))?;
        file.read_to_end(text).map_err(|error| path_error("read", path, &error))?;
        if text[start..].starts_with(BOM) {
            text.drain(start..start + BOM.len());
        }
        Ok(())
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
