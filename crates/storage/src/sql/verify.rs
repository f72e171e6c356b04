//! What the modes of PostgreSQL check of a server's certificate.

use std::sync::Arc;

use certificate_check::Presented;
use gostd::GoError;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{CertificateError, Error, RootCertStore};

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
        (_, Some(chain)) => Ok(certificate_check::verifier(provider.clone(), move |shown| lax(&*chain, shown))),
        (_, None) => Ok(certificate_check::verifier(provider.clone(), |_| Ok(()))),
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

/// Checks who signed the certificate, but not whom it is for.
fn lax(chain: &dyn ServerCertVerifier, shown: &Presented<'_>) -> Result<(), Error> {
    match shown.checked_by(chain) {
        // The name is checked last, after the chain.
        Err(Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        )) => Ok(()),
        result => result,
    }
}
