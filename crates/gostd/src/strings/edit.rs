//! New texts from old ones.

use super::search::index;
use super::utf8::decode_rune;
use crate::GoError;
use crate::limits::TEXT_BYTES;

/// `strings.Repeat`.
///
/// # Errors
/// Go panics here: `strings: negative Repeat count`, and `strings: Repeat output length overflow` (ours from 32 MiB).
pub fn repeat(text: &[u8], count: i64) -> Result<Vec<u8>, GoError> {
    let Ok(count) = usize::try_from(count) else {
        return Err(GoError::new("strings: negative Repeat count"));
    };
    match text.len().checked_mul(count) {
        Some(length) if length <= TEXT_BYTES => Ok(text.repeat(count)),
        _ => Err(GoError::new("strings: Repeat output length overflow")),
    }
}

/// `strings.ReplaceAll`.
pub fn replace_all(text: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    replace(text, old, new, -1)
}

/// `strings.Replace`: the first `count` occurrences, all for a negative count. An empty `old` stands before every
/// character and at the end. A result of more than 32 MiB is not finished: the rest stays as it is.
pub fn replace(text: &[u8], old: &[u8], new: &[u8], count: i64) -> Vec<u8> {
    let limit = usize::try_from(count).unwrap_or(usize::MAX);
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    let mut done = 0;
    while done < limit && out.len() <= TEXT_BYTES {
        let at = match old {
            [] if done == 0 => Some(0),
            [] if rest.is_empty() => None,
            [] => Some(decode_rune(rest).1),
            _ => index(rest, old),
        };
        let Some(at) = at else {
            break;
        };
        out.extend_from_slice(rest.get(..at).unwrap_or_default());
        out.extend_from_slice(new);
        rest = rest.get(at + old.len()..).unwrap_or_default();
        done += 1;
    }
    out.extend_from_slice(rest);
    out
}

/// `strings.Join`.
pub fn join<T: AsRef<[u8]>>(parts: &[T], separator: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for (i, part) in parts.iter().enumerate() {
        if i > 0 {
            out.extend_from_slice(separator);
        }
        out.extend_from_slice(part.as_ref());
    }
    out
}
