//! GnuPG's keybox, `pubring.kbx` (`pkg/provenance/keybox.go`): keys in blobs with what gpg knows of them.

const OPENPGP: u8 = 2;
/// Not, or not yet, part of the keyring: gpg passes over it too.
const EPHEMERAL: u16 = 2;

/// Reports whether a file is a keybox: its first blob, of type 1, says so.
pub fn is_keybox(bytes: &[u8]) -> bool {
    bytes.get(4) == Some(&1) && bytes.get(8..12) == Some(b"KBXf")
}

/// Returns the packets of all OpenPGP keys.
///
/// # Errors
/// `keybox contains no OpenPGP keys`, `truncated blob header at offset 7`, …
pub fn keys(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut keys = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let offset = bytes.len() - rest.len();
        let (blob, after) = blob(rest, offset)?;
        if blob.get(4) == Some(&OPENPGP) {
            keys.extend_from_slice(key(blob, offset)?);
        }
        rest = after;
    }
    if keys.is_empty() { Err("keybox contains no OpenPGP keys".into()) } else { Ok(keys) }
}

/// Splits the first blob off.
fn blob(rest: &[u8], offset: usize) -> Result<(&[u8], &[u8]), String> {
    if rest.len() < 5 {
        return Err(format!("truncated blob header at offset {offset}"));
    }
    match number(rest, 0) {
        length @ 0..5 => Err(format!("invalid blob length {length} at offset {offset}")),
        length => rest.split_at_checked(length).ok_or_else(|| {
            format!("blob at offset {offset} has length {length} exceeding the {} remaining bytes", rest.len())
        }),
    }
}

/// Returns the key in a blob, nothing of one that does not count.
fn key(blob: &[u8], offset: usize) -> Result<&[u8], String> {
    let Some([flag_high, flag_low]) = blob.get(6..8).filter(|_| blob.len() >= 16) else {
        return Err(format!("OpenPGP blob at offset {offset} is too short"));
    };
    let (start, length) = (number(blob, 8), number(blob, 12));
    let key = start.checked_add(length).and_then(|end| blob.get(start..end));
    let key = key.ok_or_else(|| format!("OpenPGP blob at offset {offset} has an out-of-range keyblock"))?;
    let is_ephemeral = u16::from_be_bytes([*flag_high, *flag_low]) & EPHEMERAL != 0;
    Ok(if is_ephemeral { &[] } else { key })
}

fn number(bytes: &[u8], at: usize) -> usize {
    bytes.iter().skip(at).take(4).fold(0, |number, byte| number << 8 | usize::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::{is_keybox, keys};

    /// The head of a keybox, 12 bytes long.
    const HEAD: &[u8] = b"\0\0\0\x0c\x01\x01\0\0KBXf";

    /// What follows the head, and the keys in it or what is wrong.
    type Case = (&'static [u8], Result<&'static [u8], &'static str>);

    #[test]
    fn damaged_keyboxes_are_told_as_helm_does() {
        let cases: [Case; 9] = [
            (b"", Err("keybox contains no OpenPGP keys")),
            (b"\0\0\0\x05", Err("truncated blob header at offset 12")),
            (b"\0\0\0\x04\0", Err("invalid blob length 4 at offset 12")),
            (b"\0\0\0\x09\0\0", Err("blob at offset 12 has length 9 exceeding the 6 remaining bytes")),
            (b"\0\0\0\x08\x02\0\0\0", Err("OpenPGP blob at offset 12 is too short")),
            (
                b"\0\0\0\x12\x02\0\0\0\0\0\0\x10\0\0\0\x03ab",
                Err("OpenPGP blob at offset 12 has an out-of-range keyblock"),
            ),
            (b"\0\0\0\x12\x02\0\0\x02\0\0\0\x10\0\0\0\x02ab", Err("keybox contains no OpenPGP keys")),
            (b"\0\0\0\x12\x02\0\0\0\0\0\0\x10\0\0\0\x02ab", Ok(b"ab")),
            (b"\0\0\0\x05\x03\0\0\0\x12\x02\0\0\0\0\0\0\x10\0\0\0\x02ab", Ok(b"ab")),
        ];
        for (rest, want) in cases {
            let keybox = [HEAD, rest].concat();
            assert!(is_keybox(&keybox));
            assert_eq!(keys(&keybox), want.map(<[u8]>::to_vec).map_err(str::to_owned), "{rest:?}");
        }
    }
}
