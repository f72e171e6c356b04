//! Connections over TCP that acknowledge what came before they wait for more of an answer.
//!
//! A server that sends the head and the body of an answer apart, as those in Python do, waits with the second until the
//! first is acknowledged (Nagle, RFC 896); the system holds acknowledgements back for 40 ms on a connection that goes to
//! and fro (RFC 1122, 4.2.3.2). On a connection that is kept, each answer would take that long. The end of an answer needs
//! none of its own: the next request carries it, and a segment less costs each side less than to read one.

use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, Transport, time,
};
use ureq::{Error, Timeout};

/// A time-out may end so much later than it should.
const SLACK: Duration = Duration::from_millis(100);

/// Connects, unless a proxy has done so.
#[derive(Debug)]
pub struct EagerConnector;

impl<In: Transport> Connector<In> for EagerConnector {
    type Out = Either<In, Eager>;

    fn connect(&self, details: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        if chained.is_some() {
            return Ok(chained.map(Either::A));
        }
        let stream = connected(details)?;
        stream.set_nodelay(true)?;
        let config = details.config;
        let buffers = LazyBuffers::new(config.input_buffer_size(), config.output_buffer_size());
        Ok(Some(Either::B(Eager { socket: stream, buffers, read: None, write: None, is_answered: false })))
    }
}

/// Tries the addresses of a host one after the other, each for its share of the time that is left; the first failure is
/// told (`sysDialer.dialSerial`, src/net/dial.go of Go 1.26, which gives each two seconds at least).
fn connected(details: &ConnectionDetails) -> Result<TcpStream, Error> {
    let start = Instant::now();
    let mut first = None;
    for (tried, address) in details.addrs.iter().enumerate() {
        let left = details.timeout.not_zero().map(|whole| whole.saturating_sub(start.elapsed()));
        let untried = u32::try_from(details.addrs.len() - tried).unwrap_or(1).max(1);
        let connected = match left.map(|left| left / untried) {
            Some(share) if share.is_zero() => Err(ErrorKind::TimedOut.into()),
            Some(share) => TcpStream::connect_timeout(address, share),
            None => TcpStream::connect(address),
        };
        match connected {
            Ok(stream) => return Ok(stream),
            Err(error) => drop(first.get_or_insert(error)),
        }
    }
    Err(match first {
        Some(error) if error.kind() == ErrorKind::TimedOut && has_ended(details, start) => {
            Error::Timeout(details.timeout.reason)
        }
        Some(error) if error.kind() == ErrorKind::TimedOut => Error::Timeout(Timeout::Connect),
        Some(error) => Error::Io(error),
        None => Error::HostNotFound,
    })
}

fn has_ended(details: &ConnectionDetails, start: Instant) -> bool {
    details.timeout.not_zero().is_some_and(|whole| start.elapsed() >= *whole)
}

/// A connection.
#[derive(Debug)]
pub struct Eager {
    socket: TcpStream,
    buffers: LazyBuffers,
    /// The time-outs that the system knows.
    read: Option<Duration>,
    write: Option<Duration>,
    /// A part of the answer came.
    is_answered: bool,
}

impl Transport for Eager {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let timeout = timeout.for_write();
        if let Some(wait) = renewed(timeout, self.write)? {
            self.socket.set_write_timeout(wait)?;
            self.write = wait;
        }
        let output = self.buffers.output().get(..amount).ok_or(Error::ConnectionFailed)?;
        (&self.socket).write_all(output).map_err(|error| failed(error, timeout))?;
        self.is_answered = false;
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let (timeout, start) = (timeout.for_read(), Instant::now());
        if self.is_answered {
            acknowledge(&self.socket);
        }
        loop {
            let left = NextTimeout { after: left(timeout, start), ..timeout };
            if let Some(wait) = renewed(left, self.read)? {
                self.socket.set_read_timeout(wait)?;
                self.read = wait;
            }
            match (&self.socket).read(self.buffers.input_append_buf()) {
                // A signal came; the time goes on.
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(failed(error, timeout)),
                Ok(amount) => {
                    self.buffers.input_appended(amount);
                    self.is_answered = true;
                    return Ok(amount > 0);
                }
            }
        }
    }

    /// Whether the connection is good for another request: nothing came that nobody asked for, nor its end.
    fn is_open(&mut self) -> bool {
        looked(&self.socket).is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }
}

/// Looks whether something came, without waiting for it.
#[cfg(unix)]
fn looked(socket: &TcpStream) -> io::Result<usize> {
    use rustix::net::{RecvFlags, recv};
    let (read, _) = recv(socket, &mut [0_u8; 1], RecvFlags::DONTWAIT | RecvFlags::PEEK)?;
    Ok(read)
}

#[cfg(not(unix))]
fn looked(socket: &TcpStream) -> io::Result<usize> {
    socket.set_nonblocking(true)?;
    let looked = socket.peek(&mut [0]);
    // One that cannot wait any more is of no use.
    socket.set_nonblocking(false).map_or_else(|_| Ok(0), |()| looked)
}

fn left(timeout: NextTimeout, start: Instant) -> time::Duration {
    match timeout.not_zero() {
        Some(_) => timeout.after.saturating_sub(start.elapsed()).into(),
        None => timeout.after,
    }
}

/// Returns the time-out to set, unless the one that is set is about the same: it is a system call.
fn renewed(timeout: NextTimeout, set: Option<Duration>) -> Result<Option<Option<Duration>>, Error> {
    let Some(wait) = timeout.not_zero() else { return Ok(set.is_some().then_some(None)) };
    if timeout.after.is_zero() {
        return Err(Error::Timeout(timeout.reason));
    }
    let is_about_the_same = set.is_some_and(|set| set >= *wait && set - *wait < SLACK);
    Ok((!is_about_the_same).then_some(Some(*wait)))
}

fn failed(error: io::Error, timeout: NextTimeout) -> Error {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => Error::Timeout(timeout.reason),
        _ => Error::Io(error),
    }
}

/// Acknowledges what was read, and leaves it to the system again when the next is (`tcp(7)`, TCP_QUICKACK). Where that
/// cannot be, answers are as slow as everybody's.
#[cfg(target_os = "linux")]
fn acknowledge(socket: &TcpStream) {
    use std::os::linux::net::TcpStreamExt;
    let _ = socket.set_quickack(true).and_then(|()| socket.set_quickack(false));
}

#[cfg(not(target_os = "linux"))]
fn acknowledge(_: &TcpStream) {}
