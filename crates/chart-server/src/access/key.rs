//! The public key that tokens are checked with.

use std::fs;
use std::path::Path;

use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256,
    RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters, UnparsedPublicKey,
};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{self, SectionKind};

use crate::settings::Wrong;

/// An RSA key, in the form that it was written in.
pub struct VerifyingKey {
    der: Vec<u8>,
}

impl VerifyingKey {
    /// Reads the first key or certificate of a PEM file.
    ///
    /// # Errors
    /// The file cannot be read, or holds neither.
    pub fn read(path: &Path) -> Result<Self, Wrong> {
        let shown = path.display();
        let text = fs::read(path).map_err(|error| Wrong::because(format!("cannot read {shown}"), error))?;
        let mut rest = text.as_slice();
        while let Ok(Some((kind, der))) = pem::from_buf(&mut rest) {
            match kind {
                SectionKind::PublicKey => return Ok(VerifyingKey { der }),
                SectionKind::Certificate => return of_certificate(der, path),
                _ => {}
            }
        }
        Err(Wrong::new(format!("{shown} holds no public key or certificate (PEM)")))
    }

    /// Reports whether a signature is right; `algorithm` is the word that stands in the token, and only those of RSA are
    /// known: what else a token names (`none`, `HS256`) is never right.
    pub fn verify(&self, algorithm: &str, message: &[u8], signature: &[u8]) -> bool {
        let parameters: &'static RsaParameters = match algorithm {
            "RS256" => &RSA_PKCS1_2048_8192_SHA256,
            "RS384" => &RSA_PKCS1_2048_8192_SHA384,
            "RS512" => &RSA_PKCS1_2048_8192_SHA512,
            "PS256" => &RSA_PSS_2048_8192_SHA256,
            "PS384" => &RSA_PSS_2048_8192_SHA384,
            "PS512" => &RSA_PSS_2048_8192_SHA512,
            _ => return false,
        };
        UnparsedPublicKey::new(parameters, &self.der).verify(message, signature).is_ok()
    }
}

fn of_certificate(der: Vec<u8>, path: &Path) -> Result<VerifyingKey, Wrong> {
    let wrong = |error| Wrong::because(format!("cannot read the certificate in {}", path.display()), error);
    let der = CertificateDer::from(der);
    let certificate = webpki::EndEntityCert::try_from(&der).map_err(wrong)?;
    Ok(VerifyingKey { der: certificate.subject_public_key_info().as_ref().to_vec() })
}
