//! TLS as the user wants it: whom to trust, and as whom to speak (`internal/tlsutil` of Helm 4.3.1).

use std::fmt;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use gostd::GoError;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, StreamOwned};
use ureq::Error;
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, Either, LazyBuffers, NextTimeout, Transport, TransportAdapter,
};

use crate::handshake::handshake;
use crate::pem;
use crate::trust::{Identity, Trust};

/// The files and switches of a command line; a path may be empty.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct TlsOptions {
    pub ca_file: String,
    pub cert_file: String,
    pub key_file: String,
    pub insecure_skip_verify: bool,
}

impl TlsOptions {
    /// Reports whether Helm's HTTP getter looks at them at all: a certificate without a key counts for nothing.
    pub fn are_needed(&self) -> bool {
        let identity = !self.cert_file.is_empty() && !self.key_file.is_empty();
        identity || !self.ca_file.is_empty() || self.insecure_skip_verify
    }

    pub(crate) fn trust(&self) -> Result<Trust, GoError> {
        let identity = self.read_identity();
        let authorities = self.read("can't read CA file", &self.ca_file);
        let problems: Vec<&str> =
            [identity.as_ref().err(), authorities.as_ref().err()].into_iter().flatten().map(String::as_str).collect();
        if !problems.is_empty() {
            return Err(GoError::new(problems.join("\n")));
        }
        let (certificate, key) = identity.unwrap_or_default();
        let authorities = authorities.unwrap_or_default();
        let mut trust = Trust::system();
        trust.skips_verification = self.insecure_skip_verify;
        if !certificate.is_empty() && !key.is_empty() {
            let (chain, key) = pem::key_pair(&certificate, &key)?;
            trust.identity = Some(Identity { chain, key: Arc::new(key) });
        }
        if !authorities.is_empty() {
            trust.authorities = Some(pem::authorities(&authorities)?);
        }
        trust.check()?;
        Ok(trust)
    }

    fn read_identity(&self) -> Result<(Vec<u8>, Vec<u8>), String> {
        if self.cert_file.is_empty() && self.key_file.is_empty() {
            return Ok(Default::default());
        }
        let read = |what: &str, path: &str| read(path).map_err(|error| failed(what, path, &error));
        Ok((read("unable to read cert file", &self.cert_file)?, read("unable to read key file", &self.key_file)?))
    }

    fn read(&self, what: &str, path: &str) -> Result<Vec<u8>, String> {
        if path.is_empty() { Ok(Vec::new()) } else { read(path).map_err(|error| failed(what, path, &error)) }
    }
}

fn read(path: &str) -> std::io::Result<Vec<u8>> {
    std::fs::read(Path::new(path))
}

fn failed(what: &str, path: &str, error: &std::io::Error) -> String {
    let quoted = String::from_utf8_lossy(&gostd::strconv::quote(path.as_bytes())).into_owned();
    let text = error.to_string().to_lowercase();
    let reason = text.split(" (os error").next().unwrap_or_default();
    let operation = if error.kind() == std::io::ErrorKind::IsADirectory { "read" } else { "open" };
    format!("{what}: {quoted}: {operation} {path}: {reason}")
}

/// Puts TLS over connections of `https` URLs. What is needed for it is made for the first one.
#[derive(Debug)]
pub struct TlsConnector {
    trust: Arc<Trust>,
    config: OnceLock<Result<Arc<ClientConfig>, rustls::Error>>,
}

impl TlsConnector {
    pub fn new(trust: Arc<Trust>) -> Self {
        TlsConnector { trust, config: OnceLock::new() }
    }
}

impl<In: Transport> Connector<In> for TlsConnector {
    type Out = Either<In, TlsTransport>;

    fn connect(&self, details: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        let Some(transport) = chained else { return Ok(None) };
        if !details.needs_tls() || transport.is_tls() {
            return Ok(Some(Either::A(transport)));
        }
        let config = self.config.get_or_init(|| self.trust.config().map(Arc::new)).clone()?;
        let host = details.uri.host().unwrap_or_default();
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let name = ServerName::try_from(host.to_owned()).map_err(|_| Error::Tls("the host is no name for TLS"))?;
        let mut conn = ClientConnection::new(config, name)?;
        let mut sock = TransportAdapter::new(boxed(transport), details.current_time.clone());
        sock.set_timeout(details.timeout);
        handshake(&mut conn, &mut sock)?;
        let buffers = LazyBuffers::new(details.config.input_buffer_size(), details.config.output_buffer_size());
        Ok(Some(Either::B(TlsTransport { buffers, stream: StreamOwned { conn, sock } })))
    }
}

fn boxed(transport: impl Transport) -> Box<dyn Transport> {
    Box::new(transport)
}

/// A connection with TLS.
pub struct TlsTransport {
    buffers: LazyBuffers,
    stream: StreamOwned<ClientConnection, TransportAdapter>,
}

impl Transport for TlsTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.stream.sock.set_timeout(timeout);
        let output = self.buffers.output().get(..amount).unwrap_or_default();
        self.stream.write_all(output)?;
        Ok(())
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.stream.sock.set_timeout(timeout);
        let amount = self.stream.read(self.buffers.input_append_buf())?;
        self.buffers.input_appended(amount);
        Ok(amount > 0)
    }

    fn is_open(&mut self) -> bool {
        self.stream.sock.get_mut().is_open()
    }

    fn is_tls(&self) -> bool {
        true
    }
}

impl fmt::Debug for TlsTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsTransport").finish_non_exhaustive()
    }
}
