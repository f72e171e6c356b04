//! Reads tar archives as Go's `archive/tar` does: v7, ustar, PAX and GNU names and sizes, with its limits and errors.
//!
//! Not a library, because archives are hostile: a name may not take more than [`SPECIAL_BYTES`], and errors are Go's.

use std::io::{self, Read};
use std::time::{Duration, SystemTime};

use gostd::GoError;
use gostd::strconv::{parse_int, parse_uint};

use super::gzip;

const BLOCK: usize = 512;
/// Bytes of an extended header or a long name (Go's `maxSpecialFileSize`).
const SPECIAL_BYTES: u64 = 1024 * 1024;

/// Room that is made at once for what an entry says to have.
const ROOM_BYTES: usize = 64 * 1024;

/// What an archive says of one file.
pub struct Header {
    pub name: Vec<u8>,
    pub size: u64,
    pub kind: u8,
    pub modified: Option<SystemTime>,
    mode: u64,
}

impl Header {
    /// Folders by type (which old archives tell by the name), or by mode.
    pub fn is_dir(&self) -> bool {
        self.kind == b'5' || self.mode & !0o7777 == 0o040_000
    }

    /// Extended headers for all files that follow; they hold no file.
    pub fn is_global(&self) -> bool {
        self.kind == b'g'
    }

    /// Returns how many bytes of content follow.
    pub fn data_bytes(&self) -> u64 {
        // Links, devices, folders and pipes have no content, whatever their size says.
        if matches!(self.kind, b'1'..=b'6') { 0 } else { self.size }
    }
}

/// A reader of entries, one after the other.
pub struct Archive<R> {
    input: R,
    /// Content of the current entry that nobody read, and the padding behind it.
    unread: u64,
    padding: u64,
}

/// The content of an entry.
pub struct Content<'a, R> {
    archive: &'a mut Archive<R>,
}

impl<R: Read> Read for Content<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.archive.unread).unwrap_or(usize::MAX).min(buffer.len());
        let read = self.archive.input.read(buffer.get_mut(..most).unwrap_or_default())?;
        self.archive.unread -= read as u64;
        Ok(read)
    }
}

/// Names and sizes that extended headers give the next entry.
#[derive(Default)]
struct Extended {
    name: Option<Vec<u8>>,
    long_name: Option<Vec<u8>>,
    size: Option<u64>,
    modified: Option<SystemTime>,
}

impl<R: Read> Archive<R> {
    pub fn new(input: R) -> Self {
        Archive { input, unread: 0, padding: 0 }
    }

    /// Returns the next entry; `None` at the end.
    ///
    /// # Errors
    /// `archive/tar: invalid tar header`, `unexpected EOF`, `archive/tar: header field too long`, those of gzip.
    pub fn entry(&mut self) -> Result<Option<Header>, GoError> {
        let mut extended = Extended::default();
        loop {
            self.skip(self.unread, true)?;
            self.skip(self.padding, false)?;
            let Some(mut header) = self.header()? else { return Ok(None) };
            self.start(&header);
            match header.kind {
                b'x' => extended.read(&self.special()?)?,
                b'g' => {
                    // What it says of all files concerns nothing that charts use, but it must be well-formed.
                    Extended::default().read(&self.special()?)?;
                    return Ok(Some(header));
                }
                b'L' => extended.long_name = Some(until_nul(&self.special()?).to_vec()),
                b'K' => drop(self.special()?),
                b'S' => return Err(invalid()),
                _ => {
                    extended.apply(&mut header);
                    self.start(&header);
                    return Ok(Some(header));
                }
            }
        }
    }

    /// Reads the content of the current entry into `out`, at most `limit` bytes of it.
    pub fn content(&mut self, limit: u64, out: &mut Vec<u8>) -> Result<(), GoError> {
        let wanted = self.unread.min(limit);
        out.reserve(usize::try_from(wanted).unwrap_or(ROOM_BYTES).min(ROOM_BYTES));
        let read = (&mut self.input).take(wanted).read_to_end(out).map_err(|error| gzip::error(&error))?;
        self.unread -= read as u64;
        match (read as u64) < wanted {
            true => Err(GoError::new("unexpected EOF")),
            false => Ok(()),
        }
    }

