//! Connections: accepts them, speaks HTTP/1.1 with limits on time, and ends them in peace. Knows nothing of charts.

mod paced;
mod stalled;
mod tls;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Extension;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

use crate::settings::{Listen, Wrong};

pub use paced::{Paced, TooSlow};
use stalled::Stalled;

/// Bytes of the head of a request: a token of 16 KiB, and what goes with it.
const HEAD_BYTES: usize = 64 * 1024;
/// Fields of the head of a request.
const HEAD_FIELDS: usize = 100;
/// How long a client may take for the handshake of TLS.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long to wait when no connection can be accepted: files are scarce, and will be for a while.
const SCARCE: Duration = Duration::from_millis(50);

/// Who is at the other end.
#[derive(Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// A socket that is listened on.
pub struct Listener {
    socket: TcpListener,
    tls: Option<TlsAcceptor>,
    settings: Listen,
}

impl Listener {
    /// Takes the port, and reads certificates.
    ///
    /// # Errors
    /// The port is taken, the certificates cannot be read.
    pub async fn bind(settings: &Listen) -> Result<Self, Wrong> {
        let tls = settings.tls.as_ref().map(tls::acceptor).transpose()?;
        let (host, port) = (settings.host.as_str(), settings.port);
        let socket = TcpListener::bind((host, port))
            .await
            .map_err(|error| Wrong::because(format!("cannot listen on {host}:{port}"), error))?;
        Ok(Listener { socket, tls, settings: settings.clone() })
    }

    /// Returns where it listens.
    ///
    /// # Errors
    /// What the system says.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Reports whether connections are encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.tls.is_some()
    }

    /// Answers requests until `stop` is there; then takes no more, and gives those under way their time.
    ///
    /// Returns whether all of them came to their end.
    pub async fn serve(self, router: Router, stop: impl Future<Output = ()>) -> bool {
        let graceful = GracefulShutdown::new();
        let places = Arc::new(Semaphore::new(self.settings.connections.min(Semaphore::MAX_PERMITS)));
        let mut stop = std::pin::pin!(stop);
        loop {
            // Those that find no place wait with the system.
            let accepted = async {
                let place = places.clone().acquire_owned().await;
                (place, self.socket.accept().await)
            };
            tokio::select! {
                () = &mut stop => break,
                (place, accepted) = accepted => match accepted {
                    Ok((stream, peer)) => {
                        let connection = self.connection(stream, Peer(peer), router.clone(), graceful.watcher());
                        tokio::spawn(async move {
                            connection.await;
                            drop(place);
                        });
                    }
                    Err(_) => tokio::time::sleep(SCARCE).await,
                },
            }
        }
        let patience = self.settings.stop_timeout;
        drop(self.socket);
        tokio::time::timeout(patience, graceful.shutdown()).await.is_ok()
    }

    fn connection(&self, stream: TcpStream, peer: Peer, router: Router, watcher: Watcher) -> impl Future<Output = ()> + use<> {
        let tls = self.tls.clone();
        let read_timeout = self.settings.read_timeout;
        let _ = stream.set_nodelay(true);
        let stream = Stalled::new(stream, self.settings.write_timeout);
        let router = router.layer(Extension(peer));
        async move {
            match tls {
                None => speak(stream, router, read_timeout, watcher).await,
                Some(tls) => {
                    if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE.min(read_timeout), tls.accept(stream)).await {
                        speak(stream, router, read_timeout, watcher).await;
                    }
                }
            }
        }
    }
}

/// Speaks HTTP with a client. Its errors are the client's: it went away, or did not speak HTTP.
async fn speak<S>(stream: S, router: Router, head_timeout: Duration, watcher: Watcher)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = TowerToHyperService::new(router);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_timeout)
        .max_headers(HEAD_FIELDS)
        .max_header_size(HEAD_BYTES)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let _ = watcher.watch(connection).await;
}
