//! Keys: their packets, names and what they signed (`openpgp/packet/public_key.go` and `private_key.go`).

mod material;
mod rsa;
mod secret;

use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{PacketHeader, PublicKey};
use pgp::types::{Tag, VerifyingKey};

use crate::cursor::Cursor;
use crate::fault::Fault;
use crate::signature::Signature;
pub use secret::{Secret, State};

/// What is said of keys and signatures that nobody uses.
pub const V5: &str = "support for parsing v5 entities is disabled; build with `-tags v5` if needed";

/// A key or subkey.
pub struct Key {
    pub version: u8,
    pub algorithm: u8,
    pub created: u32,
    pub is_subkey: bool,
    /// The packet's content without what is secret.
    public: Vec<u8>,
    pub fingerprint: Vec<u8>,
    pub id: u64,
    pub secret: Option<Secret>,
}

impl Key {
    pub fn parse_public(cursor: &mut Cursor<'_>, is_subkey: bool) -> Result<Self, Fault> {
        let start = cursor.rest;
        let version = cursor.u8()?;
        let created = cursor.u32()?;
        let algorithm = cursor.u8()?;
        match version {
            4 => {}
            5 => return Err(Fault::unsupported(V5)),
            6 => drop(cursor.take(4)?),
            _ => return Err(Fault::unsupported(format!("public key version {version}"))),
        }
        material::skip(cursor, version, algorithm)?;
        let read = start.len() - cursor.rest.len();
        let public = start.get(..read).unwrap_or_default().to_vec();
        let (fingerprint, id) = names(version, &public)?;
        Ok(Key { version, algorithm, created, is_subkey, public, fingerprint, id, secret: None })
    }

    pub fn parse_secret(cursor: &mut Cursor<'_>, is_subkey: bool) -> Result<Self, Fault> {
        let mut key = Key::parse_public(cursor, is_subkey)?;
        key.secret = Some(Secret::parse(cursor, &key)?);
        Ok(key)
    }

    /// Reports whether a key of this algorithm can make signatures at all.
    pub fn can_sign(&self) -> bool {
        matches!(self.algorithm, 1 | 3 | 17 | 19 | 22 | 27 | 28)
    }

    /// Returns the bytes that stand for the key where it is signed.
    pub fn signed_bytes(&self) -> Vec<u8> {
        framed(self.version, &self.public)
    }

    /// Reports whether a signature says that it was made by this key.
    pub fn is_issuer_of(&self, signature: &Signature) -> bool {
        match &signature.claims.issuer_fingerprint {
            Some(fingerprint) => *fingerprint == self.fingerprint,
            None => signature.claims.issuer == Some(self.id),
        }
    }

    /// Checks that this key made a signature of data.
    ///
    /// # Errors
    /// `openpgp: invalid signature: RSA verification failure` and the like.
    pub fn check(&self, signature: &Signature, data: &[u8]) -> Result<(), Fault> {
        if matches!(self.algorithm, 2 | 16 | 18) {
            return Err(Fault::Argument("public key cannot generate signatures".into()));
        }
        let bytes = signature.hashed_bytes(data);
        let digest = signature.digest(&bytes)?;
        if signature.version == 6 && !digest.starts_with(&signature.tag) {
            return Err(Fault::Signature("hash tag doesn't match".into()));
        }
        if self.algorithm != signature.algorithm {
            return Err(Fault::Argument("public key and signature use different algorithms".into()));
        }
        let hash = signature.hash_algorithm();
        if matches!(self.algorithm, 1 | 3) && rsa::holds(&self.public, hash, &bytes, &signature.material) {
            return Ok(());
        }
        self.verify(hash, &digest, signature).map_err(|_| failure(self.algorithm))
    }

    fn verify(&self, hash: HashAlgorithm, digest: &[u8], signature: &Signature) -> pgp::errors::Result<()> {
        let header = PacketHeader::new_fixed(Tag::PublicKey, self.public.len() as u32);
        PublicKey::try_from_reader(header, self.public.as_slice())?.verify(hash, digest, &signature.material)
    }

    /// Reports whether the key's time is over, as its own signature tells, or not there yet.
    pub fn is_expired(&self, own: &Signature, now: u64) -> bool {
        let created = u64::from(self.created);
        created > now || crate::signature::ends_before(created, own.claims.key_lifetime, now)
    }
}

fn failure(algorithm: u8) -> Fault {
    let text = match algorithm {
        1 | 3 => "RSA verification failure",
        17 => "DSA verification failure",
        19 => "ECDSA verification failure",
        22 => "EdDSA verification failure",
        27 => "Ed25519 verification failure",
        28 => "ed448 verification failure",
        _ => "Unsupported public key algorithm used in signature",
    };
    Fault::Signature(text.into())
}

/// Returns a key with the head it is hashed with.
fn framed(version: u8, public: &[u8]) -> Vec<u8> {
    let length = (public.len() as u32).to_be_bytes();
    let head = match (version, length) {
        (6, [a, b, c, d]) => vec![0x9b, a, b, c, d],
        (_, [.., c, d]) => vec![0x99, c, d],
    };
    [head.as_slice(), public].concat()
}

/// Returns fingerprint and identifier.
fn names(version: u8, public: &[u8]) -> Result<(Vec<u8>, u64), Fault> {
    let hash = if version == 6 { HashAlgorithm::Sha256 } else { HashAlgorithm::Sha1 };
    let fingerprint = hash
        .digest(&framed(version, public))
        .map_err(|_| Fault::structural("a key that collides with another one under SHA-1"))?;
    let id = if version == 6 { fingerprint.first_chunk() } else { fingerprint.last_chunk() };
    let id = u64::from_be_bytes(id.copied().unwrap_or_default());
    Ok((fingerprint, id))
}
