//! What the modes of PostgreSQL check of a server's certificate.

use std::sync::Arc;

use gostd::GoError;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::tls::{Check, Settings, unreadable};

/// Returns the verifier of a mode.
///
/// # Errors
/// An authority that cannot be read.
pub fn verifier(
    settings: &Settings<'_>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, GoError> {
    let full = match settings.check {
        Check::Nothing => None,
        _ => Some(trusted(settings.root, provider)?),
    };
    match (settings.check, full) {
        (Check::Full, Some(full)) => Ok(full),
        (_, chain) => Ok(Arc::new(Lax { chain, provider: provider.clone() })),
    }
}

fn trusted(root: Option<&str>, provider: &Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, GoError> {
    let Some(path) = root.filter(|path| *path != "system") else {
        let system = rustls_platform_verifier::Verifier::new(provider.clone());
        return Ok(Arc::new(system.map_err(|error| GoError::new(error.to_string()))?));
    };
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    for certificate in certificates.map_err(|error| unreadable(path, &error))? {
        roots
            .add(certificate)
            .map_err(|error| GoError::new(format!("pq: couldn't parse pem in sslrootcert: {error}")))?;
    }
    let built = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build();
    Ok(built.map_err(|error| GoError::new(format!("pq: couldn't parse pem in sslrootcert: {error}")))?)
}

/// Checks who signed the certificate, or nothing at all, but not whom it is for.
#[derive(Debug)]
struct Lax {
    chain: Option<Arc<dyn ServerCertVerifier>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Lax {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(chain) = &self.chain else { return Ok(ServerCertVerified::assertion()) };
        match chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            // The name is checked last, after the chain.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            result => result,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
