//! `asn1.Unmarshal` of Go's `encoding/asn1` for the few structures of private keys, with its error texts.

use std::fmt::Write;

/// The type of one field, as far as Go's reading and its error texts go.
pub(crate) enum Kind {
    /// `int`.
    Int,
    /// `*big.Int`.
    Big,
    /// `[]byte`.
    Octets,
    Oid,
    BitString,
    /// `asn1.RawValue`: anything.
    Raw,
    /// A struct of the name.
    Struct(&'static str, &'static [Field]),
    /// A slice of structs, whose content nobody asks for.
    List,
}

pub(crate) struct Field {
    pub(crate) kind: Kind,
    pub(crate) optional: bool,
    /// The number of an explicit context-specific tag around the field.
    pub(crate) explicit: Option<u8>,
}

pub(crate) const fn field(kind: Kind) -> Field {
    Field { kind, optional: false, explicit: None }
}

pub(crate) const fn optional(kind: Kind) -> Field {
    Field { kind, optional: true, explicit: None }
}

pub(crate) const fn tagged(kind: Kind, number: u8) -> Field {
    Field { kind, optional: true, explicit: Some(number) }
}

static ALGORITHM: &[Field] = &[field(Kind::Oid), optional(Kind::Raw)];

pub(crate) static PKCS1: Field = field(Kind::Struct(
    "pkcs1PrivateKey",
    &[
        field(Kind::Int),
        field(Kind::Big),
        field(Kind::Int),
        field(Kind::Big),
        field(Kind::Big),
        field(Kind::Big),
        optional(Kind::Big),
        optional(Kind::Big),
        optional(Kind::Big),
        optional(Kind::List),
    ],
));
pub(crate) static PKCS8: Field = field(Kind::Struct(
    "pkcs8",
    &[field(Kind::Int), field(Kind::Struct("AlgorithmIdentifier", ALGORITHM)), field(Kind::Octets)],
));
pub(crate) static EC: Field = field(Kind::Struct(
    "ecPrivateKey",
    &[field(Kind::Int), field(Kind::Octets), tagged(Kind::Oid, 0), tagged(Kind::BitString, 1)],
));
pub(crate) static DSA: Field = field(Kind::Struct(
    "DSAKeyFormat",
    &[field(Kind::Int), field(Kind::Big), field(Kind::Big), field(Kind::Big), field(Kind::Big), field(Kind::Big)],
));
pub(crate) static OCTETS: Field = field(Kind::Octets);
pub(crate) static OID: Field = field(Kind::Oid);

/// The content of each leaf field in order; `None` where an optional one is missing. Of `Raw` it is the whole element.
pub(crate) type Leaves<'a> = Vec<Option<&'a [u8]>>;

/// Reads one structure; returns its leaves and what follows it.
pub(crate) fn unmarshal<'a>(der: &'a [u8], shape: &Field) -> Result<(Leaves<'a>, &'a [u8]), String> {
    let mut leaves = Vec::new();
    let end = parse(der, 0, shape, &mut leaves)?;
    Ok((leaves, der.get(end..).unwrap_or_default()))
}

fn syntax<T>(text: &str) -> Result<T, String> {
    Err(format!("asn1: syntax error: {text}"))
}

fn structure<T>(text: &str) -> Result<T, String> {
    Err(format!("asn1: structure error: {text}"))
}

struct Header {
    class: u8,
    tag: u32,
    length: usize,
    compound: bool,
}

/// Reads the header at `at`; returns it with the offset behind it.
fn header(bytes: &[u8], at: usize) -> Result<(Header, usize), String> {
    let first = *bytes.get(at).ok_or("asn1: internal error in parseTagAndLength")?;
    let (mut tag, mut at) = (u32::from(first & 0x1F), at + 1);
    if tag == 0x1F {
        (tag, at) = base128(bytes, at)?;
        if tag < 0x1F {
            return syntax("non-minimal tag");
        }
    }
    let Some(&byte) = bytes.get(at) else { return syntax("truncated tag or length") };
    let (length, at) = if byte < 0x80 { (usize::from(byte), at + 1) } else { long_length(bytes, at + 1, byte & 0x7F)? };
    Ok((Header { class: first >> 6, tag, length, compound: first & 0x20 != 0 }, at))
}

fn long_length(bytes: &[u8], at: usize, count: u8) -> Result<(usize, usize), String> {
    if count == 0 {
        return syntax("indefinite length found (not DER)");
    }
    let mut length = 0_usize;
    let end = at + usize::from(count);
    for i in at..end {
        let Some(&byte) = bytes.get(i) else { return syntax("truncated tag or length") };
        if length >= 1 << 23 {
            return structure("length too large");
        }
        length = length << 8 | usize::from(byte);
        if length == 0 {
            return structure("superfluous leading zeros in length");
        }
    }
    if length < 0x80 { structure("non-minimal length") } else { Ok((length, end)) }
}

fn base128(bytes: &[u8], start: usize) -> Result<(u32, usize), String> {
    let mut value = 0_u64;
    for (i, &byte) in bytes.iter().enumerate().skip(start) {
        if i - start == 5 {
            return structure("base 128 integer too large");
        }
        if i == start && byte == 0x80 {
            return syntax("integer is not minimally encoded");
        }
        value = value << 7 | u64::from(byte & 0x7F);
        if byte < 0x80 {
            let small = u32::try_from(value).ok().filter(|v| *v <= i32::MAX as u32);
            return small.map_or_else(|| structure("base 128 integer too large"), |value| Ok((value, i + 1)));
        }
    }
    syntax("truncated base 128 integer")
}

