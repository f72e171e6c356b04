//! A server of the files of a folder: over HTTP or HTTPS, for anyone or with a password, and with all that may go wrong.

mod answer;
mod parse;
mod request;

use std::collections::HashMap;
use std::io::{self, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::certificates::Certificates;
pub use request::Seen;

/// A request that does not come is not waited for longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// How files are served.
#[derive(Clone, Default)]
pub struct Options {
    pub folder: PathBuf,
    /// With a certificate; `true` for clients that must have one too.
    pub tls: Option<(Arc<Certificates>, bool)>,
    /// User and password that everyone needs.
    pub user: Option<(String, String)>,
    /// Bodies are packed for those who take them so.
    pub gzip: bool,
    pub etag: bool,
    /// What a path answers instead of its file, in this order; then the file.
    pub rules: HashMap<String, Vec<Rule>>,
}

/// What goes otherwise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Rule {
    /// Status and location.
    Redirect(u16, String),
    /// Status and the words behind it.
    Status(u16, String),
    /// Only so many bytes of the body come.
    Cut(usize),
    /// Nothing comes, and the connection ends.
    Silence,
    /// Nothing comes, and the connection stays.
    Stall,
    /// The rule, every time.
    Always(Box<Rule>),
}

/// Serves until dropped.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    options: Options,
    tls: Option<Arc<ServerConfig>>,
    rules: Mutex<HashMap<String, Vec<Rule>>>,
    seen: Mutex<Vec<Seen>>,
    stopped: AtomicBool,
    /// Connections that stall until the end.
    stalled: Mutex<Vec<TcpStream>>,
}

impl Server {
    /// Serves a folder over plain HTTP.
    ///
    /// # Errors
    /// What the system says.
    pub fn of(folder: &Path) -> io::Result<Self> {
        Server::start(Options { folder: folder.to_owned(), ..Options::default() })
    }

    /// # Errors
    /// What the system says, and certificates that cannot be used.
    pub fn start(options: Options) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let tls = options.tls.as_ref().map(|(certificates, demands)| certificates.server_config(*demands));
        let shared = Arc::new(Shared {
            tls: tls.transpose()?.map(Arc::new),
            rules: Mutex::new(options.rules.clone()),
            options,
            seen: Mutex::default(),
            stopped: AtomicBool::new(false),
            stalled: Mutex::default(),
        });
        let accepting = shared.clone();
        thread::spawn(move || accepting.accept(&listener));
        Ok(Server { address, shared })
    }

    /// Returns `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        let scheme = if self.shared.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the requests so far.
    pub fn seen(&self) -> Vec<Seen> {
        locked(&self.shared.seen).clone()
    }

    /// Sets what a path answers next.
    pub fn rule(&self, path: &str, rules: Vec<Rule>) {
        locked(&self.shared.rules).insert(path.to_owned(), rules);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Relaxed);
        for stream in locked(&self.shared.stalled).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
        // Wakes the accepting thread, so that it sees the flag; if that fails there is nobody to wake.
        let _ = TcpStream::connect(self.address);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    fn accept(self: Arc<Self>, listener: &TcpListener) {
        for stream in listener.incoming() {
            if self.stopped.load(Ordering::Relaxed) {
                return;
            }
            let shared = self.clone();
            // A client that goes away in the middle is its own problem.
            thread::spawn(move || stream.and_then(|stream| shared.serve(stream)));
        }
    }

    fn serve(&self, stream: TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        let Some(config) = &self.tls else { return self.exchange(&stream, &stream) };
        let connection = ServerConnection::new(config.clone()).map_err(|error| io::Error::other(error.to_string()))?;
        let mut tls = StreamOwned::new(connection, &stream);
        let done = self.exchange(&mut tls, &stream);
        tls.conn.send_close_notify();
        let _ = tls.flush();
        done
    }

    /// Takes a request and answers it.
    fn exchange(&self, mut channel: impl io::Read + Write, stream: &TcpStream) -> io::Result<()> {
        let seen = match request::read(&mut channel) {
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return channel.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
            }
            seen => seen?,
        };
        let rule = self.rule(&seen.path);
        locked(&self.seen).push(seen.clone());
        match rule {
            Some(Rule::Silence) => stream.shutdown(Shutdown::Both),
            Some(Rule::Stall) => {
                locked(&self.stalled).push(stream.try_clone()?);
                Ok(())
            }
            rule => {
                let bytes = answer::answer(&self.options, &seen, rule);
                channel.write_all(&bytes)?;
                channel.flush()
            }
        }
    }

    fn rule(&self, path: &str) -> Option<Rule> {
        let mut rules = locked(&self.rules);
        let rules = rules.get_mut(path)?;
        match rules.first()? {
            Rule::Always(rule) => Some((**rule).clone()),
            _ => Some(rules.remove(0)),
        }
    }
}
