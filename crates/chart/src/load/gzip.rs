//! Unpacks gzip with Go's error texts.

use std::io::{self, Cursor, Read};

use flate2::bufread::MultiGzDecoder;
use gostd::GoError;

/// Go's `gzip.ErrHeader`; errors of loading depend on it.
pub const HEADER: &str = "gzip: invalid header";

/// Bytes of the smallest header.
pub const HEADER_BYTES: usize = 10;

/// Bytes that are unpacked at once: most charts have a few kB, and each step of unpacking costs more than what it gives.
const AT_ONCE_BYTES: usize = 256 * 1024;

/// What was packed: unpacked already, or on its way.
pub enum Unpacked<'a> {
    Whole(Cursor<Vec<u8>>),
    Stream(Box<MultiGzDecoder<&'a [u8]>>),
}

impl Read for Unpacked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Unpacked::Whole(bytes) => bytes.read(buffer),
            Unpacked::Stream(stream) => stream.read(buffer),
        }
    }
}

/// Returns a reader of what is packed.
///
/// # Errors
/// `EOF`, `unexpected EOF`, [`HEADER`].
pub fn reader(bytes: &[u8]) -> Result<Unpacked<'_>, GoError> {
    check(bytes)?;
    Ok(match whole(bytes, AT_ONCE_BYTES) {
        Some(whole) => Unpacked::Whole(Cursor::new(whole)),
        None => Unpacked::Stream(Box::new(MultiGzDecoder::new(bytes))),
    })
}

/// Checks how something packed begins.
///
/// # Errors
/// As [`reader`].
pub fn check(bytes: &[u8]) -> Result<(), GoError> {
    if bytes.is_empty() {
        return Err(GoError::new("EOF"));
    }
    if bytes.len() < HEADER_BYTES {
        return Err(GoError::new("unexpected EOF"));
    }
    if !bytes.starts_with(b"\x1F\x8B\x08") {
        return Err(GoError::new(HEADER));
    }
    Ok(())
}

/// Unpacks what has at most `limit` bytes and is not broken. What is broken is read in steps, as all before the break counts.
pub fn whole(bytes: &[u8], limit: usize) -> Option<Vec<u8>> {
    let (_, length) = bytes.split_last_chunk::<4>()?;
    // The length of the last member (RFC 1952, 2.3.1), if that is true.
    let length = usize::try_from(u32::from_le_bytes(*length)).ok().filter(|length| *length <= limit)?;
    // One byte more, to see that nothing follows.
    let mut whole = vec![0; length + 1];
    let (mut stream, mut filled) = (MultiGzDecoder::new(bytes), 0);
    while let Some(room) = whole.get_mut(filled..).filter(|room| !room.is_empty()) {
        match stream.read(room).ok()? {
            0 => break,
            read => filled += read,
        }
    }
    whole.truncate(filled);
    (filled <= length).then_some(whole)
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

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(text).expect("it packs");
        packer.finish().expect("it packs")
    }

    #[test]
    fn what_is_not_whole_is_read_in_steps() {
        let good = packed(b"some text");
        let with = |place: usize, byte: u8| {
            let mut broken = good.clone();
            broken[place] ^= byte;
            broken
        };
        let end = good.len();
        assert_eq!(whole(&good, 9).as_deref(), Some(&b"some text"[..]));
        assert_eq!(whole(&packed(b""), 9).as_deref(), Some(&b""[..]));
        let broken = [
            with(end - 1, 1),
            with(end - 4, 1),
            with(end - 5, 1),
            with(0, 1),
            good[..end - 1].to_vec(),
            [&good[..], b"rest"].concat(),
            [&good[..], &good[..]].concat(),
            packed(&[0; 10]),
            Vec::new(),
        ];
        for (number, bytes) in broken.iter().enumerate() {
            assert_eq!(whole(bytes, 9), None, "{number}");
        }
    }
}
