//! Certificates and keys in PEM, with Go's words for what is wrong (`crypto/tls.X509KeyPair`, `CertPool`).

use gostd::GoError;
use rustls::pki_types::pem::{PemObject, SectionKind};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Reads a chain of certificates and the key of the first.
///
/// # Errors
/// `unable to load cert from key pair: tls: failed to find any PEM data in certificate input` and others.
pub fn key_pair(
    certificates: &[u8],
    key: &[u8],
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), GoError> {
    let failed = |text: &str| GoError::new(format!("unable to load cert from key pair: tls: {text}"));
    let chain = self::certificates(certificates);
    if chain.is_empty() {
        return Err(failed(match kinds(certificates) {
            Kinds { key: true, .. } => {
                "failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may \
                 have been switched"
            }
            _ => "failed to find any PEM data in certificate input",
        }));
    }
    match PrivateKeyDer::from_pem_slice(key) {
        Ok(key) => Ok((chain, key)),
        Err(_) if kinds(key).certificate => {
            Err(failed("found a certificate rather than a key in the PEM for the private key"))
        }
        Err(_) => Err(failed("failed to find any PEM data in key input")),
    }
}

/// Reads the certificates of authorities.
///
/// # Errors
/// `failed to append certificates from pem block` when there is none.
pub fn authorities(text: &[u8]) -> Result<Vec<CertificateDer<'static>>, GoError> {
    match certificates(text) {
        found if found.is_empty() => Err(GoError::new("failed to append certificates from pem block")),
        found => Ok(found),
    }
}

/// Returns the certificates of a text; what else is there is left out, as by Go.
fn certificates(text: &[u8]) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_slice_iter(text).filter_map(Result::ok).collect()
}

#[derive(Default)]
struct Kinds {
    certificate: bool,
    key: bool,
}

fn kinds(text: &[u8]) -> Kinds {
    let mut kinds = Kinds::default();
    for (kind, _) in <(SectionKind, Vec<u8>)>::pem_slice_iter(text).filter_map(Result::ok) {
        match kind {
            SectionKind::Certificate => kinds.certificate = true,
            SectionKind::PrivateKey | SectionKind::RsaPrivateKey | SectionKind::EcPrivateKey => kinds.key = true,
            _ => {}
        }
    }
    kinds
}
