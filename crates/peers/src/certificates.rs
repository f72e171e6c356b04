//! Certificates for tests: an authority of our own, a server at the loopback address, and a client that it knows.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, io};

use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

/// An authority, with what it signed.
pub struct Certificates {
    authority: String,
    server: (String, String),
    client: (String, String),
}

/// Where certificates and keys were written to.
#[derive(Clone, Debug)]
pub struct Files {
    pub authority: PathBuf,
    pub server: PathBuf,
    pub server_key: PathBuf,
    pub client: PathBuf,
    pub client_key: PathBuf,
}

fn failed(error: impl std::fmt::Display) -> io::Error {
    io::Error::other(error.to_string())
}

impl Certificates {
    /// Makes an authority, a server for `127.0.0.1` and `localhost`, and a client.
    ///
    /// # Errors
    /// What the library says.
    pub fn new() -> io::Result<Self> {
        Certificates::of_server(&["127.0.0.1", "localhost"])
    }

    /// Makes them with a server for these names.
    ///
    /// # Errors
    /// What the library says.
    pub fn of_server(names: &[&str]) -> io::Result<Self> {
        let params = authority_params()?;
        let key = KeyPair::generate().map_err(failed)?;
        let authority = params.self_signed(&key).map_err(failed)?.pem();
        let issuer = Issuer::new(params, key);
        let server = signed(&issuer, names, ExtendedKeyUsagePurpose::ServerAuth)?;
        let client = signed(&issuer, &["client"], ExtendedKeyUsagePurpose::ClientAuth)?;
        Ok(Certificates { authority, server, client })
    }

    /// Makes a server whose certificate is its own authority, as `openssl req -x509` does.
    ///
    /// # Errors
    /// What the library says.
    pub fn self_signed() -> io::Result<Self> {
        let names = ["127.0.0.1".to_owned(), "localhost".to_owned()];
        let mut params = CertificateParams::new(names).map_err(failed)?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().map_err(failed)?;
        let certificate = params.self_signed(&key).map_err(failed)?.pem();
        let pair = (certificate.clone(), key.serialize_pem());
        Ok(Certificates { authority: certificate, server: pair.clone(), client: pair })
    }

    /// Writes `ca.crt`, `server.crt`, `server.key`, `client.crt` and `client.key` into a folder.
    ///
    /// # Errors
    /// What the system says.
    pub fn write(&self, folder: &Path) -> io::Result<Files> {
        fs::create_dir_all(folder)?;
        let file = |name: &str, text: &str| {
            let path = folder.join(name);
            fs::write(&path, text).map(|()| path)
        };
        Ok(Files {
            authority: file("ca.crt", &self.authority)?,
            server: file("server.crt", &self.server.0)?,
            server_key: file("server.key", &self.server.1)?,
            client: file("client.crt", &self.client.0)?,
            client_key: file("client.key", &self.client.1)?,
        })
    }

    /// Returns what a server needs; it may want to know who asks.
    ///
    /// # Errors
    /// What the library says.
    pub fn server_config(&self, demands_client: bool) -> io::Result<ServerConfig> {
        let provider: Arc<CryptoProvider> = Arc::new(aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(failed)?;
        let builder = if demands_client {
            let mut roots = RootCertStore::empty();
            roots.add(certificate(&self.authority)?).map_err(failed)?;
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.map_err(failed)?)
        } else {
            builder.with_no_client_auth()
        };
        let key = PrivateKeyDer::from_pem_slice(self.server.1.as_bytes()).map_err(failed)?;
        builder.with_single_cert(vec![certificate(&self.server.0)?], key).map_err(failed)
    }
}

fn certificate(pem: &str) -> io::Result<CertificateDer<'static>> {
    CertificateDer::from_pem_slice(pem.as_bytes()).map_err(failed)
}

/// No two authorities have one name: clients would take one for the other.
static MADE: AtomicUsize = AtomicUsize::new(0);

fn authority_params() -> io::Result<CertificateParams> {
    let mut params = CertificateParams::new(Vec::new()).map_err(failed)?;
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    params.distinguished_name.push(DnType::CommonName, format!("test authority {number} of {}", std::process::id()));
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    Ok(params)
}

/// Returns a certificate for names and its key.
fn signed(
    authority: &Issuer<'_, KeyPair>,
    names: &[&str],
    purpose: ExtendedKeyUsagePurpose,
) -> io::Result<(String, String)> {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).map_err(failed)?;
    params.extended_key_usages = vec![purpose];
    let key = KeyPair::generate().map_err(failed)?;
    let certificate = params.signed_by(&key, authority).map_err(failed)?;
    Ok((certificate.pem(), key.serialize_pem()))
}
