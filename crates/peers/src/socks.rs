//! A proxy that speaks SOCKS5 (RFC 1928, RFC 1929). It knows all names: each leads to one address of its owner's choice.

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// What does not come is not waited for longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// How a proxy behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where all connections lead.
    pub to: SocketAddr,
    /// User and password that everyone needs.
    pub user: Option<(String, String)>,
    /// What is answered instead of a connection: a number of RFC 1928, section 6.
    pub refuses: Option<u8>,
}

/// Serves on a free port of the loopback address until dropped.
pub struct Socks {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    options: Options,
    targets: Mutex<Vec<String>>,
    stopped: AtomicBool,
}

impl Socks {
    /// # Errors
    /// What the system says.
    pub fn start(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { options, targets: Mutex::default(), stopped: AtomicBool::new(false) });
        let accepting = shared.clone();
        thread::spawn(move || accepting.accept(&listener));
        Ok(Socks { address, shared })
    }

    /// `127.0.0.1:PORT`.
    pub fn host(&self) -> String {
        self.address.to_string()
    }

    /// Returns what was asked for so far, `HOST:PORT`.
    pub fn targets(&self) -> Vec<String> {
        self.shared.targets.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Socks {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Relaxed);
        // Wakes the accepting thread, so that it sees the flag; if that fails there is nobody to wake.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn accept(self: Arc<Self>, listener: &TcpListener) {
        for stream in listener.incoming() {
            if self.stopped.load(Ordering::Relaxed) {
                return;
            }
            let Ok(stream) = stream else { continue };
            let shared = self.clone();
            // A client that goes away has nobody to tell it to.
            thread::spawn(move || drop(shared.serve(stream)));
        }
    }

    fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        client.set_read_timeout(Some(PATIENCE))?;
        if !self.greet(&mut client)? {
            return Ok(());
        }
        let [_, _, _, kind] = bytes(&mut client)?;
        let host = match kind {
            1 => IpAddr::V4(Ipv4Addr::from(bytes::<4>(&mut client)?)).to_string(),
            4 => format!("[{}]", std::net::Ipv6Addr::from(bytes::<16>(&mut client)?)),
            _ => text(&mut client)?,
        };
        let port = u16::from_be_bytes(bytes(&mut client)?);
        self.targets.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{host}:{port}"));
        let reply = self.options.refuses.unwrap_or(0);
        client.write_all(&[5, reply, 0, 1, 127, 0, 0, 1, 0, 0])?;
        if reply != 0 {
            return Ok(());
        }
        let server = TcpStream::connect(self.options.to)?;
        join(client, server)
    }

    /// Agrees on who asks; reports whether to go on.
    fn greet(&self, client: &mut TcpStream) -> io::Result<bool> {
        let [_, count] = bytes(client)?;
        let mut methods = vec![0; usize::from(count)];
        client.read_exact(&mut methods)?;
        let Some((user, password)) = &self.options.user else {
            client.write_all(&[5, 0])?;
            return Ok(true);
        };
        if !methods.contains(&2) {
            client.write_all(&[5, 0xff])?;
            return Ok(false);
        }
        client.write_all(&[5, 2])?;
        let [_] = bytes(client)?;
        let right = [text(client)?, text(client)?] == [user.clone(), password.clone()];
        client.write_all(&[1, u8::from(!right)])?;
        Ok(right)
    }
}

fn bytes<const N: usize>(client: &mut TcpStream) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    client.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Reads a text after its length.
fn text(client: &mut TcpStream) -> io::Result<String> {
    let [length] = bytes(client)?;
    let mut bytes = vec![0; usize::from(length)];
    client.read_exact(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Passes on what comes from either side, until both have ended.
fn join(client: TcpStream, server: TcpStream) -> io::Result<()> {
    server.set_read_timeout(Some(PATIENCE))?;
    let (mut from_client, mut to_server) = (client.try_clone()?, server.try_clone()?);
    let up = thread::spawn(move || {
        let _ = io::copy(&mut from_client, &mut to_server);
        let _ = to_server.shutdown(Shutdown::Write);
    });
    let (mut from_server, mut to_client) = (server, client);
    let _ = io::copy(&mut from_server, &mut to_client);
    let _ = to_client.shutdown(Shutdown::Both);
    let _ = up.join();
    Ok(())
}
