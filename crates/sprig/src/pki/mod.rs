//! Keys and certificates as Go's `crypto/x509` and `encoding/pem` write and read them.

pub(crate) mod asn1;
pub(crate) mod cursor;
pub(crate) mod der;
pub(crate) mod dsa;
pub(crate) mod ec;
pub(crate) mod keys;
pub(crate) mod parse;
pub(crate) mod pem;
pub(crate) mod rsa;
pub(crate) mod x509;

/// Object identifiers, as their encoded content.
pub(crate) mod oid {
    pub(crate) const RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
    pub(crate) const RSA_SHA256: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b";
    pub(crate) const DSA: &[u8] = b"\x2a\x86\x48\xce\x38\x04\x01";
    pub(crate) const EC: &[u8] = b"\x2a\x86\x48\xce\x3d\x02\x01";
    pub(crate) const ED25519: &[u8] = b"\x2b\x65\x70";
    pub(crate) const X25519: &[u8] = b"\x2b\x65\x6e";
    pub(crate) const COMMON_NAME: &[u8] = b"\x55\x04\x03";
    pub(crate) const SERVER_AUTH: &[u8] = b"\x2b\x06\x01\x05\x05\x07\x03\x01";
    pub(crate) const CLIENT_AUTH: &[u8] = b"\x2b\x06\x01\x05\x05\x07\x03\x02";
    pub(crate) const SUBJECT_KEY_ID: &[u8] = b"\x55\x1d\x0e";
    pub(crate) const KEY_USAGE: &[u8] = b"\x55\x1d\x0f";
    pub(crate) const ALTERNATIVE_NAMES: &[u8] = b"\x55\x1d\x11";
    pub(crate) const BASIC_CONSTRAINTS: &[u8] = b"\x55\x1d\x13";
    pub(crate) const AUTHORITY_KEY_ID: &[u8] = b"\x55\x1d\x23";
    pub(crate) const EXTENDED_KEY_USAGE: &[u8] = b"\x55\x1d\x25";
}
