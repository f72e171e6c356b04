//! TLS, with certificates of clients where they are asked for.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ServerConfig, WebPkiClientVerifier};
use rustls::{RootCertStore, crypto};
use tokio_rustls::TlsAcceptor;

use crate::settings::{Tls, Wrong};

/// Reads certificates and keys.
///
/// # Errors
/// A file cannot be read, holds nothing of the kind, or the key is not that of the certificate.
pub fn acceptor(settings: &Tls) -> Result<TlsAcceptor, Wrong> {
    let certificates = certificates(&settings.certificate)?;
    let key_text = read(&settings.key)?;
    let key = PrivateKeyDer::from_pem_slice(&key_text)
        .map_err(|error| Wrong::because(format!("{} holds no key (PEM)", settings.key.display()), error))?;
    let provider = Arc::new(crypto::aws_lc_rs::default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| Wrong::because("TLS cannot be used", error))?;
    let builder = match &settings.client_authority {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let mut authorities = RootCertStore::empty();
            for certificate in self::certificates(path)? {
                authorities.add(certificate).map_err(|error| {
                    Wrong::because(format!("Can't parse CA certificate file {}", path.display()), error)
                })?;
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(authorities), provider)
                .build()
                .map_err(|error| Wrong::because("certificates of clients cannot be checked", error))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let mut config = builder
        .with_single_cert(certificates, key)
        .map_err(|error| Wrong::because("the key is not that of the certificate", error))?;
    config.alpn_protocols = super::http::protocols();
    Ok(TlsAcceptor::from(Arc::new(config)))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Wrong> {
    let text = read(path)?;
    let wrong = |error| Wrong::because(format!("{} holds no certificates (PEM)", path.display()), error);
    let found = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>().map_err(wrong)?;
    if found.is_empty() {
        return Err(Wrong::new(format!("{} holds no certificates (PEM)", path.display())));
    }
    Ok(found)
}

fn read(path: &Path) -> Result<Vec<u8>, Wrong> {
    fs::read(path).map_err(|error| Wrong::because(format!("cannot read {}", path.display()), error))
}
