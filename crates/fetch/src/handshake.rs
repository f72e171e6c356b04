//! The handshake of TLS with a server that may not speak TLS at all: what it says first tells whether it is one of plain
//! HTTP (`newRecordHeaderError` of Go's `crypto/tls`, and `ErrSchemeMismatch` of `net/http`).

use std::io::{self, Read, Write};

use rustls::{ClientConnection, Error};

/// How an answer in plain HTTP begins; as long as the head of a record.
const PLAIN: &[u8; 5] = b"HTTP/";

/// Does the handshake.
///
/// # Errors
/// Those of the connection, with `rustls::Error` inside where that has failed; and Go's text for an answer in plain HTTP.
pub fn handshake(conn: &mut ClientConnection, sock: &mut (impl Read + Write)) -> io::Result<()> {
    let mut listening = Listening { sock, first: Vec::new() };
    let error = match conn.complete_io(&mut listening) {
        Ok(_) => return Ok(()),
        Err(error) => error,
    };
    let strange = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    if matches!(strange, Some(Error::InvalidMessage(_))) && listening.first == PLAIN {
        return Err(io::Error::other("http: server gave HTTP response to HTTPS client"));
    }
    Err(error)
}

/// Keeps the first bytes that a server sends.
struct Listening<'a, S> {
    sock: &'a mut S,
    first: Vec<u8>,
}

impl<S: Read> Read for Listening<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let amount = self.sock.read(buffer)?;
        let lacking = PLAIN.len() - self.first.len();
        self.first.extend(buffer.iter().take(amount.min(lacking)));
        Ok(amount)
    }
}

impl<S: Write> Write for Listening<'_, S> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.sock.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sock.flush()
    }
}
