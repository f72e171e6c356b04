//! A way to an HTTP server on which every so many requests fail: what clients of clouds must live with.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The answer to a request that fails.
const FAILED: &[u8] = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
/// A request with a head above this is none of ours.
const HEAD_BYTES: usize = 256 * 1024;

/// A way to a server; it is closed when this is dropped.
pub struct Faulty {
    port: u16,
    requests: Arc<AtomicU64>,
    closed: Arc<AtomicBool>,
}

impl Faulty {
    /// Opens a way to a port of the loopback address.
    pub(crate) fn start(server: u16, every: u64) -> Result<Faulty, String> {
        let failed = |e: std::io::Error| format!("cannot listen: {e}");
        let listener = TcpListener::bind("127.0.0.1:0").map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        let (requests, closed) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let faulty = Faulty { port, requests: requests.clone(), closed: closed.clone() };
        std::thread::spawn(move || {
            while let Ok((client, _)) = listener.accept() {
                if closed.load(Ordering::SeqCst) {
                    return;
                }
                let requests = requests.clone();
                std::thread::spawn(move || {
                    pass(client, server, || (requests.fetch_add(1, Ordering::SeqCst) + 1) % every == 0)
                });
            }
        });
        Ok(faulty)
    }

    /// Returns the URL of this end.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Returns how many requests have come so far.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Drop for Faulty {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::SeqCst);
        // Whom it waits for is us.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

/// Passes one request on, or fails it.
fn pass(mut client: TcpStream, server: u16, fails: impl FnOnce() -> bool) -> Option<()> {
    let request = request(&mut client)?;
    if fails() {
        return client.write_all(FAILED).ok();
    }
    let mut server = TcpStream::connect(("127.0.0.1", server)).ok()?;
    server.write_all(&request).ok()?;
    std::io::copy(&mut server, &mut client).ok()?;
    client.shutdown(Shutdown::Both).ok()
}

/// Reads a request with its body, and asks the server to close the connection behind its answer.
fn request(client: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        let mut buffer = [0; 8192];
        let read = client.read(&mut buffer).ok().filter(|read| *read > 0 && bytes.len() < HEAD_BYTES)?;
        bytes.extend_from_slice(buffer.get(..read)?);
    };
    let text = String::from_utf8_lossy(bytes.get(..head)?).into_owned();
    let mut headers = text.lines().filter_map(|line| line.split_once(':'));
    let length = headers.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length: usize = length.and_then(|(_, value)| value.trim().parse().ok()).unwrap_or_default();
    let mut body = vec![0; (head + length).saturating_sub(bytes.len())];
    client.read_exact(&mut body).ok()?;
    let start = text.find("\r\n")? + 2;
    let line = bytes.get(..start)?;
    Some([line, b"Connection: close\r\n", bytes.get(start..)?, &body].concat())
}
