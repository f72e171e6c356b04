//! What stands in a signature beside the signature (`parseSignatureSubpacket`, RFC 9580 section 5.2.3.7).

use super::{Claims, parse};
use crate::cursor::Cursor;
use crate::fault::Fault;

/// Where a subpacket stands. Only who signed, and signatures in signatures, count outside of what is signed. The number
/// is how many signatures may still stand in each other.
#[derive(Clone, Copy)]
pub enum Area {
    Hashed(usize),
    Unhashed(usize),
}

/// Reads the subpackets of an area.
pub fn read(claims: &mut Claims, version: u8, bytes: &[u8], area: Area) -> Result<(), Fault> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let (subpacket, after) = split(rest)?;
        one(claims, version, subpacket, area)?;
        rest = after;
    }
    match claims.created {
        Some(_) => Ok(()),
        None => Err(Fault::structural("no creation time in signature")),
    }
}

fn split(bytes: &[u8]) -> Result<(&[u8], &[u8]), Fault> {
    let truncated = |_| Fault::structural("signature subpacket truncated");
    let mut cursor = Cursor::new(bytes);
    let length = match cursor.u8().map_err(truncated)? {
        first @ 0..192 => usize::from(first),
        first @ 192..255 => (usize::from(first - 192) << 8) + usize::from(cursor.u8().map_err(truncated)?) + 192,
        255 => cursor.u32().map_err(truncated)? as usize,
    };
    let subpacket = cursor.take(length).map_err(truncated)?;
    Ok((subpacket, cursor.rest))
}

fn one(claims: &mut Claims, version: u8, subpacket: &[u8], area: Area) -> Result<(), Fault> {
    let Some((first, content)) = subpacket.split_first() else {
        return Err(Fault::structural("zero length signature subpacket"));
    };
    let (kind, is_critical) = (first & 0x7f, first & 0x80 != 0);
    match (kind, area) {
        (16, _) => issuer(claims, version, content, area),
        (32, Area::Hashed(depth) | Area::Unhashed(depth)) => embedded(claims, content, depth),
        (33, _) => fingerprint(claims, content),
        (_, Area::Unhashed(_)) => Ok(()),
        (kind, Area::Hashed(_)) => hashed(claims, kind, is_critical, content),
    }
}

fn hashed(claims: &mut Claims, kind: u8, is_critical: bool, content: &[u8]) -> Result<(), Fault> {
    match (kind, content) {
        (2, _) => claims.created = Some(seconds(content, "signature creation time not four bytes")?),
        (3, _) => claims.lifetime = Some(seconds(content, "expiration subpacket with bad length")?),
        (4, [0, ..]) => return Err(Fault::unsupported("signature with non-exportable certification")),
        (5, content) if content.len() != 2 => return Err(Fault::structural("trust subpacket with bad length")),
        (6, []) => return Err(Fault::structural("regexp subpacket with bad length")),
        (6, [.., last]) if *last != 0 => {
            return Err(Fault::structural("expected regular expression to be null-terminated"));
        }
        (9, _) => claims.key_lifetime = Some(seconds(content, "key expiration subpacket with bad length")?),
        (20, _) => notation(claims, is_critical, content)?,
        (25, [flag]) => claims.is_primary = Some(*flag > 0),
        (25, _) => return Err(Fault::structural("primary user id subpacket with bad length")),
        (27, _) => claims.flags = Some(claims.flags.unwrap_or_default() | content.first().copied().unwrap_or_default()),
        (29, []) => return Err(Fault::structural("empty revocation reason subpacket")),
        (29, [reason, ..]) => claims.revocation_reason = Some(*reason),
        (35, content) => recipient(content)?,
        (39, content) if content.len() % 2 != 0 => {
            return Err(Fault::structural("invalid aead cipher suite length"));
        }
        (4..=6 | 11 | 21..=24 | 26 | 28 | 30 | 39, _) => {}
        (kind, _) if is_critical => {
            return Err(Fault::unsupported(format!("unknown critical signature subpacket type {kind}")));
        }
        _ => {}
    }
    Ok(())
}

fn seconds(content: &[u8], fault: &str) -> Result<u32, Fault> {
    <[u8; 4]>::try_from(content).map(u32::from_be_bytes).map_err(|_| Fault::structural(fault))
}

fn issuer(claims: &mut Claims, version: u8, content: &[u8], area: Area) -> Result<(), Fault> {
    if version > 4 && matches!(area, Area::Hashed(_)) {
        return Err(Fault::structural("issuer subpacket found in v6 key"));
    }
    let id = <[u8; 8]>::try_from(content).map_err(|_| Fault::structural("issuer subpacket with bad length"))?;
    if version <= 4 {
        claims.issuer = Some(u64::from_be_bytes(id));
    }
    Ok(())
}

fn embedded(claims: &mut Claims, content: &[u8], depth: usize) -> Result<(), Fault> {
    if claims.embedded.is_some() {
        return Err(Fault::structural("Cannot have multiple embedded signatures"));
    }
    let depth = depth.checked_sub(1).ok_or_else(|| Fault::structural("too many signatures in each other"))?;
    let signature = parse(&mut Cursor::new(content), depth)?;
    if signature.kind != 0x19 {
        return Err(Fault::structural(format!("cross-signature has unexpected type {}", signature.kind)));
    }
    claims.embedded = Some(Box::new(signature));
    Ok(())
}

fn fingerprint(claims: &mut Claims, content: &[u8]) -> Result<(), Fault> {
    let Some((version, fingerprint)) = content.split_first() else {
        return Err(Fault::structural("empty issuer fingerprint subpacket"));
    };
    let id = match (version, fingerprint.len()) {
        (5.., 32) => fingerprint.first_chunk::<8>(),
        (..5, 20) => fingerprint.last_chunk::<8>(),
        _ => None,
    };
    let id = id.ok_or_else(|| Fault::structural("bad fingerprint length"))?;
    claims.issuer = Some(u64::from_be_bytes(*id));
    claims.issuer_fingerprint = Some(fingerprint.to_vec());
    Ok(())
}

fn notation(claims: &mut Claims, is_critical: bool, content: &[u8]) -> Result<(), Fault> {
    let bad = || Fault::structural("notation data subpacket with bad length");
    let mut cursor = Cursor::new(content);
    cursor.take(4).map_err(|_| bad())?;
    let lengths = cursor.u16().and_then(|name| cursor.u16().map(|value| (name, value)));
    let (name, value) = lengths.map_err(|_| bad())?;
    if cursor.rest.len() != usize::from(name) + usize::from(value) {
        return Err(bad());
    }
    if is_critical {
        let name = cursor.take(usize::from(name))?;
        claims.critical_notations.push(String::from_utf8_lossy(name).into_owned());
    }
    Ok(())
}

fn recipient(content: &[u8]) -> Result<(), Fault> {
    match content.split_first() {
        None => Err(Fault::structural("invalid intended recipient fingerpring length")),
        Some((5.., fingerprint)) if fingerprint.len() == 32 => Ok(()),
        Some((..5, fingerprint)) if fingerprint.len() == 20 => Ok(()),
        Some(_) => Err(Fault::structural("invalid fingerprint length")),
    }
}
