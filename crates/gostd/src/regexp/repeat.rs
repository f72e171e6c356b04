//! Repetition operators: `*`, `+`, `?`, `{2}`, `{2,}`, `{2,5}`.

use super::fault::{self, Code};
use super::node::Repeat;
use crate::GoError;

/// The largest number in a counted repetition.
const MAX_COUNT: u64 = 1000;

pub(super) fn simple(operator: u8) -> Repeat {
    let (min, max) = match operator {
        b'*' => (0, None),
        b'+' => (1, None),
        _ => (0, Some(1)),
    };
    Repeat { min, max, greedy: true, counted: false }
}

/// Takes a counted repetition and returns what follows; nothing when the brace is a literal.
pub(super) fn counted(text: &[u8]) -> Option<Result<(Repeat, &[u8]), GoError>> {
    let (min, rest) = number(text.get(1..)?)?;
    let (max, rest) = match rest {
        [b',', b'}', ..] => (None, rest.get(1..)?),
        [b',', tail @ ..] => number(tail).map(|(max, rest)| (Some(max), rest))?,
        _ => (Some(min), rest),
    };
    let rest = rest.strip_prefix(b"}")?;
    let too_large = min > MAX_COUNT || max.is_some_and(|max| max > MAX_COUNT || min > max);
    if too_large {
        return Some(Err(fault::up_to(Code::InvalidRepeatSize, text, rest)));
    }
    let max = max.map(|max| max as u32);
    Some(Ok((Repeat { min: min as u32, max, greedy: true, counted: true }, rest)))
}

/// Takes a decimal number without leading zeros.
fn number(text: &[u8]) -> Option<(u64, &[u8])> {
    let length = text.iter().take_while(|b| b.is_ascii_digit()).count();
    let (digits, rest) = text.split_at_checked(length)?;
    if digits.is_empty() || (digits.len() > 1 && digits.first() == Some(&b'0')) {
        return None;
    }
    let value = digits.iter().fold(0u64, |n, b| n.saturating_mul(10).saturating_add(u64::from(b - b'0')));
    Some((value, rest))
}
