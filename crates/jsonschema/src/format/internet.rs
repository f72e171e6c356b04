//! Formats `email`, `hostname`, `ipv4` and `ipv6`.

use gostd::strconv::{atoi, quote};
use gostd::strings::{contains, runes, split, trim_suffix};

use super::{Refusal, own_text, refuse, refuse_rune, split_at};

pub fn ipv4(text: &[u8]) -> Refusal {
    let groups = split(text, b".");
    if groups.len() != 4 {
        return refuse("expected four decimals");
    }
    for group in groups {
        if group.len() > 1 && group.starts_with(b"0") {
            return refuse("leading zeros");
        }
        if !(0..=255).contains(&atoi(group).map_err(own_text)?) {
            return refuse("decimal must be between 0 and 255");
        }
    }
    Ok(())
}

pub fn hostname(text: &[u8]) -> Refusal {
    let text = trim_suffix(text, b".");
    if text.len() > 253 {
        return refuse("more than 253 characters long");
    }
    for label in split(text, b".") {
        if label.is_empty() || label.len() > 63 {
            return refuse("label must be 1 to 63 characters long");
        }
        if label.starts_with(b"-") {
            return refuse("label starts with hyphen");
        }
        if label.ends_with(b"-") {
            return refuse("label ends with hyphen");
        }
        check_characters(label, b"-")?;
    }
    Ok(())
}

/// Allows letters and digits of ASCII, and some more characters.
fn check_characters(text: &[u8], more: &[u8]) -> Refusal {
    let fits = |rune: u32| u8::try_from(rune).is_ok_and(|b| b.is_ascii_alphanumeric() || more.contains(&b));
    match runes(text).find(|(_, rune, _)| !fits(*rune)) {
        Some((_, rune, _)) => refuse_rune("invalid character ", rune, ""),
        None => Ok(()),
    }
}

pub fn email(text: &[u8]) -> Refusal {
    if text.len() > 254 {
        return refuse("more than 255 characters long");
    }
    let Some(at) = text.iter().rposition(|b| *b == b'@') else { return refuse("missing @") };
    let (local, domain) = split_at(text, at);
    check_local_part(local)?;
    let domain = domain.get(1..).unwrap_or_default();
    match domain.strip_prefix(b"[").and_then(|d| d.strip_suffix(b"]")) {
        Some(address) => match address.strip_prefix(b"IPv6:") {
            Some(address) => ipv6(address).map_err(|e| format!("invalid ipv6 address: {e}")),
            None => ipv4(address).map_err(|e| format!("invalid ipv4 address: {e}")),
        },
        None => hostname(domain).map_err(|e| format!("invalid domain: {e}")),
    }
}

fn check_local_part(local: &[u8]) -> Refusal {
    if local.len() > 64 {
        return refuse("local part more than 64 characters long");
    }
    if let Some(quoted) = local.strip_prefix(b"\"").and_then(|l| l.strip_suffix(b"\"")) {
        if quoted.iter().any(|b| matches!(b, b'\\' | b'"')) {
            return refuse("backslash and quote are not allowed within quoted local part");
        }
        return Ok(());
    }
    if local.starts_with(b".") {
        return refuse("starts with dot");
    }
    if local.ends_with(b".") {
        return refuse("ends with dot");
    }
    if contains(local, b"..") {
        return refuse("consecutive dots");
    }
    check_characters(local, b".!#$%&'*+-/=?^_`{|}~")
}

/// An address that Go's `netip.ParseAddr` accepts, with a colon and without a zone.
pub fn ipv6(text: &[u8]) -> Refusal {
    if !text.contains(&b':') {
        return refuse("missing colon");
    }
    let address = Address { text };
    // A dot before the first colon makes Go read an IPv4 address.
    match text.iter().find(|b| matches!(b, b'.' | b':' | b'%')) {
        Some(b'.') => address.v4_fields(text).map(drop)?,
        Some(b'%') => return address.wrong("missing IPv6 address", b""),
        _ => address.v6()?,
    }
    if text.contains(&b'%') { refuse("zone id is not a part of ipv6 address") } else { Ok(()) }
}

/// A text that is read as an IP address.
struct Address<'a> {
    text: &'a [u8],
}

