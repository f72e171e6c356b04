//! Unpacks gzip with Go's error texts.

use std::cell::{Cell, RefCell};
use std::io::{self, Cursor, Read};

use flate2::bufread::MultiGzDecoder;
use gostd::GoError;
use libdeflater::Decompressor;
use memchr::memmem;

/// Go's `gzip.ErrHeader`; errors of loading depend on it.
pub const HEADER: &str = "gzip: invalid header";

/// Bytes of the smallest header.
pub const HEADER_BYTES: usize = 10;

/// Bytes behind what is packed: its sum and length.
const FOOT_BYTES: usize = 8;

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

thread_local! {
    /// What unpacks: a new one has more to set up than most archives have to unpack.
    static INFLATER: RefCell<Decompressor> = RefCell::new(Decompressor::new());
    /// Where [`with_whole`] unpacks: new room is filled with zeros first, which costs a quarter of unpacking.
    static ROOM: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Room behind what is unpacked: near the end of its room libdeflate goes byte by byte.
const SPARE_BYTES: usize = 512;

/// Unpacks what is one member of at most `limit` bytes and not broken. What is broken is read in steps, as all before the
/// break counts.
pub fn whole(bytes: &[u8], limit: usize) -> Option<Vec<u8>> {
    let mut room = Vec::new();
    let length = unpack(bytes, limit, &mut room)?;
    room.truncate(length);
    Some(room)
}

/// Reads what [`whole`] returns, in room that this thread keeps: for a limit that is small.
pub fn with_whole<T>(bytes: &[u8], limit: usize, read: impl FnOnce(&[u8]) -> T) -> Option<T> {
    // Who reads may come here too, and finds no room that is kept.
    let mut room = ROOM.take();
    let length = unpack(bytes, limit, &mut room);
    let found = length.and_then(|length| room.get(..length)).map(read);
    ROOM.set(room);
    found
}

/// Unpacks to the start of some room, which grows where it must, and returns how much it is.
fn unpack(bytes: &[u8], limit: usize, room: &mut Vec<u8>) -> Option<usize> {
    let packed = bytes.get(header_bytes(bytes)?..)?;
    let (rest, foot) = packed.split_last_chunk::<FOOT_BYTES>()?;
    let [_, _, _, _, length @ ..] = *foot;
    let length = usize::try_from(u32::from_le_bytes(length)).ok().filter(|length| *length <= limit)?;
    if room.len() < length + SPARE_BYTES {
        *room = vec![0; length + SPARE_BYTES];
    }
    let room = room.get_mut(..length + SPARE_BYTES)?;
    let unpacked = INFLATER.with_borrow_mut(|inflater| inflater.gzip_decompress(bytes, room)).ok()?;
    // It stops at a foot that is right, and does not say where. Where the last one stands nowhere else, that was it.
    let is_all = memmem::find(packed.get(..rest.len() + FOOT_BYTES - 1)?, foot).is_none();
    (is_all && unpacked == length).then_some(length)
}

/// Returns how long the head of a member is (RFC 1952, 2.3); none of those that have what nobody writes.
fn header_bytes(bytes: &[u8]) -> Option<usize> {
    const EXTRA: u8 = 4;
    const NAME: u8 = 8;
    const COMMENT: u8 = 16;
    let flags = *bytes.get(3).filter(|_| bytes.starts_with(b"\x1F\x8B\x08"))?;
    // One says that it is text, one that there is a sum of the head.
    if flags & !(EXTRA | NAME | COMMENT) != 0 {
        return None;
    }
    let mut end = HEADER_BYTES;
    if flags & EXTRA != 0 {
        let length = bytes.get(end..)?.first_chunk::<2>()?;
        end += 2 + usize::from(u16::from_le_bytes(*length));
    }
    for _ in [NAME, COMMENT].iter().filter(|text| flags & **text != 0) {
        end += bytes.get(end..)?.iter().position(|byte| *byte == 0)? + 1;
    }
    Some(end)
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
        assert_eq!(with_whole(&packed(b"a text before"), 13, <[u8]>::to_vec).as_deref(), Some(&b"a text before"[..]));
        assert_eq!(with_whole(&good, 9, <[u8]>::to_vec).as_deref(), Some(&b"some text"[..]));
        let broken = [
            with(end - 1, 1),
            with(end - 4, 1),
            with(end - 5, 1),
            with(0, 1),
            good[..end - 1].to_vec(),
            [&good[..], b"rest"].concat(),
            [&good[..], &good[..]].concat(),
            [&good[..], b"rest", &good[end - FOOT_BYTES..]].concat(),
            packed(&[0; 10]),
            // Its foot is zeros, and so is what stands before it.
            packed(b""),
            Vec::new(),
        ];
        for (number, bytes) in broken.iter().enumerate() {
            assert_eq!(whole(bytes, 9), None, "{number}");
            assert_eq!(with_whole(bytes, 9, <[u8]>::to_vec), None, "{number}");
        }
    }

    /// With a head that has these flags, and what they announce.
    fn with_head(packed: &[u8], flags: u8, fields: &[u8]) -> Vec<u8> {
        [&packed[..3], &[flags], &packed[4..HEADER_BYTES], fields, &packed[HEADER_BYTES..]].concat()
    }

    #[test]
    fn heads_have_what_they_announce() {
        let good = packed(b"some text");
        for (flags, fields) in
            [(0, &b""[..]), (4, b"\x03\0abc"), (8, b"name\0"), (16, b"comment\0"), (28, b"\x01\0anamed\0commented\0")]
        {
            assert_eq!(whole(&with_head(&good, flags, fields), 9).as_deref(), Some(&b"some text"[..]), "{flags}");
        }
        for (flags, fields) in [(4, &b"\xff\xffabc"[..]), (8, b""), (2, b"\0\0"), (32, b""), (1, b"")] {
            assert_eq!(whole(&with_head(&good, flags, fields), 9), None, "{flags}");
        }
        for end in 0..good.len() {
            assert_eq!(whole(&good[..end], 9), None, "{end}");
        }
    }

    #[test]
    fn what_is_whole_is_so_in_steps_too() {
        let text: Vec<u8> = (0..4000_u32).map(|number| (number.wrapping_mul(number) >> 9) as u8).collect();
        let good = packed(&text);
        let mut taken = 0;
        for place in 0..good.len() {
            for byte in [1, 0x20, 0xFF] {
                let mut bytes = good.clone();
                bytes[place] ^= byte;
                if let Some(found) = whole(&bytes, 1 << 20) {
                    let mut steps = Vec::new();
                    MultiGzDecoder::new(&bytes[..]).read_to_end(&mut steps).expect("it is whole");
                    assert_eq!(found, steps, "{place}");
                    taken += 1;
                }
            }
            // One after a broken one.
            assert_eq!(whole(&good, 1 << 20).as_ref(), Some(&text), "{place}");
        }
        assert!(taken > 0, "the time of a head does not count");
    }
}
