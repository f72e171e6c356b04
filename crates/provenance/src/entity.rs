//! A key with what belongs to it: names, subkeys, and the signatures that bind them (`openpgp/keys.go` of
//! ProtonMail/go-crypto).

use crate::fault::Fault;
use crate::key::Key;
use crate::packet::{Packet, Packets};
use crate::signature::Signature;

/// A primary key with its names and subkeys; all that is here was signed by it.
pub struct Entity {
    pub key: Key,
    /// In their order in the keyring.
    pub identities: Vec<Identity>,
    pub revocations: Vec<Signature>,
    pub subkeys: Vec<Subkey>,
    /// What a key of version 6 says of itself.
    direct: Option<Signature>,
}

/// A name.
pub struct Identity {
    pub name: String,
    own: Option<Signature>,
    pub revocations: Vec<Signature>,
}

/// A subkey.
pub struct Subkey {
    pub key: Key,
    pub binding: Signature,
    pub revocations: Vec<Signature>,
}

/// Kinds of signatures.
const CERTIFICATIONS: [u8; 4] = [0x10, 0x11, 0x12, 0x13];
const SUBKEY_BINDING: u8 = 0x18;
const DIRECT: u8 = 0x1f;
const KEY_REVOCATION: u8 = 0x20;
const SUBKEY_REVOCATION: u8 = 0x28;
const CERTIFICATION_REVOCATION: u8 = 0x30;

/// Reads the keys of a keyring. Those that are damaged or of unknown kinds are passed over, unless all are.
pub fn read_all(packets: &mut Packets<'_>) -> Result<Vec<Entity>, Fault> {
    let mut entities = Vec::new();
    let mut passed_over = None;
    loop {
        match Entity::read(packets) {
            Ok(Some(entity)) => entities.push(entity),
            Ok(None) => break,
            Err(fault @ (Fault::Unsupported(_) | Fault::Structural(_))) => {
                passed_over = Some(fault);
                if !skip_to_key(packets)? {
                    break;
                }
            }
            Err(fault) => return Err(fault),
        }
    }
    match passed_over {
        Some(fault) if entities.is_empty() => Err(fault),
        _ => Ok(entities),
    }
}

/// Goes on to the next primary key that is public, as Helm does.
fn skip_to_key(packets: &mut Packets<'_>) -> Result<bool, Fault> {
    while let Some(packet) = packets.next()? {
        if matches!(&packet, Packet::Key(key) if !key.is_subkey && key.secret.is_none()) {
            packets.unread(packet);
            return Ok(true);
        }
    }
    Ok(false)
}

/// The signatures of a key that no name and no subkey stands before.
#[derive(Default)]
struct Loose {
    revocations: Vec<Signature>,
    direct: Vec<Signature>,
}

impl Entity {
    fn read(packets: &mut Packets<'_>) -> Result<Option<Self>, Fault> {
        let key = match packets.next()? {
            None => return Ok(None),
            Some(Packet::Key(key)) => key,
            Some(other) => {
                packets.unread(other);
                return Err(Fault::structural("first packet was not a public/private key"));
            }
        };
        if !key.can_sign() {
            return Err(Fault::structural("primary key cannot be used for signatures"));
        }
        let mut entity =
            Entity { key, identities: Vec::new(), revocations: Vec::new(), subkeys: Vec::new(), direct: None };
        let loose = entity.read_parts(packets)?;
        entity.settle(loose)?;
        Ok(Some(entity))
    }

    fn read_parts(&mut self, packets: &mut Packets<'_>) -> Result<Loose, Fault> {
        let mut loose = Loose::default();
        while let Some(packet) = packets.next()? {
            match packet {
                Packet::UserId(name) => self.add_identity(name, packets)?,
                Packet::Signature(signature) if signature.kind == KEY_REVOCATION => loose.revocations.push(signature),
                Packet::Signature(signature) if signature.kind == DIRECT => loose.direct.push(signature),
                Packet::Key(key) if key.is_subkey => self.add_subkey(key, packets)?,
                Packet::Key(key) => {
                    packets.unread(Packet::Key(key));
                    break;
                }
                Packet::Signature(_) | Packet::Other => {}
            }
        }
        Ok(loose)
    }

    /// Checks what was found beside names and subkeys.
    fn settle(&mut self, loose: Loose) -> Result<(), Fault> {
        let version = self.key.version;
        if self.identities.is_empty() && version < 6 {
            return Err(Fault::structural(format!("v{version} entity without any identities")));
        }
        if version == 6 {
            self.direct = Some(self.newest_direct(loose.direct)?);
        }
        for revocation in loose.revocations {
            if self.key.check(&revocation, &self.key.signed_bytes()).is_err() {
                return Err(Fault::structural("revocation signature signed by alternate key"));
            }
            self.revocations.push(revocation);
        }
        Ok(())
    }