impl Address<'_> {
    fn wrong<T>(&self, message: &str, at: &[u8]) -> Result<T, String> {
        let quoted = |text: &[u8]| String::from_utf8_lossy(&quote(text)).into_owned();
        let start = format!("ParseAddr({}): {message}", quoted(self.text));
        Err(if at.is_empty() { start } else { format!("{start} (at {})", quoted(at)) })
    }

    /// Reads four decimals.
    fn v4_fields(&self, text: &[u8]) -> Refusal {
        let (mut value, mut digits, mut fields) = (0u32, 0, 0);
        for (i, byte) in text.iter().enumerate() {
            let here = text.get(i..).unwrap_or_default();
            match byte {
                b'0'..=b'9' if digits == 1 && value == 0 => {
                    return self.wrong("IPv4 field has octet with leading zero", b"");
                }
                b'0'..=b'9' => {
                    value = value * 10 + u32::from(byte - b'0');
                    digits += 1;
                    if value > 255 {
                        return self.wrong("IPv4 field has value >255", b"");
                    }
                }
                b'.' if digits == 0 || here.len() == 1 => {
                    return self.wrong("IPv4 field must have at least one digit", here);
                }
                b'.' if fields == 3 => return self.wrong("IPv4 address too long", b""),
                b'.' => {
                    fields += 1;
                    (value, digits) = (0, 0);
                }
                _ => return self.wrong("unexpected character", here),
            }
        }
        if fields < 3 { self.wrong("IPv4 address too short", b"") } else { Ok(()) }
    }

    /// Reads groups of hexadecimal digits, with `::` for some of them, perhaps four decimals at the end.
    fn v6(&self) -> Refusal {
        let mut rest = match self.text.iter().position(|b| *b == b'%') {
            Some(at) if at + 1 == self.text.len() => return self.wrong("zone must be a non-empty string", b""),
            Some(at) => split_at(self.text, at).0,
            None => self.text,
        };
        let mut gap = false;
        if let Some(tail) = rest.strip_prefix(b"::") {
            if tail.is_empty() {
                return Ok(());
            }
            gap = true;
            rest = tail;
        }
        let mut bytes = 0;
        while bytes < 16 {
            let digits = self.group(rest)?;
            if rest.get(digits) == Some(&b'.') {
                self.embedded_v4(rest, bytes, gap)?;
                rest = b"";
                bytes += 4;
                break;
            }
            bytes += 2;
            rest = split_at(rest, digits).1;
            match rest {
                [] => break,
                [b':'] => return self.wrong("colon must be followed by more characters", rest),
                [b':', b':', ..] if gap => return self.wrong("multiple :: in address", split_at(rest, 1).1),
                [b':', b':', tail @ ..] => {
                    gap = true;
                    rest = tail;
                    if rest.is_empty() {
                        break;
                    }
                }
                [b':', tail @ ..] => rest = tail,
                _ => return self.wrong("unexpected character, want colon", rest),
            }
        }
        match (rest.is_empty(), bytes < 16, gap) {
            (false, ..) => self.wrong("trailing garbage after address", rest),
            (true, true, false) => self.wrong("address string too short", b""),
            (true, false, true) => self.wrong("the :: must expand to at least one field of zeros", b""),
            _ => Ok(()),
        }
    }

    /// Counts the digits of a group.
    fn group(&self, text: &[u8]) -> Result<usize, String> {
        match text.iter().take_while(|b| b.is_ascii_hexdigit()).count() {
            0 => self.wrong("each colon-separated field must have at least one digit", text),
            1..=4 => Ok(text.iter().take_while(|b| b.is_ascii_hexdigit()).count()),
            _ => self.wrong("each group must have 4 or less digits", text),
        }
    }

    fn embedded_v4(&self, text: &[u8], bytes: usize, gap: bool) -> Refusal {
        if !gap && bytes != 12 {
            return self.wrong("embedded IPv4 address must replace the final 2 fields of the address", text);
        }
        if bytes + 4 > 16 {
            return self.wrong("too many hex fields to fit an embedded IPv4 at the end of the address", text);
        }
        self.v4_fields(text)
    }
}
