//! Reads a format: flags, argument indexes, width, precision and verb of each `%`.

use super::Limit;
use super::printer::{Flags, Printer};
use crate::strings::{append_rune, decode_rune};
use crate::{GoError, Value};

/// Widths, precisions and argument numbers beyond are no numbers.
const NUMBER_LIMIT: i64 = 1_000_000;

/// `fmt.Sprintf`.
///
/// # Errors
/// A value nested deeper than 10,000 levels, or more than 32 MiB of text.
pub fn try_sprintf(format: &[u8], args: &[Value]) -> Result<Vec<u8>, GoError> {
    let mut out = Vec::with_capacity(format.len() + 16 * args.len());
    append_format(&mut out, format, args).map_err(Limit::error)?;
    Ok(out)
}

pub(super) fn append_format(out: &mut Vec<u8>, format: &[u8], args: &[Value]) -> Result<(), Limit> {
    let mut reader = Reader {
        rest: format,
        args,
        next: 0,
        after_index: false,
        index_is_good: true,
        reordered: false,
        printer: Printer::new(out),
    };
    while let Some(start) = reader.rest.iter().position(|b| *b == b'%') {
        let (front, rest) = reader.rest.split_at(start);
        reader.printer.out.extend_from_slice(front);
        reader.rest = rest.get(1..).unwrap_or_default();
        reader.directive()?;
        reader.printer.check_length()?;
    }
    reader.printer.out.extend_from_slice(reader.rest);
    reader.extra()
}

struct Reader<'a> {
    rest: &'a [u8],
    args: &'a [Value],
    /// The number of the next argument.
    next: usize,
    /// An index such as `[3]` stands right before.
    after_index: bool,
    index_is_good: bool,
    /// Some index was seen: arguments may be left over.
    reordered: bool,
    printer: Printer<'a>,
}

