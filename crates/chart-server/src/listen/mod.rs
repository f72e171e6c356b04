//! Connections: accepts them, speaks HTTP with limits on time and size, and ends them in peace. Knows nothing of charts.

mod certificates;
mod ending;
mod http;
mod paced;
mod stalled;
mod tls;
mod under_way;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::response::Response;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::log::Log;
use crate::settings::{Listen, Wrong};

pub use certificates::Certificates;
use ending::{Ending, Told};
use http::{Service, Version, speak};
pub use paced::{Paced, TooSlow};
use stalled::Stalled;
use under_way::Patience;

/// How long a client may take for the handshake of TLS.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long to wait when no connection can be accepted: files are scarce, and will be for a while.
const SCARCE: Duration = Duration::from_millis(50);

/// Who is at the other end.
#[derive(Clone, Copy)]
pub struct Peer(pub SocketAddr);

/// Answers requests.
pub trait Answers: Clone + Send + Sync + 'static {
    /// Answers a request of somebody. The body of an answer to HEAD is not sent.
    fn answer(&self, peer: Peer, request: Request) -> impl Future<Output = Response> + Send;
}

/// A socket that is listened on.
pub struct Listener {
    socket: TcpListener,
    certificates: Option<Arc<Certificates>>,
    settings: Listen,
}

impl Listener {
    /// Takes the port, and reads certificates.
    ///
    /// # Errors
    /// The port is taken, the certificates cannot be read.
    pub async fn bind(settings: &Listen, log: &Arc<Log>) -> Result<Self, Wrong> {
        let read = |files| Certificates::open(files, log.clone()).map(Arc::new);
        let certificates = settings.tls.as_ref().map(read).transpose()?;
        let (host, port) = (settings.host.as_str(), settings.port);
        let socket = TcpListener::bind((host, port))
            .await
            .map_err(|error| Wrong::because(format!("cannot listen on {host}:{port}"), error))?;
        Ok(Listener { socket, certificates, settings: settings.clone() })
    }

    /// Returns where it listens.
    ///
    /// # Errors
    /// What the system says.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Returns the certificates, where connections are encrypted.
    pub fn certificates(&self) -> Option<&Arc<Certificates>> {
        self.certificates.as_ref()
    }

    /// Answers requests until `stop` is there; then takes no more, and gives those under way their time.
    ///
    /// Returns whether all of them came to their end.
    pub async fn serve(self, answers: impl Answers, stop: impl Future<Output = ()>) -> bool {
        let ending = Ending::new();
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
                        let service = Service { answers: answers.clone(), peer: Peer(peer) };
                        let connection = self.connection(stream, service, ending.told());
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
        timeout(patience, ending.end()).await.is_ok()
    }

    fn connection<A: Answers>(
        &self,
        stream: TcpStream,
        service: Service<A>,
        mut told: Told,
    ) -> impl Future<Output = ()> + use<A> {
        let certificates = self.certificates.clone();
        let patience = Patience { request: self.settings.read_timeout, answer: self.settings.write_timeout };
        let _ = stream.set_nodelay(true);
        async move {
            match certificates {
                None => {
                    let begun = async { timeout(patience.request, begun(&stream)).await.ok() };
                    let version = tokio::select! {
                        version = begun => version,
                        () = told.end() => None,
                    };
                    let Some(version) = version else { return };
                    speak(version, Stalled::new(stream, patience.answer), service, patience, told).await;
                }
                Some(certificates) => {
                    let acceptor = certificates.acceptor().await;
                    let greeted = acceptor.accept(Stalled::new(stream, patience.answer));
                    let Ok(Ok(stream)) = timeout(HANDSHAKE.min(patience.request), greeted).await else { return };
                    let version = Version::agreed(stream.get_ref().1.alpn_protocol());
                    speak(version, stream, service, patience, told).await;
                }
            }
        }
    }
}

/// Waits for the first bytes of a client, and leaves them where they are. Clients that speak HTTP/2 in clear text send more
/// than is looked at in one piece; an error is found again by who reads.
async fn begun(stream: &TcpStream) -> Version {
    let mut start = [0; 3];
    let read = stream.peek(&mut start).await.unwrap_or(0);
    Version::begun(start.get(..read).unwrap_or_default())
}
