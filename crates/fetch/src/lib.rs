//! Gets what stands at a URL, as Helm 4.3.1 does: up to ten requests, the proxies of the environment, the certificates of
//! the system or those that the user names, Go's words for what goes wrong. Beyond Helm: bodies are streamed, may come
//! packed, may be left out when they are known already, and what fails for the moment is tried again.

mod body;
mod client;
mod follow;
mod handshake;
mod names;
mod pem;
mod proxy;
mod request;
mod retry;
mod target;
mod tcp;
mod tls;
mod tls_words;
mod transport;
mod trust;
mod wire;
mod words;

pub use client::{Bounds, Client, get};
pub use request::{Failure, Known, Request, Response, Sink};
pub use retry::Retry;
pub use tls::TlsOptions;
pub use transport::{Compression, USER_AGENT, proxy_for, system_tls, transport};
pub use words::{broken_body, reason, status_text};