impl Reader<'_> {
    /// Reads what follows a `%` and prints.
    fn directive(&mut self) -> Result<(), Limit> {
        self.index_is_good = true;
        self.after_index = false;
        self.printer.flags = Flags::default();
        self.flags();
        self.index();
        self.width();
        if self.rest.len() > 1 && self.rest.first() == Some(&b'.') {
            self.advance(1);
            self.precision();
        }
        if !self.after_index {
            self.index();
        }
        if self.rest.is_empty() {
            self.printer.out.extend_from_slice(b"%!(NOVERB)");
            return Ok(());
        }
        let (verb, width) = decode_rune(self.rest);
        self.advance(width);
        self.verb(verb)
    }

    fn advance(&mut self, count: usize) {
        self.rest = self.rest.get(count..).unwrap_or_default();
    }

    fn flags(&mut self) {
        while let Some(byte) = self.rest.first() {
            let flags = &mut self.printer.flags;
            match byte {
                b'#' => flags.sharp = true,
                b'0' => flags.zero = true,
                b'+' => flags.plus = true,
                b'-' => flags.minus = true,
                b' ' => flags.space = true,
                _ => break,
            }
            self.advance(1);
        }
    }

    fn verb(&mut self, verb: u32) -> Result<(), Limit> {
        let note: &[u8] = match (char::from_u32(verb), self.args.get(self.next)) {
            (Some('%'), _) => {
                self.printer.out.push(b'%');
                return Ok(());
            }
            _ if !self.index_is_good => b"(BADINDEX)",
            (_, None) => b"(MISSING)",
            (letter, Some(arg)) => {
                if matches!(letter, Some('v' | 'w')) {
                    self.printer.flags.for_v();
                }
                self.next += 1;
                return self.printer.argument(arg, verb);
            }
        };
        self.printer.out.extend_from_slice(b"%!");
        append_rune(self.printer.out, verb);
        self.printer.out.extend_from_slice(note);
        Ok(())
    }

    fn width(&mut self) {
        if self.rest.first() == Some(&b'*') {
            self.advance(1);
            let width = self.number_argument();
            if width.is_none() {
                self.printer.out.extend_from_slice(b"%!(BADWIDTH)");
            }
            if width.is_some_and(|w| w < 0) {
                self.printer.flags.minus = true;
                self.printer.flags.zero = false;
            }
            self.printer.flags.width = width.map(|w| w.unsigned_abs() as usize);
            self.after_index = false;
            return;
        }
        self.printer.flags.width = self.number();
        if self.after_index && self.printer.flags.width.is_some() {
            self.index_is_good = false;
        }
    }

    fn precision(&mut self) {
        if self.after_index {
            self.index_is_good = false;
        }
        self.index();
        if self.rest.first() == Some(&b'*') {
            self.advance(1);
            self.printer.flags.precision = self.number_argument().and_then(|p| usize::try_from(p).ok());
            if self.printer.flags.precision.is_none() {
                self.printer.out.extend_from_slice(b"%!(BADPREC)");
            }
            self.after_index = false;
            return;
        }
        self.printer.flags.precision = Some(self.number().unwrap_or(0));
    }

    /// Reads decimal digits; a number that is too large ends the format, as in Go.
    fn number(&mut self) -> Option<usize> {
        let (number, length) = leading_number(self.rest);
        self.advance(length);
        number
    }

    /// Takes the width or precision of a `*` from the arguments.
    fn number_argument(&mut self) -> Option<i64> {
        let arg = self.args.get(self.next)?;
        self.next += 1;
        let number = match arg {
            Value::Object(object) => whole(&object.underlying()?),
            other => whole(other),
        };
        number.filter(|n| (-NUMBER_LIMIT..=NUMBER_LIMIT).contains(n))
    }

    /// Reads an index `[3]`, if one stands here.
    fn index(&mut self) {
        self.after_index = false;
        if self.rest.first() != Some(&b'[') {
            return;
        }
        self.reordered = true;
        let (number, length) = argument_number(self.rest);
        self.advance(length);
        self.after_index = number.is_some();
        match number.and_then(|n| n.checked_sub(1)).filter(|n| *n < self.args.len()) {
            Some(index) => self.next = index,
            None => self.index_is_good = false,
        }
    }

    /// Names the arguments that no verb took.
    fn extra(&mut self) -> Result<(), Limit> {
        let left = self.args.get(self.next..).unwrap_or_default();
        if self.reordered || left.is_empty() {
            return Ok(());
        }
        self.printer.flags = Flags::default();
        self.printer.out.extend_from_slice(b"%!(EXTRA ");
        for (i, arg) in left.iter().enumerate() {
            if i > 0 {
                self.printer.out.extend_from_slice(b", ");
            }
            if !arg.is_nil() {
                self.printer.out.extend_from_slice(arg.go_type().as_bytes());
                self.printer.out.push(b'=');
            }
            self.printer.argument(arg, u32::from(b'v'))?;
        }
        self.printer.out.push(b')');
        Ok(())
    }
}

fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) | Value::Int64(number) => Some(*number),
        Value::Sized(kind, bits) if !kind.is_unsigned() || *bits >= 0 => Some(*bits),
        _ => None,
    }
}

/// Returns the number at the start, if any, and the bytes it takes; all of them if it is too large.
fn leading_number(text: &[u8]) -> (Option<usize>, usize) {
    let digits = text.iter().take_while(|b| b.is_ascii_digit());
    let (mut number, mut count) = (0i64, 0);
    for digit in digits {
        if number > NUMBER_LIMIT {
            return (None, text.len());
        }
        number = number * 10 + i64::from(digit - b'0');
        count += 1;
    }
    (usize::try_from(number).ok().filter(|_| count > 0), count)
}

/// Reads `[number]` and returns the bytes to skip: to the bracket, or just the opening one when there is none.
fn argument_number(text: &[u8]) -> (Option<usize>, usize) {
    let close = text.iter().position(|b| *b == b']').filter(|_| text.len() >= 3);
    let Some(close) = close else {
        return (None, 1);
    };
    let inside = text.get(1..close).unwrap_or_default();
    match leading_number(inside) {
        (Some(number), length) if length == inside.len() => (Some(number), close + 1),
        _ => (None, close + 1),
    }
}
