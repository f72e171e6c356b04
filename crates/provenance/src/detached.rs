//! Who made a signature, and whether it counts (`verifyDetachedSignature` and `checkMessageSignatureDetails` of
//! `openpgp/read.go`).

use crate::entity::{Entity, Subkey};
use crate::fault::Fault;
use crate::key::Key;
use crate::packet::{Packet, Packets};
use crate::signature::Signature;

/// A key that may have made a signature: the primary one of an entity, or a subkey.
#[derive(Clone, Copy)]
struct Candidate<'a> {
    entity: &'a Entity,
    subkey: Option<&'a Subkey>,
}

impl<'a> Candidate<'a> {
    fn key(&self) -> &'a Key {
        self.subkey.map_or(&self.entity.key, |subkey| &subkey.key)
    }

    /// Returns the signature that says what the key may do.
    fn own(&self) -> Option<&'a Signature> {
        self.subkey.map_or_else(|| self.entity.own_signature(), |subkey| Some(&subkey.binding))
    }
}

/// Returns whose key signed a text, given the packets of signatures; `now` counts seconds since 1970.
pub fn signer<'k>(keys: &'k [Entity], text: &[u8], mut packets: Packets<'_>, now: u64) -> Result<&'k Entity, Fault> {
    let (signature, candidates) = known(keys, &mut packets)?;
    let data = match signature.kind {
        0 => text.to_vec(),
        1 => canonical(text),
        kind => return Err(Fault::unsupported(format!("unsupported signature type: {kind}"))),
    };
    let mut failure = Fault::UNKNOWN_ISSUER;
    for candidate in candidates {
        match candidate.key().check(&signature, &data) {
            Ok(()) => return check(&candidate, &signature, now).map(|()| candidate.entity),
            Err(fault) => failure = fault,
        }
    }
    Err(failure)
}

/// Returns the first signature by a key that is known and may sign.
fn known<'k>(keys: &'k [Entity], packets: &mut Packets<'_>) -> Result<(Signature, Vec<Candidate<'k>>), Fault> {
    while let Some(packet) = packets.next()? {
        let Packet::Signature(signature) = packet else {
            return Err(Fault::structural("non signature packet found"));
        };
        let Some(issuer) = signature.claims.issuer else {
            return Err(Fault::structural("signature doesn't have an issuer"));
        };
        let all = keys.iter().flat_map(|entity| {
            let subkeys = entity.subkeys.iter().map(move |subkey| Candidate { entity, subkey: Some(subkey) });
            std::iter::once(Candidate { entity, subkey: None }).chain(subkeys)
        });
        let may_sign = |candidate: &Candidate<'_>| candidate.own().is_some_and(Signature::may_sign);
        let found: Vec<_> = all.filter(|candidate| candidate.key().id == issuer).filter(may_sign).collect();
        if !found.is_empty() {
            return Ok((signature, found));
        }
    }
    Err(Fault::UNKNOWN_ISSUER)
}

/// Ends lines as signed texts do. A line break behind a carriage return stays as it is.
fn canonical(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut after_return = false;
    for byte in text {
        match byte {
            b'\n' if !after_return => out.extend_from_slice(b"\r\n"),
            byte => out.push(*byte),
        }
        after_return = *byte == b'\r' && !after_return;
    }
    out
}

/// Checks that nothing was revoked or is over, in Helm's order.
fn check(candidate: &Candidate<'_>, signature: &Signature, now: u64) -> Result<(), Fault> {
    let entity = candidate.entity;
    let own = entity.own_signature();
    let binding = candidate.subkey.map(|subkey| &subkey.binding);
    let cross = binding.and_then(|binding| binding.claims.embedded.as_deref());
    let signatures = [Some(signature), own, binding, cross];
    let signatures = || signatures.iter().flatten();
    if let Some(name) = signatures().flat_map(|signature| &signature.claims.critical_notations).next() {
        return Err(Fault::Signature(format!("unknown critical notation: {name}")));
    }
    // Names of keys of version 6 stand for nothing.
    let identity = entity.primary_identity().filter(|_| entity.key.version < 6);
    let is_revoked = is_revoked(&entity.revocations, now)
        || candidate.subkey.is_some_and(|subkey| is_revoked(&subkey.revocations, now))
        || identity.is_some_and(|identity| is_revoked(&identity.revocations, now));
    if is_revoked {
        return Err(Fault::KEY_REVOKED);
    }
    let is_over = own.is_some_and(|own| entity.key.is_expired(own, now))
        || candidate.subkey.is_some_and(|subkey| subkey.key.is_expired(&subkey.binding, now));
    if is_over {
        return Err(Fault::KEY_EXPIRED);
    }
    match signatures().any(|signature| signature.is_expired(now)) {
        true => Err(Fault::SIGNATURE_EXPIRED),
        false => Ok(()),
    }
}

/// A key that others may have counts as revoked from the beginning.
const KEY_COMPROMISED: u8 = 2;

pub fn is_revoked(revocations: &[Signature], now: u64) -> bool {
    let counts = |revocation: &Signature| {
        revocation.claims.revocation_reason == Some(KEY_COMPROMISED) || !revocation.is_expired(now)
    };
    revocations.iter().any(counts)
}
