//! Whom a connection trusts, and who it says to be: a configuration of rustls.

use std::sync::Arc;

use certificate_check::{Presented, verifier};
use gostd::GoError;
use rustls::client::danger::ServerCertVerifier;
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, Error, InconsistentKeys, RootCertStore};

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
            return Ok(verifier(provider.clone(), |_| Ok(())));
        }
        let Some(authorities) = &self.authorities else {
            return Ok(Arc::new(rustls_platform_verifier::Verifier::new(provider.clone())?));
        };
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(authorities.iter().cloned());
        let chain = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build();
        let chain = chain.map_err(|error| Error::General(error.to_string()))?;
        let pinned = authorities.clone();
        Ok(verifier(provider.clone(), move |shown| decide(&chain, &pinned, shown)))
    }
}

/// Decides by the authorities that the user named.
fn decide(chain: &WebPkiServerVerifier, pinned: &[CertificateDer<'_>], shown: &Presented<'_>) -> Result<(), Error> {
    match shown.checked_by(chain) {
        // To Go a certificate that is trusted itself may be an authority: what `openssl req -x509` makes.
        Err(Error::InvalidCertificate(error)) if is_own_authority(&error) && pinned.contains(shown.certificate) => {
            verify_server_name(&ParsedCertificate::try_from(shown.certificate)?, shown.server_name)
        }
        result => result,
    }
}

/// Times and signature were checked before this is said (webpki checks the validity of the end entity first).
fn is_own_authority(error: &CertificateError) -> bool {
    matches!(error, CertificateError::Other(other) if format!("{other:?}").contains("CaUsedAsEndEntity"))
}
