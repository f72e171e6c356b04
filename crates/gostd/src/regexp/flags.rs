//! Flags of a pattern: `(?i)`, `(?s-m)`, `(?U:`.

use super::escape::next_rune;
use super::fault::{self, Code};
use crate::GoError;

#[derive(Clone, Copy, Default)]
pub(super) struct Flags {
    /// `i`
    pub fold: bool,
    /// `m`
    pub multi_line: bool,
    /// `s`
    pub dot_newline: bool,
    /// `U`
    pub non_greedy: bool,
}

impl Flags {
    /// Takes `(?flags)` or `(?flags:`; returns the flags behind it, whether a group opens, and what follows.
    pub(super) fn changed(self, text: &[u8]) -> Result<(Flags, bool, &[u8]), GoError> {
        let mut flags = self;
        let mut rest = text.get(2..).unwrap_or_default();
        let (mut on, mut seen) = (true, false);
        while !rest.is_empty() {
            let (rune, tail) = next_rune(rest)?;
            rest = tail;
            match u8::try_from(rune) {
                Ok(b'i') => flags.fold = on,
                Ok(b'm') => flags.multi_line = on,
                Ok(b's') => flags.dot_newline = on,
                Ok(b'U') => flags.non_greedy = on,
                Ok(b'-') if on => {
                    (on, seen) = (false, false);
                    continue;
                }
                Ok(end @ (b':' | b')')) if on || seen => return Ok((flags, end == b':', rest)),
                _ => break,
            }
            seen = true;
        }
        Err(fault::up_to(Code::InvalidPerlOp, text, rest))
    }
}
