//! Verifiers of server certificates that decide otherwise than rustls does. Who decides says only that: signatures of a
//! handshake are checked here, by the provider of the connection. Knows nothing of files, flags and protocols.

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, SignatureScheme};

/// What a server shows, and what is known of it.
pub struct Presented<'a> {
    pub certificate: &'a CertificateDer<'a>,
    pub intermediates: &'a [CertificateDer<'a>],
    pub server_name: &'a ServerName<'a>,
    pub ocsp_response: &'a [u8],
    pub now: UnixTime,
}

impl Presented<'_> {
    /// Has another verifier decide.
    ///
    /// # Errors
    /// What that one has against the certificate.
    pub fn checked_by(&self, verifier: &dyn ServerCertVerifier) -> Result<(), Error> {
        let Presented { certificate, intermediates, server_name, ocsp_response, now } = *self;
        verifier.verify_server_cert(certificate, intermediates, server_name, ocsp_response, now).map(drop)
    }
}

/// Returns a verifier that lets `decide` say whether a certificate will do.
pub fn verifier(
    provider: Arc<CryptoProvider>,
    decide: impl Fn(&Presented<'_>) -> Result<(), Error> + Send + Sync + 'static,
) -> Arc<dyn ServerCertVerifier> {
    Arc::new(Decided { provider, decide })
}

struct Decided<D> {
    provider: Arc<CryptoProvider>,
    decide: D,
}

impl<D> fmt::Debug for Decided<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decided").finish_non_exhaustive()
    }
}

impl<D: Fn(&Presented<'_>) -> Result<(), Error> + Send + Sync> ServerCertVerifier for Decided<D> {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        (self.decide)(&Presented { certificate, intermediates, server_name, ocsp_response, now })?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