    fn newest_direct(&self, signatures: Vec<Signature>) -> Result<Signature, Fault> {
        if signatures.is_empty() {
            return Err(Fault::structural("v6 entity without a valid direct-key signature"));
        }
        let own = signatures.into_iter().filter(|signature| self.key.is_issuer_of(signature));
        let newest = own.reduce(|newest, next| if next.is_newer_than(&newest) { next } else { newest });
        let newest =
            newest.ok_or_else(|| Fault::structural("no valid direct-key self-signature for v6 primary key found"))?;
        match self.key.check(&newest, &self.key.signed_bytes()) {
            Ok(()) => Ok(newest),
            Err(_) => Err(Fault::structural("invalid direct-key self-signature for v6 primary key")),
        }
    }

    /// Reads the signatures of a name, which counts once the key itself signed it.
    fn add_identity(&mut self, name: String, packets: &mut Packets<'_>) -> Result<(), Fault> {
        let mut identity = Identity { name, own: None, revocations: Vec::new() };
        let mut is_own = false;
        while let Some(signature) = signature(packets)? {
            let kind = signature.kind;
            if !CERTIFICATIONS.contains(&kind) && kind != CERTIFICATION_REVOCATION {
                return Err(Fault::structural("user ID signature with wrong type"));
            }
            if !self.key.is_issuer_of(&signature) {
                continue;
            }
            self.key
                .check(&signature, &self.certified(&identity.name))
                .map_err(|fault| Fault::structural(format!("user ID self-signature invalid: {fault}")))?;
            is_own = true;
            if kind == CERTIFICATION_REVOCATION {
                identity.revocations.push(signature);
            } else if identity.own.as_ref().is_none_or(|own| signature.is_newer_than(own)) {
                identity.own = Some(signature);
            }
        }
        if is_own {
            match self.identities.iter_mut().find(|known| known.name == identity.name) {
                Some(known) => *known = identity,
                None => self.identities.push(identity),
            }
        }
        Ok(())
    }

    /// The bytes that stand for the key under a name.
    fn certified(&self, name: &str) -> Vec<u8> {
        let length = (name.len() as u32).to_be_bytes();
        [&self.key.signed_bytes(), &[0xb4][..], &length, name.as_bytes()].concat()
    }

    fn add_subkey(&mut self, key: Key, packets: &mut Packets<'_>) -> Result<(), Fault> {
        let invalid = |fault: Fault| Fault::structural(format!("subkey signature invalid: {fault}"));
        let both = [self.key.signed_bytes(), key.signed_bytes()].concat();
        let mut binding: Option<Signature> = None;
        let mut revocations = Vec::new();
        while let Some(signature) = signature(packets).map_err(invalid)? {
            if signature.kind != SUBKEY_BINDING && signature.kind != SUBKEY_REVOCATION {
                return Err(Fault::structural("subkey signature with wrong type"));
            }
            self.key.check(&signature, &both).map_err(invalid)?;
            check_cross(&key, &signature, &both).map_err(invalid)?;
            if signature.kind == SUBKEY_REVOCATION {
                revocations.push(signature);
            } else if binding.as_ref().is_none_or(|binding| signature.is_newer_than(binding)) {
                binding = Some(signature);
            }
        }
        let binding = binding.ok_or_else(|| Fault::structural("subkey packet not followed by signature"))?;
        self.subkeys.push(Subkey { key, binding, revocations });
        Ok(())
    }

    /// Returns the name that stands for the key: one that is not revoked, is marked as primary, or is the newest.
    pub fn primary_identity(&self) -> Option<&Identity> {
        self.identities.iter().reduce(|best, next| if next.is_preferred_to(best) { next } else { best })
    }

    /// Returns the signature that says what the key may do and when it ends.
    pub fn own_signature(&self) -> Option<&Signature> {
        match self.key.version {
            6 => self.direct.as_ref(),
            _ => self.primary_identity().and_then(|identity| identity.own.as_ref()),
        }
    }
}

impl Identity {
    /// Follows `shouldPreferIdentity`.
    fn is_preferred_to(&self, other: &Identity) -> bool {
        if self.revocations.len() != other.revocations.len() {
            return self.revocations.len() < other.revocations.len();
        }
        let (Some(own), Some(others)) = (&self.own, &other.own) else { return other.own.is_none() };
        let is_primary = |signature: &Signature| signature.claims.is_primary == Some(true);
        match (is_primary(own), is_primary(others)) {
            (true, false) => true,
            (false, true) => false,
            _ => own.is_newer_than(others),
        }
    }
}

/// Returns the next packet if it is a signature.
fn signature(packets: &mut Packets<'_>) -> Result<Option<Signature>, Fault> {
    match packets.next()? {
        Some(Packet::Signature(signature)) => Ok(Some(signature)),
        Some(other) => {
            packets.unread(other);
            Ok(None)
        }
        None => Ok(None),
    }
}

/// A subkey that signs must have signed that it belongs to the key.
fn check_cross(key: &Key, signature: &Signature, both: &[u8]) -> Result<(), Fault> {
    if !signature.may_sign() {
        return Ok(());
    }
    let Some(cross) = &signature.claims.embedded else {
        return Err(Fault::structural("signing subkey is missing cross-signature"));
    };
    key.check(cross, both).map_err(|fault| Fault::structural(format!("error while verifying cross-signature: {fault}")))
}
