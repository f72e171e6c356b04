//! A package between its check and its place in the store: others may have a look at it, too.

use std::io::{self, Read, Seek};
use std::sync::Arc;

use crate::blobs::{Content, Spooled};

use super::Package;

/// A package that was checked, and is not kept yet.
pub struct Checked {
    pub(super) package: Arc<Package>,
    pub(super) spooled: Spooled,
}

impl Checked {
    pub(super) fn new((package, spooled): (Package, Spooled)) -> Self {
        Checked { package: Arc::new(package), spooled }
    }

    /// Returns the archive as it was before it was checked.
    pub fn into_spooled(self) -> Spooled {
        self.spooled
    }

    pub fn name(&self) -> &str {
        &self.package.name
    }

    pub fn version(&self) -> &str {
        &self.package.version
    }

    /// Returns the name that its file will have, `NAME-VERSION.tgz`.
    pub fn file(&self) -> &str {
        &self.package.file
    }

    /// Returns how many bytes the archive has.
    pub fn size(&self) -> u64 {
        self.spooled.size()
    }

    /// Returns about how much memory it takes until it is kept.
    pub fn memory_bytes(&self) -> usize {
        let archive = match &self.spooled.content {
            Content::Memory(bytes) => bytes.len(),
            Content::File(..) | Content::Placed => 0,
        };
        archive + self.package.text_bytes()
    }

    /// Returns the archive. It is read from the disk if it is not small: not where requests wait.
    ///
    /// # Errors
    /// What the system says.
    pub fn bytes(&mut self) -> io::Result<Vec<u8>> {
        match &mut self.spooled.content {
            Content::Memory(bytes) => Ok(bytes.to_vec()),
            Content::File(file, _) => {
                let mut bytes = Vec::new();
                file.rewind()?;
                file.read_to_end(&mut bytes)?;
                Ok(bytes)
            }
            Content::Placed => Err(io::ErrorKind::NotFound.into()),
        }
    }
}
