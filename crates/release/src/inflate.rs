//! Unpacks gzip with one state for many records: setting one up costs more than a small record.

use std::io::{self, Read};

use flate2::{Crc, Decompress, FlushDecompress, Status};

/// Reports whether bytes start as gzip does; shorter ones are never packed.
pub fn is_gzip(bytes: &[u8]) -> bool {
    bytes.len() > 3 && bytes.starts_with(&[0x1F, 0x8B, 8])
}

/// A state that is used again.
pub struct Inflater(Decompress);

impl Default for Inflater {
    fn default() -> Self {
        Inflater(Decompress::new(false))
    }
}

impl Inflater {
    /// Starts with the bytes of a gzip file; what its header says is skipped.
    pub fn start<'a>(&'a mut self, bytes: &'a [u8]) -> Unpacked<'a> {
        self.0.reset(false);
        let body = skip_header(bytes);
        let state = if body.is_some() { State::Body } else { State::Broken("gzip: invalid header") };
        Unpacked { inflate: &mut self.0, rest: body.unwrap_or_default(), crc: Crc::new(), state }
    }
}

#[derive(Clone, Copy)]
enum State {
    Body,
    Done,
    Broken(&'static str),
}

/// What is in a gzip file. Only a reader that reads to the end learns whether its check sum is right.
pub struct Unpacked<'a> {
    inflate: &'a mut Decompress,
    rest: &'a [u8],
    crc: Crc,
    state: State,
}

impl Read for Unpacked<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self.state {
            State::Done => return Ok(0),
            State::Broken(text) => return Err(io::Error::new(io::ErrorKind::InvalidData, text)),
            State::Body if out.is_empty() => return Ok(0),
            State::Body => {}
        }
        let (before_in, before_out) = (self.inflate.total_in(), self.inflate.total_out());
        let status = self.inflate.decompress(self.rest, out, FlushDecompress::None);
        let taken = (self.inflate.total_in() - before_in) as usize;
        let given = (self.inflate.total_out() - before_out) as usize;
        self.rest = self.rest.get(taken..).unwrap_or_default();
        self.crc.update(out.get(..given).unwrap_or_default());
        match status {
            Ok(Status::StreamEnd) => self.state = self.trailer(),
            Err(_) => self.state = State::Broken("flate: corrupt input"),
            Ok(_) if given == 0 => self.state = State::Broken("unexpected EOF"),
            Ok(_) => {}
        }
        if given == 0 && !matches!(self.state, State::Done) {
            return self.read(out);
        }
        Ok(given)
    }
}

impl Unpacked<'_> {
    fn trailer(&self) -> State {
        let Some((sum, _)) = self.rest.split_first_chunk::<4>() else { return State::Broken("unexpected EOF") };
        match u32::from_le_bytes(*sum) == self.crc.sum() {
            true => State::Done,
            false => State::Broken("gzip: invalid checksum"),
        }
    }
}

/// Returns what follows the header: ten bytes, and what its flags announce.
fn skip_header(bytes: &[u8]) -> Option<&[u8]> {
    let flags = *bytes.get(3)?;
    let mut rest = bytes.get(10..)?;
    if flags & 4 != 0 {
        let (length, behind) = rest.split_first_chunk::<2>()?;
        rest = behind.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    for flag in [8, 16] {
        if flags & flag != 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = rest.get(end + 1..)?;
        }
    }
    if flags & 2 != 0 {
        rest = rest.get(2..)?;
    }
    Some(rest)
}
