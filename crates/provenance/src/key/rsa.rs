//! Signatures by RSA keys, which most keys are: aws-lc checks them twenty times as fast as pure Rust does, and every name in a
//! keyring has one.

use aws_lc_rs::signature::{
    RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA384, RsaParameters, RsaPublicKeyComponents,
};
use pgp::crypto::hash::HashAlgorithm;
use pgp::types::SignatureBytes;

use crate::cursor::Cursor;
use crate::fault::Fault;

/// Reports whether a signature of bytes holds. No is no answer: the key may be too small, or the hash unknown here.
pub fn holds(public: &[u8], hash: HashAlgorithm, bytes: &[u8], signature: &SignatureBytes) -> bool {
    let (Some(parameters), SignatureBytes::Mpis(numbers)) = (parameters(hash), signature) else { return false };
    let (Ok((n, e)), [number]) = (numbers_of(public), numbers.as_slice()) else { return false };
    let number: &[u8] = number.as_ref();
    let Some(missing) = n.len().checked_sub(number.len()) else { return false };
    let signature = [&vec![0; missing], number].concat();
    RsaPublicKeyComponents { n, e }.verify(parameters, bytes, &signature).is_ok()
}

fn parameters(hash: HashAlgorithm) -> Option<&'static RsaParameters> {
    match hash {
        HashAlgorithm::Sha1 => Some(&RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY),
        HashAlgorithm::Sha256 => Some(&RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY),
        HashAlgorithm::Sha384 => Some(&RSA_PKCS1_2048_8192_SHA384),
        HashAlgorithm::Sha512 => Some(&RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY),
        _ => None,
    }
}

/// Returns modulus and exponent.
fn numbers_of(public: &[u8]) -> Result<(&[u8], &[u8]), Fault> {
    let mut cursor = Cursor::new(public);
    // Version, time and algorithm; version 6 has a length too.
    let head = if public.first() == Some(&6) { 10 } else { 6 };
    cursor.take(head)?;
    let (n, e) = (cursor.mpi()?, cursor.mpi()?);
    Ok((without_zeros(n), without_zeros(e)))
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let start = number.iter().position(|byte| *byte != 0).unwrap_or(number.len());
    number.get(start..).unwrap_or_default()
}
