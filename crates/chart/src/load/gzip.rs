//! Unpacks gzip with Go's error texts.

use std::io::{self, Read};

use flate2::bufread::MultiGzDecoder;
use gostd::GoError;

/// Go's `gzip.ErrHeader`; errors of loading depend on it.
pub const HEADER: &str = "gzip: invalid header";

/// Bytes of the smallest header.
pub const HEADER_BYTES: usize = 10;

/// Returns a reader of what is packed.
///
/// # Errors
/// `EOF`, `unexpected EOF`, [`HEADER`].
pub fn reader(bytes: &[u8]) -> Result<impl Read + '_, GoError> {
    if bytes.is_empty() {
        return Err(GoError::new("EOF"));
    }
    if bytes.len() < HEADER_BYTES {
        return Err(GoError::new("unexpected EOF"));
    }
    if !bytes.starts_with(b"\x1F\x8B\x08") {
        return Err(GoError::new(HEADER));
    }
    Ok(MultiGzDecoder::new(bytes))
}

/// Returns the text of an error while reading. Go also says before which byte the data is corrupt; that is not known
/// here.
pub fn error(error: &io::Error) -> GoError {
    GoError::new(match error.kind() {
        io::ErrorKind::UnexpectedEof => "unexpected EOF",
        _ if error.to_string().contains("header") => HEADER,
        _ if error.to_string().contains("deflate") => "flate: corrupt input",
        _ => "gzip: invalid checksum",
    })
}