    /// Returns a reader of the content of the current entry; what is left of it is passed over.
    pub fn reader(&mut self) -> Content<'_, R> {
        Content { archive: self }
    }

    fn start(&mut self, header: &Header) {
        self.unread = header.data_bytes();
        self.padding = self.unread.next_multiple_of(BLOCK as u64) - self.unread;
    }

    fn skip(&mut self, bytes: u64, must_be_there: bool) -> Result<(), GoError> {
        let skipped = io::copy(&mut (&mut self.input).take(bytes), &mut io::sink());
        match skipped.map_err(|error| gzip::error(&error))? < bytes && must_be_there {
            true => Err(GoError::new("unexpected EOF")),
            false => Ok(()),
        }
    }

    /// Reads a block; `None` when the input ends before it.
    fn block(&mut self) -> Result<Option<[u8; BLOCK]>, GoError> {
        let mut block = [0; BLOCK];
        let mut filled = 0;
        while filled < BLOCK {
            match self.input.read(&mut block[filled..]).map_err(|error| gzip::error(&error))? {
                0 if filled == 0 => return Ok(None),
                0 => return Err(GoError::new("unexpected EOF")),
                read => filled += read,
            }
        }
        Ok(Some(block))
    }

    /// Two blocks of zeros end an archive; so does the end of the input after none or one.
    fn header(&mut self) -> Result<Option<Header>, GoError> {
        let Some(block) = self.block()? else { return Ok(None) };
        if block != [0; BLOCK] {
            return parse(&block).map(Some);
        }
        match self.block()? {
            None => Ok(None),
            Some(second) if second == [0; BLOCK] => Ok(None),
            Some(_) => Err(invalid()),
        }
    }

    fn special(&mut self) -> Result<Vec<u8>, GoError> {
        let mut text = Vec::new();
        self.content(SPECIAL_BYTES + 1, &mut text)?;
        match text.len() as u64 > SPECIAL_BYTES {
            true => Err(GoError::new("archive/tar: header field too long")),
            false => Ok(text),
        }
    }
}

impl Extended {
    /// Reads records, as `23 path=hello/Chart.yaml\n`: the number is the length of the whole record.
    fn read(&mut self, mut text: &[u8]) -> Result<(), GoError> {
        *self = Extended { long_name: self.long_name.take(), ..Extended::default() };
        while !text.is_empty() {
            let (key, value, rest) = record(text).ok_or_else(invalid)?;
            text = rest;
            match key {
                _ if value.is_empty() => {}
                b"path" if value.contains(&0) => return Err(invalid()),
                b"path" => self.name = Some(value.to_vec()),
                b"size" => self.size = Some(size(value)?),
                b"mtime" => self.modified = moment(value)?,
                b"atime" | b"ctime" => drop(moment(value)?),
                _ if key.starts_with(b"GNU.sparse.") => return Err(invalid()),
                _ => {}
            }
        }
        Ok(())
    }

    fn apply(self, header: &mut Header) {
        if let Some(name) = self.name {
            header.name = name;
        }
        if let Some(name) = self.long_name.filter(|name| !name.is_empty()) {
            header.name = name;
        }
        if let Some(size) = self.size {
            header.size = size;
        }
        header.modified = self.modified.or(header.modified);
        if header.kind == 0 {
            header.kind = if header.name.ends_with(b"/") { b'5' } else { b'0' };
        }
    }
}

fn size(digits: &[u8]) -> Result<u64, GoError> {
    parse_int(digits, 10, 64).ok().and_then(|size| u64::try_from(size).ok()).ok_or_else(invalid)
}

/// A time in an extended header: seconds since 1970, with a fraction cut to nanoseconds.
fn moment(text: &[u8]) -> Result<Option<SystemTime>, GoError> {
    let dot = text.iter().position(|b| *b == b'.').unwrap_or(text.len());
    let (whole, fraction) = (&text[..dot], text.get(dot + 1..).unwrap_or_default());
    let whole_seconds = parse_int(whole, 10, 64).map_err(|_| invalid())?;
    if !fraction.iter().all(u8::is_ascii_digit) {
        return Err(invalid());
    }
    let digit = |at: usize| fraction.get(at).map_or(0, |b| u32::from(b - b'0'));
    let nanos = (0..9).fold(0, |nanos, at| nanos * 10 + digit(at));
    let nanos = i64::from(nanos);
    Ok(seconds(whole_seconds, if whole.starts_with(b"-") { -nanos } else { nanos }))
}

