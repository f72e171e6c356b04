//! Writes DER, the parts that keys and certificates need.

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const NULL: &[u8] = &[0x05, 0x00];
pub(crate) const OID: u8 = 0x06;
pub(crate) const UTF8_STRING: u8 = 0x0C;
pub(crate) const PRINTABLE_STRING: u8 = 0x13;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// Returns one element: tag, length and the parts in a row.
pub(crate) fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let len: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = Vec::with_capacity(len + 6);
    out.push(tag);
    if len < 0x80 {
        out.push(len as u8);
    } else {
        let bytes = len.to_be_bytes();
        let significant = bytes.iter().position(|b| *b != 0).map_or(&bytes[..0], |first| &bytes[first..]);
        out.push(0x80 | significant.len() as u8);
        out.extend_from_slice(significant);
    }
    parts.iter().for_each(|part| out.extend_from_slice(part));
    out
}

pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(SEQUENCE, parts)
}

/// Returns a context-specific element that holds others.
pub(crate) fn explicit(number: u8, content: &[u8]) -> Vec<u8> {
    element(0xA0 | number, &[content])
}

/// Returns a non-negative integer of big-endian bytes.
pub(crate) fn integer(bytes: &[u8]) -> Vec<u8> {
    let digits = bytes.iter().position(|b| *b != 0).map_or(&bytes[..0], |first| &bytes[first..]);
    match digits.first() {
        Some(..0x80) => element(INTEGER, &[digits]),
        _ => element(INTEGER, &[&[0], digits]),
    }
}

pub(crate) fn oid(content: &[u8]) -> Vec<u8> {
    element(OID, &[content])
}

pub(crate) fn octets(content: &[u8]) -> Vec<u8> {
    element(OCTET_STRING, &[content])
}

/// Returns a bit string whose last `unused` bits do not count.
pub(crate) fn bits(unused: u8, content: &[u8]) -> Vec<u8> {
    element(BIT_STRING, &[&[unused], content])
}
