//! Whom a connection trusts, and who it says to be: a configuration of rustls.

use std::sync::Arc;

use gostd::GoError;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, InconsistentKeys, RootCertStore, SignatureScheme,
};

/// A certificate with its chain, and its key.
#[derive(Debug)]
pub struct Identity {
    pub chain: Vec<CertificateDer<'static>>,
    pub key: Arc<PrivateKeyDer<'static>>,
}

#[derive(Debug)]
pub struct Trust {
    /// Those of the system if none.
    pub authorities: Option<Vec<CertificateDer<'static>>>,
    pub identity: Option<Identity>,
    pub skips_verification: bool,
}

impl Trust {
    pub fn system() -> Self {
        Trust { authorities: None, identity: None, skips_verification: false }
    }

    /// Checks what the user gave, before any connection needs it.
    ///
    /// # Errors
    /// Go's words for a key that is not the certificate's.
    pub fn check(&self) -> Result<(), GoError> {
        if self.identity.is_none() {
            return Ok(());
        }
        self.config().map(drop).map_err(|error| {
            let cause = match error {
                Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
                    "private key does not match public key".into()
                }
                Error::General(text) if text.contains("key") => "failed to parse private key".into(),
                error => error.to_string(),
            };
            GoError::new(format!("unable to load cert from key pair: tls: {cause}"))
        })
    }

    /// # Errors
    /// A system without authorities, a key that cannot be used.
    pub fn config(&self) -> Result<ClientConfig, Error> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(self.verifier(&provider)?);
        match &self.identity {
            Some(identity) => builder.with_client_auth_cert(identity.chain.clone(), identity.key.clone_key()),
            None => Ok(builder.with_no_client_auth()),
        }
    }

    fn verifier(&self, provider: &Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, Error> {
        if self.skips_verification {
            return Ok(Arc::new(Verifier { chain: None, pinned: Vec::new(), provider: provider.clone() }));
        }
        let Some(authorities) = &self.authorities else {
            return Ok(Arc::new(rustls_platform_verifier::Verifier::new(provider.clone())?));
        };
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(authorities.iter().cloned());
        let chain = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build();
        let chain = chain.map_err(|error| Error::General(error.to_string()))?;
        Ok(Arc::new(Verifier { chain: Some(chain), pinned: authorities.clone(), provider: provider.clone() }))
    }
}

/// Checks against authorities that the user named; or nothing at all.
#[derive(Debug)]
struct Verifier {
    chain: Option<Arc<WebPkiServerVerifier>>,
    pinned: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
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
            // To Go a certificate that is trusted itself may be an authority: what `openssl req -x509` makes.
            Err(Error::InvalidCertificate(error)) if is_own_authority(&error) && self.pinned.contains(end_entity) => {
                verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
                Ok(ServerCertVerified::assertion())
            }
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

/// Times and signature were checked before this is said (webpki checks the validity of the end entity first).
fn is_own_authority(error: &CertificateError) -> bool {
    matches!(error, CertificateError::Other(other) if format!("{other:?}").contains("CaUsedAsEndEntity"))
}