/// The moment so long after (or before) 1970, if the system can tell it.
fn seconds(seconds: i64, nanos: i64) -> Option<SystemTime> {
    let step = |from: SystemTime, by: i64, unit: fn(u64) -> Duration| match by {
        0.. => from.checked_add(unit(by.unsigned_abs())),
        _ => from.checked_sub(unit(by.unsigned_abs())),
    };
    step(step(SystemTime::UNIX_EPOCH, seconds, Duration::from_secs)?, nanos, Duration::from_nanos)
}

fn record(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let blank = text.iter().position(|b| *b == b' ')?;
    let length = usize::try_from(parse_int(&text[..blank], 10, 64).ok()?).ok()?;
    if length < 5 || length > text.len() || length <= blank + 1 {
        return None;
    }
    let record = text[blank + 1..length].strip_suffix(b"\n")?;
    let equals = record.iter().position(|b| *b == b'=').filter(|at| *at > 0)?;
    Some((&record[..equals], &record[equals + 1..], &text[length..]))
}

fn parse(block: &[u8; BLOCK]) -> Result<Header, GoError> {
    check_sum(block)?;
    let mut name = until_nul(&block[..100]).to_vec();
    let kind = block[156];
    let mode = number(&block[100..108])?;
    let size = u64::try_from(number(&block[124..136])?).map_err(|_| invalid())?;
    // The others must be numbers too, used or not.
    [&block[108..116], &block[116..124]].into_iter().try_for_each(|field| number(field).map(drop))?;
    let modified = seconds(number(&block[136..148])?, 0);
    if &block[257..263] == b"ustar\0" {
        let star = &block[508..512] == b"tar\0";
        let prefix = until_nul(if star { &block[345..476] } else { &block[345..500] });
        if !prefix.is_empty() {
            name = [prefix, b"/", &name].concat();
        }
    }
    Ok(Header { name, size, kind, modified, mode: mode as u64 })
}

/// The sum of all bytes, its own field taken as blanks; old programs summed signed bytes.
fn check_sum(block: &[u8; BLOCK]) -> Result<(), GoError> {
    let wanted = octal(&block[148..156])?;
    let sum = |number: fn(&u8) -> i64| {
        let all: i64 = block.iter().map(number).sum();
        let own: i64 = block[148..156].iter().map(number).sum();
        all - own + 8 * i64::from(b' ')
    };
    let unsigned = sum(|b| i64::from(*b));
    let signed = sum(|b| i64::from(*b as i8));
    match wanted == unsigned || wanted == signed {
        true => Ok(()),
        false => Err(invalid()),
    }
}

/// A number: octal digits, or binary when the first bit is set.
fn number(field: &[u8]) -> Result<i64, GoError> {
    let Some(first) = field.first().filter(|b| **b & 0x80 != 0) else { return octal(field) };
    let inverted = if first & 0x40 != 0 { 0xFF } else { 0 };
    let mut number = 0u64;
    for (at, byte) in field.iter().enumerate() {
        if number >> 56 > 0 {
            return Err(invalid());
        }
        let byte = byte ^ inverted;
        number = number << 8 | u64::from(if at == 0 { byte & 0x7F } else { byte });
    }
    let number = i64::try_from(number).map_err(|_| invalid())?;
    Ok(if inverted == 0 { number } else { !number })
}

fn octal(field: &[u8]) -> Result<i64, GoError> {
    let blank = |b: &u8| *b == b' ' || *b == 0;
    let start = field.iter().position(|b| !blank(b)).unwrap_or(field.len());
    let end = field.iter().rposition(|b| !blank(b)).map_or(start, |at| at + 1);
    if start == end {
        return Ok(0);
    }
    parse_uint(until_nul(&field[start..end]), 8, 64).map(|number| number as i64).map_err(|_| invalid())
}

fn until_nul(field: &[u8]) -> &[u8] {
    field.split(|b| *b == 0).next().unwrap_or_default()
}

fn invalid() -> GoError {
    GoError::new("archive/tar: invalid tar header")
}
