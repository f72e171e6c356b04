//! `strings.SplitN`: cuts a text at a separator, or into characters when it is empty.

use gostd::{GoError, strings};

use crate::limits;

/// Returns at most `n` parts, all when `n` is negative, none when it is zero; the last holds what is left.
///
/// # Errors
/// More parts than a list may have.
pub(crate) fn split<'s>(s: &'s [u8], separator: &[u8], n: i64) -> Result<Vec<&'s [u8]>, GoError> {
    let max = usize::try_from(n).unwrap_or(usize::MAX);
    let (mut parts, mut rest) = (Vec::new(), s);
    if max == 0 || separator.is_empty() && s.is_empty() {
        return Ok(parts);
    }
    while parts.len() + 1 < max {
        let (len, gap) = match separator.is_empty() {
            true => (strings::decode_rune(rest).1, 0),
            false => match strings::index(rest, separator) {
                Some(at) => (at, separator.len()),
                None => break,
            },
        };
        if separator.is_empty() && len >= rest.len() {
            break;
        }
        parts.push(rest.get(..len).unwrap_or_default());
        rest = rest.get(len + gap..).unwrap_or_default();
        if parts.len() > limits::LIST_ITEMS {
            return Err(limits::list_too_long());
        }
    }
    parts.push(rest);
    Ok(parts)
}