impl Field {
    /// The universal tag and whether it is compound; `None` takes anything.
    fn expected(&self) -> Option<(u32, bool)> {
        match self.kind {
            Kind::Int | Kind::Big => Some((2, false)),
            Kind::Octets => Some((4, false)),
            Kind::Oid => Some((6, false)),
            Kind::BitString => Some((3, false)),
            Kind::Raw => None,
            Kind::Struct(..) | Kind::List => Some((16, true)),
        }
    }

    /// `reflect.Type.Name()`.
    fn type_name(&self) -> &'static str {
        match self.kind {
            Kind::Int => "int",
            Kind::Big | Kind::Octets | Kind::List => "",
            Kind::Oid => "ObjectIdentifier",
            Kind::BitString => "BitString",
            Kind::Raw => "RawValue",
            Kind::Struct(name, _) => name,
        }
    }

    /// Notes that the field is missing.
    fn missing(&self, leaves: &mut Leaves<'_>) {
        match &self.kind {
            Kind::Struct(_, fields) => fields.iter().for_each(|field| field.missing(leaves)),
            _ => leaves.push(None),
        }
    }
}

/// Reads a field at `start`; returns the offset behind it.
fn parse<'a>(bytes: &'a [u8], start: usize, field: &Field, leaves: &mut Leaves<'a>) -> Result<usize, String> {
    if start == bytes.len() {
        if !field.optional {
            return syntax("sequence truncated");
        }
        field.missing(leaves);
        return Ok(start);
    }
    let (mut found, mut at) = header(bytes, start)?;
    if let Some(number) = field.explicit {
        if at == bytes.len() {
            return structure("explicit tag has no child");
        }
        if found.class != 2 || found.tag != u32::from(number) || found.length != 0 && !found.compound {
            field.missing(leaves);
            return Ok(start);
        }
        if found.length == 0 {
            return structure("zero length explicit tag was not an asn1.Flag");
        }
        (found, at) = header(bytes, at)?;
    }
    if let Some((tag, compound)) = field.expected()
        && (found.class != 0 || found.tag != tag || found.compound != compound)
    {
        if field.optional {
            field.missing(leaves);
            return Ok(start);
        }
        return structure(&mismatch(tag, &found, field, at));
    }
    let Some(content) = at.checked_add(found.length).and_then(|end| bytes.get(at..end)) else {
        return syntax("data truncated");
    };
    let end = at + found.length;
    match &field.kind {
        Kind::Raw => leaves.push(bytes.get(start..end)),
        Kind::Struct(_, fields) => {
            let mut inner = 0;
            for field in *fields {
                inner = parse(content, inner, field, leaves)?;
            }
        }
        kind => leaves.push(Some(checked(kind, content)?)),
    }
    Ok(end)
}

fn mismatch(tag: u32, found: &Header, field: &Field, at: usize) -> String {
    let mut text = String::new();
    let _ = write!(
        text,
        "tags don't match ({tag} vs {{class:{} tag:{} length:{} isCompound:{}}}) {{optional:false explicit:false application:false \
         private:false defaultValue:<nil> tag:<nil> stringType:0 timeType:0 set:false omitEmpty:false}} {} @{at}",
        found.class,
        found.tag,
        found.length,
        found.compound,
        field.type_name()
    );
    text
}

fn checked<'a>(kind: &Kind, content: &'a [u8]) -> Result<&'a [u8], String> {
    match kind {
        Kind::Int | Kind::Big => integer(kind, content),
        Kind::Oid => object_identifier(content),
        Kind::BitString => bit_string(content),
        _ => Ok(content),
    }
}

fn integer<'a>(kind: &Kind, content: &'a [u8]) -> Result<&'a [u8], String> {
    match content {
        [] => structure("empty integer"),
        [0, 0..=0x7F, ..] | [0xFF, 0x80..=0xFF, ..] => structure("integer not minimally-encoded"),
        _ if matches!(kind, Kind::Int) && content.len() > 8 => structure("integer too large"),
        _ => Ok(content),
    }
}

fn object_identifier(content: &[u8]) -> Result<&[u8], String> {
    if content.is_empty() {
        return syntax("zero length OBJECT IDENTIFIER");
    }
    let mut at = 0;
    while at < content.len() {
        at = base128(content, at)?.1;
    }
    Ok(content)
}

/// Returns the bytes of a bit string without the count of unused bits.
fn bit_string(content: &[u8]) -> Result<&[u8], String> {
    let Some((&unused, bytes)) = content.split_first() else { return syntax("zero length BIT STRING") };
    let last = bytes.last().copied().unwrap_or(0);
    if unused > 7 || bytes.is_empty() && unused > 0 || last & ((1_u16 << unused) - 1) as u8 != 0 {
        return syntax("invalid padding bits in BIT STRING");
    }
    Ok(bytes)
}

/// Returns a two's complement integer of at most 8 bytes.
pub(crate) fn small_integer(content: &[u8]) -> i64 {
    let start = if content.first().is_some_and(|b| *b >= 0x80) { -1 } else { 0 };
    content.iter().fold(start, |n, b| n << 8 | i64::from(*b))
}

/// Prints an object identifier as `1.2.840.113549`.
pub(crate) fn oid_text(content: &[u8]) -> String {
    let (mut text, mut at) = (String::new(), 0);
    while let Ok((value, next)) = base128(content, at) {
        let _ = match (at, value) {
            (0, 80..) => write!(text, "2.{}", value - 80),
            (0, _) => write!(text, "{}.{}", value / 40, value % 40),
            _ => write!(text, ".{value}"),
        };
        at = next;
    }
    text
}
