//! Where the public part of a key ends, and which kinds of keys Helm reads.

use crate::cursor::Cursor;
use crate::fault::Fault;
use crate::signature::hex;

/// What a curve is used for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// Signatures of ECDSA, and encryption.
    General,
    /// Signatures of EdDSA.
    Edwards,
    Encryption,
}

/// The identifiers of curves.
const CURVES: [(&[u8], Use); 11] = [
    // P-256, P-384, P-521
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07], Use::General),
    (&[0x2b, 0x81, 0x04, 0x00, 0x22], Use::General),
    (&[0x2b, 0x81, 0x04, 0x00, 0x23], Use::General),
    // secp256k1
    (&[0x2b, 0x81, 0x04, 0x00, 0x0a], Use::General),
    // Curve25519 and X448
    (CURVE25519, Use::Encryption),
    (&[0x2b, 0x65, 0x6f], Use::Encryption),
    // Ed25519 and Ed448
    (&[0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x0f, 0x01], Use::Edwards),
    (&[0x2b, 0x65, 0x71], Use::Edwards),
    // Brainpool P-256, P-384, P-512
    (&[0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x07], Use::General),
    (&[0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0b], Use::General),
    (&[0x2b, 0x24, 0x03, 0x03, 0x02, 0x08, 0x01, 0x01, 0x0d], Use::General),
];

const CURVE25519: &[u8] = &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x97, 0x55, 0x01, 0x05, 0x01];

/// Takes the numbers of a public key.
pub fn skip(cursor: &mut Cursor<'_>, version: u8, algorithm: u8) -> Result<(), Fault> {
    match algorithm {
        1..=3 => rsa(cursor),
        16 => numbers(cursor, 3),
        17 => numbers(cursor, 4),
        18 => ecdh(cursor, version),
        19 => curve(cursor, Use::General).and_then(|_| numbers(cursor, 1)),
        22 => edwards(cursor, version),
        25 | 27 => cursor.take(32).map(drop),
        26 => cursor.take(56).map(drop),
        28 => cursor.take(57).map(drop),
        _ => Err(Fault::unsupported(format!("public key type: {algorithm}"))),
    }
}

fn numbers(cursor: &mut Cursor<'_>, count: usize) -> Result<(), Fault> {
    (0..count).try_for_each(|_| cursor.mpi().map(drop))
}

fn rsa(cursor: &mut Cursor<'_>) -> Result<(), Fault> {
    cursor.mpi()?;
    match cursor.mpi()?.len() {
        0..=3 => Ok(()),
        _ => Err(Fault::unsupported("large public exponent")),
    }
}

fn curve<'a>(cursor: &mut Cursor<'a>, wanted: Use) -> Result<&'a [u8], Fault> {
    let id = cursor.short()?;
    let Some((_, found)) = CURVES.iter().find(|(known, _)| *known == id) else {
        return Err(Fault::unsupported(format!("unknown oid: &{{{}}}", hex(id))));
    };
    match *found == wanted || wanted == Use::Encryption && *found == Use::General {
        true => Ok(id),
        false => Err(Fault::unsupported(format!("unsupported oid: &{{{}}}", hex(id)))),
    }
}

fn ecdh(cursor: &mut Cursor<'_>, version: u8) -> Result<(), Fault> {
    let curve = curve(cursor, Use::Encryption)?;
    if version == 6 && curve == CURVE25519 {
        return Err(Fault::structural("cannot read v6 key with deprecated OID: Curve25519Legacy"));
    }
    cursor.mpi()?;
    match cursor.short()? {
        [1, 8..=12 | 14, 2..=3 | 7..=9, ..] => Ok(()),
        [1, 8..=12 | 14, cipher, ..] => Err(Fault::unsupported(format!("unsupported ECDH KDF cipher: {cipher}"))),
        [1, hash, _, ..] => Err(Fault::unsupported(format!("unsupported ECDH KDF hash: {hash}"))),
        [reserved, _, _, ..] => Err(Fault::unsupported(format!("unsupported KDF reserved field: {reserved}"))),
        short => Err(Fault::unsupported(format!("unsupported ECDH KDF length: {}", short.len()))),
    }
}

fn edwards(cursor: &mut Cursor<'_>, version: u8) -> Result<(), Fault> {
    if version == 6 {
        return Err(Fault::structural("cannot generate v6 key with deprecated algorithm: EdDSALegacy"));
    }
    curve(cursor, Use::Edwards)?;
    match cursor.mpi()?.first() {
        None => Err(Fault::structural("empty EdDSA public key")),
        Some(0x40) => Ok(()),
        Some(flag) => Err(Fault::unsupported(format!("unsupported EdDSA compression: {flag}"))),
    }
}
