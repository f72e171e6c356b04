//! What is wrong with a pattern, in the words of Go's `regexp/syntax.Error`.

use crate::GoError;

#[derive(Debug, Clone, Copy)]
pub(super) enum Code {
    InvalidCharRange,
    InvalidEscape,
    InvalidNamedCapture,
    InvalidPerlOp,
    InvalidRepeatOp,
    InvalidRepeatSize,
    InvalidUtf8,
    MissingBracket,
    MissingParen,
    MissingRepeatArgument,
    TrailingBackslash,
    UnexpectedParen,
    NestingDepth,
    Large,
}

impl Code {
    fn text(self) -> &'static str {
        match self {
            Code::InvalidCharRange => "invalid character class range",
            Code::InvalidEscape => "invalid escape sequence",
            Code::InvalidNamedCapture => "invalid named capture",
            Code::InvalidPerlOp => "invalid or unsupported Perl syntax",
            Code::InvalidRepeatOp => "invalid nested repetition operator",
            Code::InvalidRepeatSize => "invalid repeat count",
            Code::InvalidUtf8 => "invalid UTF-8",
            Code::MissingBracket => "missing closing ]",
            Code::MissingParen => "missing closing )",
            Code::MissingRepeatArgument => "missing argument to repetition operator",
            Code::TrailingBackslash => "trailing backslash at end of expression",
            Code::UnexpectedParen => "unexpected )",
            Code::NestingDepth => "expression nests too deeply",
            Code::Large => "expression too large",
        }
    }
}

/// Makes the error; `part` is the offending part of the pattern.
pub(super) fn new(code: Code, part: &[u8]) -> GoError {
    GoError::new(format!("error parsing regexp: {}: `{}`", code.text(), String::from_utf8_lossy(part)))
}

/// Makes the error for the part of `text` before its suffix `rest`.
pub(super) fn up_to(code: Code, text: &[u8], rest: &[u8]) -> GoError {
    let end = text.len().saturating_sub(rest.len());
    new(code, text.get(..end).unwrap_or(text))
}
