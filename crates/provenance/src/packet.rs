//! The packets that keyrings and signatures consist of (`openpgp/packet` `Read` and `Reader`, RFC 9580 section 4).

use std::borrow::Cow;

use crate::cursor::Cursor;
use crate::fault::Fault;
use crate::key::Key;
use crate::signature::Signature;

/// A packet.
pub enum Packet {
    Key(Key),
    Signature(Signature),
    UserId(String),
    /// One that neither keys nor signatures are made of.
    Other,
}

/// Reads packets one after the other; those that may be passed over are.
pub struct Packets<'a> {
    rest: &'a [u8],
    /// What is wrong behind the last byte, where the bytes were taken out of damaged armour.
    end: Option<Fault>,
    unread: Option<Packet>,
}

/// The content of a packet.
struct Body<'a> {
    bytes: Cow<'a, [u8]>,
    is_cut: bool,
    /// Where the next packet starts.
    after: &'a [u8],
    /// The input from the content on: what is not read of it is read as the next packet, as in Go.
    whole: Option<&'a [u8]>,
}

impl<'a> Packets<'a> {
    pub fn new(bytes: &'a [u8], end: Option<Fault>) -> Self {
        Packets { rest: bytes, end, unread: None }
    }

    /// Gives a packet back, to be the next one.
    pub fn unread(&mut self, packet: Packet) {
        self.unread = Some(packet);
    }

    /// Returns the next packet, nothing at the end.
    ///
    /// # Errors
    /// What is wrong with it; the next call goes on behind it.
    pub fn next(&mut self) -> Result<Option<Packet>, Fault> {
        if let Some(packet) = self.unread.take() {
            return Ok(Some(packet));
        }
        loop {
            let Some((tag, body)) = self.header()? else {
                return self.end.clone().map_or(Ok(None), Err);
            };
            match self.parse(tag, body) {
                Ok(None) | Err(Fault::Unsupported(_)) => {}
                other => return other,
            }
        }
    }

    fn parse(&mut self, tag: u8, body: Body<'a>) -> Result<Option<Packet>, Fault> {
        let mut cursor = Cursor { rest: &body.bytes, is_cut: body.is_cut };
        self.rest = body.after;
        let packet = match tag {
            2 => Signature::parse(&mut cursor).map(Packet::Signature),
            5 | 7 => Key::parse_secret(&mut cursor, tag == 7).map(Packet::Key),
            6 | 14 => Key::parse_public(&mut cursor, tag == 14).map(Packet::Key),
            13 => cursor.all().map(|id| Packet::UserId(String::from_utf8_lossy(id).into_owned())),
            10 if cursor.take(3)? == b"PGP" => return Ok(None),
            10 => return Err(Fault::structural("invalid marker packet")),
            1 | 3 | 4 | 8 | 9 | 11 | 17 | 18 | 20 | 21 => return Ok(Some(Packet::Other)),
            12 | 40.. => return Ok(None),
            tag => return Err(Fault::CriticalPacket(tag)),
        };
        let read = body.bytes.len() - cursor.rest.len();
        if let (Ok(_), Some((_, unread))) = (&packet, body.whole.and_then(|whole| whole.split_at_checked(read))) {
            self.rest = unread;
        }
        match (packet, &self.end) {
            (Err(fault), Some(end)) if body.is_cut && fault == Fault::END => Err(end.clone()),
            (packet, _) => packet.map(Some),
        }
    }

    /// Reads tag and length of a packet, and cuts out its content.
    fn header(&mut self) -> Result<Option<(u8, Body<'a>)>, Fault> {
        let Some((first, rest)) = self.rest.split_first() else { return Ok(None) };
        self.rest = rest;
        if first & 0x80 == 0 {
            return Err(Fault::structural("tag byte does not have MSB set"));
        }
        if first & 0x40 == 0 {
            let tag = (first & 0x3f) >> 2;
            let length = match first & 3 {
                0 => usize::from(self.cursor(Cursor::u8)?),
                1 => usize::from(self.cursor(Cursor::u16)?),
                2 => self.cursor(Cursor::u32)? as usize,
                _ => self.rest.len(),
            };
            return Ok(Some((tag, self.body(length))));
        }
        let body = match self.length()? {
            (length, false) => self.body(length),
            (length, true) => self.partial(length)?,
        };
        Ok(Some((first & 0x3f, body)))
    }

    /// Reads a length of the new format, and whether only a part of the content follows.
    fn length(&mut self) -> Result<(usize, bool), Fault> {
        let first = self.cursor(Cursor::u8)?;
        Ok(match first {
            0..192 => (usize::from(first), false),
            192..224 => ((usize::from(first - 192) << 8) + usize::from(self.cursor(Cursor::u8)?) + 192, false),
            224..255 => (1 << (first & 0x1f), true),
            255 => (self.cursor(Cursor::u32)? as usize, false),
        })
    }

    fn cursor<T>(&mut self, read: impl FnOnce(&mut Cursor<'a>) -> Result<T, Fault>) -> Result<T, Fault> {
        let mut cursor = Cursor::new(self.rest);
        let number = read(&mut cursor);
        self.rest = cursor.rest;
        number
    }

    fn body(&self, length: usize) -> Body<'a> {
        let is_cut = length > self.rest.len();
        let (bytes, after) = self.rest.split_at(length.min(self.rest.len()));
        Body { bytes: bytes.into(), is_cut, after, whole: Some(self.rest) }
    }

    /// Joins the parts of a content; together they are not longer than the input.
    fn partial(&mut self, length: usize) -> Result<Body<'a>, Fault> {
        let mut bytes = Vec::new();
        let (mut length, mut is_partial, mut is_cut) = (length, true, false);
        loop {
            let part = self.body(length);
            bytes.extend_from_slice(&part.bytes);
            self.rest = part.after;
            is_cut |= part.is_cut;
            if !is_partial || is_cut {
                return Ok(Body { bytes: bytes.into(), is_cut, after: self.rest, whole: None });
            }
            (length, is_partial) = self.length()?;
        }
    }
}
