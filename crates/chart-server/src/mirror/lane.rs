//! Fetches archives over connections that one thread drives: for the many small ones of a round, of which nearly all come
//! without ado. What does not, is left to [`Fetcher::fetch`], which knows redirects, proxies, and what to try again.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::http::header::{HOST, USER_AGENT};
use bytes::Bytes;
use chart_store::{Error, Spooled};
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper::{Request, Response, StatusCode, Uri, body::Incoming};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::archive::{Fetcher, SILENCE, TIMEOUT};
use super::upstream::Remote;
use super::wanted::VIA;

/// How long the thread waits before it looks what came. What came for several connections, and head and body of an answer,
/// are done with in one go then: to be woken for each costs as much as what is to be done.
pub const TICK: Duration = Duration::from_millis(2);
/// What a connection reads ahead at most.
const AHEAD_BYTES: usize = 64 * 1024;

/// Makes what drives connections on this thread.
///
/// # Errors
/// What the system says.
pub fn runtime() -> io::Result<Runtime> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    // The pause is what this is for, not a wait for something: see TICK.
    builder.on_thread_park(|| std::thread::sleep(TICK)).enable_io().enable_time().build()
}

/// A connection that stays for the next archive.
pub struct Lane<'a> {
    fetcher: &'a Fetcher,
    tls: &'a Tls,
    kept: Option<Kept>,
    /// Requests that were made.
    pub requests: u64,
}

/// A connection, and where it leads.
struct Kept {
    scheme: String,
    authority: String,
    sender: SendRequest<Empty<Bytes>>,
}

/// Why a lane did not bring an archive.
pub enum Missed {
    /// The store failed.
    Ours(Error),
    /// It is larger than it may be.
    TooLarge,
    /// Whatever else there may be.
    Odd,
}

impl<'a> Lane<'a> {
    pub fn new(fetcher: &'a Fetcher, tls: &'a Tls) -> Self {
        Lane { fetcher, tls, kept: None, requests: 0 }
    }

    /// Fetches the bytes at a URL.
    ///
    /// # Errors
    /// See [`Missed`].
    pub async fn fetch(&mut self, remote: &Remote) -> Result<Spooled, Missed> {
        timeout(TIMEOUT, self.fetch_all(remote)).await.unwrap_or(Err(Missed::Odd))
    }

    async fn fetch_all(&mut self, remote: &Remote) -> Result<Spooled, Missed> {
        let uri: Uri = remote.url.parse().map_err(|_| Missed::Odd)?;
        let asked = timeout(SILENCE, self.ask(&uri)).await.ok().flatten();
        let (mut kept, answer) = asked.ok_or(Missed::Odd)?;
        if answer.status() != StatusCode::OK {
            return Err(Missed::Odd);
        }
        let body = self.body(answer).await?;
        if kept.sender.ready().await.is_ok() {
            self.kept = Some(kept);
        }
        Ok(body)
    }

    async fn body(&self, answer: Response<Incoming>) -> Result<Spooled, Missed> {
        let mut body = answer.into_body();
        let mut spool = self.fetcher.spool();
        while let Some(frame) = timeout(SILENCE, body.frame()).await.map_err(|_| Missed::Odd)? {
            let Ok(data) = frame.map_err(|_| Missed::Odd)?.into_data() else { continue };
            spool.write(&data).await.map_err(of_store)?;
        }
        spool.finish().await.map_err(of_store)
    }

    async fn ask(&mut self, uri: &Uri) -> Option<(Kept, Response<Incoming>)> {
        let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'))?.as_str();
        let same = |kept: &Kept| Some(kept.scheme.as_str()) == uri.scheme_str() && kept.authority == authority;
        if let Some(kept) = self.kept.take().filter(same)
            && let Some(asked) = self.ask_over(kept, uri).await
        {
            return Some(asked);
        }
        // One that was kept may have ended meanwhile.
        let kept = self.connect(uri, authority).await?;
        self.ask_over(kept, uri).await
    }

    async fn ask_over(&mut self, mut kept: Kept, uri: &Uri) -> Option<(Kept, Response<Incoming>)> {
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let request = Request::get(path).header(HOST, &kept.authority).header(USER_AGENT, fetch::USER_AGENT);
        let request = request.header(VIA, self.fetcher.via()).body(Empty::new()).ok()?;
        self.requests += 1;
        let answer = kept.sender.send_request(request).await.ok()?;
        Some((kept, answer))
    }

    async fn connect(&self, uri: &Uri, authority: &str) -> Option<Kept> {
        if !matches!(fetch::proxy_for(&uri.to_string()), Ok(None)) {
            return None;
        }
        let host = uri.host()?.trim_start_matches('[').trim_end_matches(']');
        let scheme = uri.scheme_str()?;
        let stream = async |port: u16| {
            let stream = TcpStream::connect((host, uri.port_u16().unwrap_or(port))).await.ok()?;
            stream.set_nodelay(true).ok()?;
            Some(Eager { stream, is_answered: false })
        };
        let sender = match scheme {
            "http" => sender(stream(80).await?).await?,
            "https" => {
                let name = ServerName::try_from(host.to_owned()).ok()?;
                let connector = TlsConnector::from(self.tls.config()?);
                sender(connector.connect(name, stream(443).await?).await.ok()?).await?
            }
            _ => return None,
        };
        Some(Kept { scheme: scheme.to_owned(), authority: authority.to_owned(), sender })
    }
}

/// Whom connections trust; made for the first that needs it.
#[derive(Default)]
pub struct Tls(OnceLock<Option<Arc<ClientConfig>>>);

impl Tls {
    fn config(&self) -> Option<Arc<ClientConfig>> {
        self.0.get_or_init(|| fetch::system_tls().ok().map(Arc::new)).clone()
    }
}

async fn sender<I>(io: I) -> Option<SendRequest<Empty<Bytes>>>
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sender, connection) = Builder::new().max_buf_size(AHEAD_BYTES).handshake(TokioIo::new(io)).await.ok()?;
    // How it ends, its sender says too.
    tokio::spawn(async { drop(connection.await) });
    Some(sender)
}

fn of_store(error: Error) -> Missed {
    match error {
        Error::TooLarge { .. } => Missed::TooLarge,
        error => Missed::Ours(error),
    }
}

/// A connection that acknowledges what came before it waits for more of an answer (`fetch` says why).
struct Eager {
    stream: TcpStream,
    is_answered: bool,
}

impl AsyncRead for Eager {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_read(cx, buffer) {
            Poll::Pending if self.is_answered => {
                self.is_answered = false;
                acknowledge(&self.stream);
                Poll::Pending
            }
            Poll::Pending => Poll::Pending,
            done => {
                self.is_answered = true;
                done
            }
        }
    }
}

impl AsyncWrite for Eager {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(cx, bytes));
        self.is_answered = false;
        Poll::Ready(written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(target_os = "linux")]
fn acknowledge(stream: &TcpStream) {
    use rustix::net::sockopt::set_tcp_quickack;
    let _ = set_tcp_quickack(stream, true).and_then(|()| set_tcp_quickack(stream, false));
}

#[cfg(not(target_os = "linux"))]
fn acknowledge(_: &TcpStream) {}
