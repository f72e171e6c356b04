//! Frames of HTTP/2 by hand (RFC 9113, 4), for what no client does.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

pub const DATA: u8 = 0;
pub const HEADERS: u8 = 1;
pub const RESET: u8 = 3;
pub const SETTINGS: u8 = 4;
pub const PING: u8 = 6;
pub const GOAWAY: u8 = 7;
pub const CONTINUATION: u8 = 9;
/// Flags: the last frame of a stream; the last frame of a head.
pub const END_STREAM: u8 = 1;
pub const END_HEADERS: u8 = 4;
/// An error code of GOAWAY: ENHANCE_YOUR_CALM.
pub const CALM: u32 = 11;

/// A frame.
#[derive(Debug)]
pub struct Frame {
    pub kind: u8,
    pub stream: u32,
    pub payload: Vec<u8>,
}

pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a short payload").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// The head of `GET path`, packed without any table: method, scheme, path.
pub fn get(path: &str) -> Vec<u8> {
    [&[0x82, 0x86, 0x04][..], &text(path)].concat()
}

/// A field of a head, literally and without a place in the table.
pub fn field(name: &str, value: &str) -> Vec<u8> {
    [vec![0], text(name), text(value)].concat()
}

/// A text with its length (RFC 7541, 5.1 and 5.2).
fn text(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    match text.len() {
        short @ 0..127 => out.push(short as u8),
        long => {
            out.push(127);
            let mut rest = long - 127;
            while rest >= 128 {
                out.push((rest % 128) as u8 | 128);
                rest /= 128;
            }
            out.push(rest as u8);
        }
    }
    out.extend_from_slice(text.as_bytes());
    out
}

/// A client that has said how it begins, with its settings.
pub fn connect(address: SocketAddr, settings: &[(u16, u32)]) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(180))).expect("a timeout");
    let one = |(name, value): &(u16, u32)| [&name.to_be_bytes()[..], &value.to_be_bytes()].concat();
    let payload: Vec<u8> = settings.iter().flat_map(one).collect();
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").expect("a start");
    stream.write_all(&frame(SETTINGS, 0, 0, &payload)).expect("settings");
    stream
}

/// Reads a frame; none at the end of the connection, which must come.
pub fn read(stream: &mut TcpStream) -> Option<Frame> {
    let mut head = [0; 9];
    fill(stream, &mut head)?;
    let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
    let mut payload = vec![0; length as usize];
    fill(stream, &mut payload)?;
    let number = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
    Some(Frame { kind: head[3], stream: number, payload })
}

fn fill(stream: &mut TcpStream, buffer: &mut [u8]) -> Option<()> {
    let read = stream.read_exact(buffer);
    if let Err(error) = &read {
        assert!(!matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "nothing comes, and no end");
    }
    read.ok()
}

/// Reads frames until one of a kind; what the connection ends with before is an error with all that came.
pub fn read_until(stream: &mut TcpStream, kind: u8) -> Result<Frame, Vec<Frame>> {
    let mut others = Vec::new();
    while let Some(frame) = read(stream) {
        if frame.kind == kind {
            return Ok(frame);
        }
        others.push(frame);
    }
    Err(others)
}

/// Reads to the end of the connection; returns the code of GOAWAY where there was one.
pub fn read_to_end(stream: &mut TcpStream) -> Option<u32> {
    let mut code = None;
    while let Some(frame) = read(stream) {
        if frame.kind == GOAWAY {
            code = frame.payload.get(4..8).map(|bytes| u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
        }
    }
    code
}
