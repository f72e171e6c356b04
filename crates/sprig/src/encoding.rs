//! Base64 and base32 as Go's `encoding/base64` and `encoding/base32` (standard alphabets, padded), with their errors.

use gostd::Type as T;
use gostd::{GoError, Value};
use gotemplate::exec::Exec;
use gotemplate::func::Func;

use crate::args::string;
use crate::limits;
use crate::table::fixed;

pub(crate) const TABLE: &[Func] = &[
    fixed("b64enc", &[T::String], T::String, |_, args| encode(args, base64_encode)),
    fixed("b32enc", &[T::String], T::String, |_, args| encode(args, base32_encode)),
    fixed("b64dec", &[T::String], T::String, base64_text),
    fixed("b32dec", &[T::String], T::String, base32_text),
];

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What a character stands for, [`NONE`] outside the alphabet.
type Reverse = [u8; 256];
const NONE: u8 = 0xFF;
static BASE64_REVERSE: Reverse = reverse(BASE64);
static BASE32_REVERSE: Reverse = reverse(BASE32);

const fn reverse(alphabet: &[u8]) -> Reverse {
    let mut table = [NONE; 256];
    let mut i = 0;
    while i < alphabet.len() {
        table[alphabet[i] as usize] = i as u8;
        i += 1;
    }
    table
}

fn encode(args: &[Value], with: fn(&[u8]) -> Vec<u8>) -> Result<Value, GoError> {
    let s = string(args, 0)?;
    limits::string(s.len() / 5 * 8)?;
    Ok(Value::str(with(s)))
}

pub(crate) fn base64_encode(s: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len().div_ceil(3) * 4);
    let (groups, rest) = s.as_chunks::<3>();
    let digit = |n: u32| BASE64[(n & 63) as usize];
    for [a, b, c] in groups {
        let n = u32::from(*a) << 16 | u32::from(*b) << 8 | u32::from(*c);
        out.extend_from_slice(&[digit(n >> 18), digit(n >> 12), digit(n >> 6), digit(n)]);
    }
    match rest {
        [a] => out.extend_from_slice(&[digit(u32::from(*a) >> 2), digit(u32::from(*a) << 4), b'=', b'=']),
        [a, b] => {
            let n = u32::from(*a) << 8 | u32::from(*b);
            out.extend_from_slice(&[digit(n >> 10), digit(n >> 4), digit(n << 2), b'=']);
        }
        _ => {}
    }
    out
}

pub(crate) fn base32_encode(s: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(s.len().div_ceil(5) * 8);
    for group in s.chunks(5) {
        let n = group.iter().fold(0_u64, |n, b| n << 8 | u64::from(*b)) << (8 * (5 - group.len()));
        let digits = (group.len() * 8).div_ceil(5);
        out.extend((0..digits).map(|i| BASE32[(n >> (35 - 5 * i) & 31) as usize]));
        out.extend(std::iter::repeat_n(b'=', 8 - digits));
    }
    out
}

/// The offset of the first wrong character, in bytes of the input.
pub(crate) struct Corrupt(usize);

/// Reads characters that are not line ends, with their offsets.
struct Input<'a> {
    text: &'a [u8],
    at: usize,
}

impl Input<'_> {
    /// Returns the next character; `at` is then just behind it.
    fn next(&mut self) -> Option<u8> {
        while let Some(&byte) = self.text.get(self.at) {
            self.at += 1;
            if byte != b'\n' && byte != b'\r' {
                return Some(byte);
            }
        }
        None
    }
}

/// Decodes padded base64; line ends are ignored anywhere.
pub(crate) fn base64_decode(s: &[u8]) -> Result<Vec<u8>, Corrupt> {
    let mut out = Vec::with_capacity(s.len() / 4 * 3);
    let mut input = Input { text: s, at: 0 };
    loop {
        let (mut n, mut digits) = (0_u32, 0);
        while digits < 4 {
            let Some(byte) = input.next() else {
                return if digits == 0 { Ok(out) } else { Err(Corrupt(input.at - digits)) };
            };
            match BASE64_REVERSE[usize::from(byte)] {
                NONE => {
                    padding64(byte, digits, &mut input)?;
                    push(&mut out, n << (6 * (4 - digits)) << 8, digits - 1);
                    return Ok(out);
                }
                digit => n = n << 6 | u32::from(digit),
            }
            digits += 1;
        }
        push(&mut out, n << 8, 3);
    }
}

/// Appends the first bytes of a word, high byte first.
fn push(out: &mut Vec<u8>, word: u32, bytes: usize) {
    out.extend_from_slice(word.to_be_bytes().get(..bytes).unwrap_or_default());
}

/// Checks that a character that is no digit is padding in its place, with nothing after it.
fn padding64(byte: u8, digits: usize, input: &mut Input<'_>) -> Result<(), Corrupt> {
    let at = input.at - 1;
    if byte != b'=' || digits < 2 {
        return Err(Corrupt(at));
    }
    if digits == 2 {
        match input.next() {
            None => return Err(Corrupt(input.text.len())),
            Some(b'=') => {}
            // Go points at the first `=` here.
            Some(_) => return Err(Corrupt(input.at - 2)),
        }
    }
    match input.next() {
        None => Ok(()),
        Some(_) => Err(Corrupt(input.at - 1)),
    }
}

fn base64_text(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, GoError> {
    Ok(match base64_decode(string(args, 0)?) {
        Ok(bytes) => Value::str(bytes),
        Err(err) => Value::from(err.message64()),
    })
}

impl Corrupt {
    pub(crate) fn message64(&self) -> String {
        format!("illegal base64 data at input byte {}", self.0)
    }
}

/// Decodes padded base32; the input is stripped of line ends first, so offsets do not count them.
pub(crate) fn base32_decode(s: &[u8]) -> Result<Vec<u8>, Corrupt> {
    let text: Vec<u8> = s.iter().copied().filter(|b| *b != b'\n' && *b != b'\r').collect();
    let mut out = Vec::with_capacity(text.len() / 8 * 5);
    let mut at = 0;
    while at < text.len() {
        let (mut n, mut digits) = (0_u64, 0);
        while digits < 8 {
            let Some(&byte) = text.get(at) else { return Err(Corrupt(at - digits)) };
            at += 1;
            if byte == b'=' && digits >= 2 && text.len() - at < 8 {
                padding32(&text, at, digits)?;
                at = text.len();
                break;
            }
            match BASE32_REVERSE[usize::from(byte)] {
                NONE => return Err(Corrupt(at - 1)),
                digit => n = n << 5 | u64::from(digit),
            }
            digits += 1;
        }
        let word = n << (5 * (8 - digits)) << 24;
        out.extend_from_slice(word.to_be_bytes().get(..digits * 5 / 8).unwrap_or_default());
    }
    Ok(out)
}

/// Checks the padding of the last group, whose first `=` stood before `at`.
fn padding32(text: &[u8], at: usize, digits: usize) -> Result<(), Corrupt> {
    let left = text.len() - at;
    if left + digits < 7 {
        return Err(Corrupt(text.len()));
    }
    for i in 0..7 - digits {
        if text.get(at + i).is_some_and(|b| *b != b'=') {
            return Err(Corrupt(at + i - 1));
        }
    }
    if digits == 1 || digits == 3 || digits == 6 {
        return Err(Corrupt(at - 1));
    }
    Ok(())
}

fn base32_text(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, GoError> {
    Ok(match base32_decode(string(args, 0)?) {
        Ok(bytes) => Value::str(bytes),
        Err(Corrupt(at)) => Value::from(format!("illegal base32 data at input byte {at}")),
    })
}
