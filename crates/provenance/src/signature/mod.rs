//! Signature packets (`openpgp/packet/signature.go`, RFC 9580 section 5.2).

mod subpacket;

use data_encoding::HEXLOWER;
use pgp::bytes::Bytes;
use pgp::crypto::hash::HashAlgorithm;
use pgp::types::SignatureBytes;

use crate::cursor::Cursor;
use crate::fault::Fault;

/// Signatures in signatures; keys need one.
const DEPTH_LIMIT: usize = 4;

/// What a signature says.
#[derive(Default)]
pub struct Claims {
    pub created: Option<u32>,
    /// Seconds until the signature, or the key, ends; none or 0 for ever.
    pub lifetime: Option<u32>,
    pub key_lifetime: Option<u32>,
    pub issuer: Option<u64>,
    pub issuer_fingerprint: Option<Vec<u8>>,
    pub is_primary: Option<bool>,
    /// The names of notations that must be understood.
    pub critical_notations: Vec<String>,
    /// What the key may be used for.
    pub flags: Option<u8>,
    pub revocation_reason: Option<u8>,
    pub embedded: Option<Box<Signature>>,
}

/// A signature.
pub struct Signature {
    pub version: u8,
    pub kind: u8,
    pub algorithm: u8,
    pub claims: Claims,
    hash: HashAlgorithm,
    /// What is hashed behind the signed data.
    suffix: Vec<u8>,
    /// The first bytes of the hash.
    pub tag: [u8; 2],
    salt: Vec<u8>,
    pub material: SignatureBytes,
}

/// A key may be used to sign data.
pub const FLAG_SIGN: u8 = 2;

impl Signature {
    pub fn parse(cursor: &mut Cursor<'_>) -> Result<Self, Fault> {
        parse(cursor, DEPTH_LIMIT)
    }

    pub fn hash_algorithm(&self) -> HashAlgorithm {
        self.hash
    }

    /// Returns data with what the signature says, which is what is hashed.
    pub fn hashed_bytes(&self, data: &[u8]) -> Vec<u8> {
        [&self.salt, data, &self.suffix].concat()
    }

    /// Returns the hash of [`Signature::hashed_bytes`].
    ///
    /// # Errors
    /// For bytes made to collide under SHA-1.
    pub fn digest(&self, hashed_bytes: &[u8]) -> Result<Vec<u8>, Fault> {
        self.hash.digest(hashed_bytes).map_err(|_| Fault::Signature("hash collision".into()))
    }

    /// Reports whether the time of the signature is over, or not there yet.
    pub fn is_expired(&self, now: u64) -> bool {
        let created = u64::from(self.claims.created.unwrap_or_default());
        created > now || ends_before(created, self.claims.lifetime, now)
    }

    pub fn may_sign(&self) -> bool {
        self.claims.flags.is_some_and(|flags| flags & FLAG_SIGN != 0)
    }

    pub fn is_newer_than(&self, other: &Signature) -> bool {
        self.claims.created > other.claims.created
    }
}

/// Reports whether what started at a time and lasts so many seconds is over.
pub fn ends_before(start: u64, lifetime: Option<u32>, now: u64) -> bool {
    lifetime.is_some_and(|lifetime| lifetime != 0 && now > start + u64::from(lifetime))
}

fn parse(cursor: &mut Cursor<'_>, depth: usize) -> Result<Signature, Fault> {
    let version = cursor.u8()?;
    match version {
        4 | 6 => {}
        5 => return Err(Fault::unsupported(crate::key::V5)),
        _ => return Err(Fault::unsupported(format!("signature packet version {version}"))),
    }
    let (kind, algorithm, hash) = (cursor.u8()?, cursor.u8()?, cursor.u8()?);
    if !matches!(algorithm, 1 | 3 | 17 | 19 | 22 | 27 | 28) {
        return Err(Fault::unsupported(format!("public key algorithm {algorithm}")));
    }
    if !(matches!(hash, 8..=12 | 14) || hash == 2 && version == 4) {
        return Err(Fault::unsupported(format!("hash function {hash}")));
    }
    let mut claims = Claims::default();
    let hashed = area(cursor, version)?;
    subpacket::read(&mut claims, version, hashed, subpacket::Area::Hashed(depth))?;
    let unhashed = area(cursor, version)?;
    subpacket::read(&mut claims, version, unhashed, subpacket::Area::Unhashed(depth))?;
    let tag = [cursor.u8()?, cursor.u8()?];
    let hash = HashAlgorithm::from(hash);
    let salt = if version == 6 { salt(cursor, hash)? } else { Vec::new() };
    let material = material(cursor, algorithm)?;
    let suffix = suffix(version, [kind, algorithm, hash.into()], hashed);
    Ok(Signature { version, kind, algorithm, claims, hash, suffix, tag, salt, material })
}

fn area<'a>(cursor: &mut Cursor<'a>, version: u8) -> Result<&'a [u8], Fault> {
    let length = if version == 6 { cursor.u32()? as usize } else { usize::from(cursor.u16()?) };
    cursor.take(length)
}

fn salt(cursor: &mut Cursor<'_>, hash: HashAlgorithm) -> Result<Vec<u8>, Fault> {
    let length = usize::from(cursor.u8()?);
    if hash.salt_len() != Some(length) {
        return Err(Fault::structural("unexpected salt size for the given hash algorithm"));
    }
    cursor.take(length).map(<[u8]>::to_vec)
}

fn material(cursor: &mut Cursor<'_>, algorithm: u8) -> Result<SignatureBytes, Fault> {
    Ok(match algorithm {
        1 | 3 => SignatureBytes::Mpis(vec![cursor.owned_mpi()?]),
        27 => SignatureBytes::Native(Bytes::copy_from_slice(cursor.take(64)?)),
        28 => SignatureBytes::Native(Bytes::copy_from_slice(cursor.take(114)?)),
        _ => SignatureBytes::Mpis(vec![cursor.owned_mpi()?, cursor.owned_mpi()?]),
    })
}

/// Returns what is hashed behind the data: the head of the signature, and how long it is.
pub fn suffix(version: u8, head: [u8; 3], hashed: &[u8]) -> Vec<u8> {
    let mut suffix = head_of(version, head, hashed);
    let length = suffix.len() as u32;
    suffix.extend_from_slice(&[version, 0xff]);
    suffix.extend_from_slice(&length.to_be_bytes());
    suffix
}

/// Returns the head of a signature: version, kind, algorithms, and what is hashed of what it says.
pub fn head_of(version: u8, head: [u8; 3], hashed: &[u8]) -> Vec<u8> {
    let mut bytes = vec![version];
    bytes.extend_from_slice(&head);
    bytes.extend_from_slice(&length_of(version, hashed));
    bytes.extend_from_slice(hashed);
    bytes
}

/// Returns the bytes that tell the length of an area.
pub fn length_of(version: u8, area: &[u8]) -> Vec<u8> {
    let length = (area.len() as u32).to_be_bytes();
    if version == 6 { length.to_vec() } else { length.iter().skip(2).copied().collect() }
}

/// Returns hexadecimal digits as Go's `%x` prints a curve's identifier.
pub fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}
