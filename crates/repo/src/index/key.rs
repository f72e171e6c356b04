//! Which file a side-car belongs to: Helm writes indexes anew, under the same name.

use std::fs::File;
use std::io;
use std::time::UNIX_EPOCH;

/// Length, time of the last change and number of a file. A file that is written anew has another number, one that is
/// changed has another time.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Key {
    pub bytes: u64,
    pub modified_nanoseconds: u64,
    pub inode: u64,
}

impl Key {
    /// # Errors
    /// What the system says.
    pub fn of(file: &File) -> io::Result<Self> {
        let info = file.metadata()?;
        let modified = info.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        #[cfg(unix)]
        let inode = std::os::unix::fs::MetadataExt::ino(&info);
        #[cfg(not(unix))]
        let inode = 0;
        let modified_nanoseconds = u64::try_from(modified.as_nanos()).unwrap_or(u64::MAX);
        Ok(Key { bytes: info.len(), modified_nanoseconds, inode })
    }
}
