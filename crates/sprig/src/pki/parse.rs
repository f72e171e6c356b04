//! Reads a certificate as far as an issuer needs it, with the errors of `x509.ParseCertificate`.

use super::cursor::Cursor;
use super::{asn1, der, oid};

/// What the issuer's certificate says.
pub(crate) struct Parsed {
    /// The encoded name.
    pub(crate) subject: Vec<u8>,
    pub(crate) subject_key_id: Vec<u8>,
    /// The `SubjectPublicKeyInfo`; `None` where Go does not know the algorithm.
    pub(crate) public_key: Option<Vec<u8>>,
}

type Result<T> = std::result::Result<T, String>;

fn malformed(what: &'static str) -> impl Fn() -> String {
    move || format!("x509: malformed {what}")
}

/// Reads one certificate that nothing follows.
pub(crate) fn certificate(bytes: &[u8]) -> Result<Parsed> {
    let mut outer = Cursor(bytes);
    let mut input = outer.content(der::SEQUENCE).ok_or_else(malformed("certificate"))?;
    let mut content = input.content(der::SEQUENCE).ok_or_else(malformed("tbs certificate"))?;
    let version = version(&mut content)?;
    let serial = content.integer().ok_or_else(malformed("serial number"))?;
    if serial.first().is_some_and(|b| *b >= 0x80) {
        return Err("x509: negative serial number".into());
    }
    signature_algorithm(&mut content, &mut input)?;
    name(content.element(der::SEQUENCE).ok_or_else(malformed("issuer"))?.content)?;
    let mut validity = content.content(der::SEQUENCE).ok_or_else(malformed("validity"))?;
    time(&mut validity)?;
    time(&mut validity)?;
    let subject = content.element(der::SEQUENCE).ok_or_else(malformed("issuer"))?;
    name(subject.content)?;
    let key = content.element(der::SEQUENCE).ok_or_else(malformed("spki"))?;
    let known = public_key(Cursor(key.content))?;
    let subject_key_id = if version > 0 { extensions(&mut content, version)? } else { Vec::new() };
    input.bits().ok_or_else(malformed("signature"))?;
    if !outer.is_empty() {
        return Err("x509: trailing data".into());
    }
    Ok(Parsed { subject: subject.whole.to_vec(), subject_key_id, public_key: known.then(|| key.whole.to_vec()) })
}

/// Returns the version, counted from zero.
fn version(content: &mut Cursor<'_>) -> Result<i64> {
    if !content.peek(0xA0) {
        return Ok(0);
    }
    let mut inner = content.content(0xA0).ok_or_else(malformed("version"))?;
    let number =
        inner.integer().filter(|bytes| bytes.len() <= 8 && inner.is_empty()).ok_or_else(malformed("version"))?;
    match asn1::small_integer(number) {
        ..0 => Err(malformed("version")()),
        number @ 0..=2 => Ok(number),
        _ => Err("x509: invalid version".into()),
    }
}

fn signature_algorithm(content: &mut Cursor<'_>, input: &mut Cursor<'_>) -> Result<()> {
    let inner = content.content(der::SEQUENCE).ok_or_else(malformed("signature algorithm identifier"))?;
    let outer = input.content(der::SEQUENCE).ok_or_else(malformed("algorithm identifier"))?;
    if inner.0 != outer.0 {
        return Err("x509: inner and outer signature algorithm identifiers don't match".into());
    }
    algorithm(inner).map(|_| ())
}

/// Returns the name of an algorithm and its parameters.
fn algorithm(mut content: Cursor<'_>) -> Result<(&[u8], &[u8])> {
    let name = content.oid().ok_or_else(malformed("OID"))?;
    if content.is_empty() {
        return Ok((name, &[]));
    }
    let parameters = content.any().ok_or_else(malformed("parameters"))?;
    Ok((name, parameters.whole))
}

fn name(content: &[u8]) -> Result<()> {
    let invalid = |what: &str| format!("x509: invalid RDNSequence{what}");
    let mut names = Cursor(content);
    while !names.is_empty() {
        let mut set = names.content(der::SET).ok_or_else(|| invalid(""))?;
        while !set.is_empty() {
            let mut attribute = set.content(der::SEQUENCE).ok_or_else(|| invalid(": invalid attribute"))?;
            attribute.oid().ok_or_else(|| invalid(": invalid attribute type"))?;
            let value = attribute.any().ok_or_else(|| invalid(": invalid attribute value: invalid ASN.1 element"))?;
            let wrong = match value.tag {
                der::PRINTABLE_STRING if !value.content.iter().all(|b| printable(*b)) => "invalid PrintableString",
                der::UTF8_STRING if std::str::from_utf8(value.content).is_err() => "invalid UTF-8 string",
                0x16 if !value.content.is_ascii() => "invalid IA5String",
                0x12 if !value.content.iter().all(|b| b.is_ascii_digit() || *b == b' ') => "invalid NumericString",
                _ => continue,
            };
            return Err(invalid(&format!(": invalid attribute value: {wrong}")));
        }
    }
    Ok(())
}

/// Reading, Go lets the asterisk and the ampersand pass.
fn printable(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" '()+,-./:=?*&".contains(&byte)
}

fn time(content: &mut Cursor<'_>) -> Result<()> {
    let (tag, digits, what) = if content.peek(der::UTC_TIME) {
        (der::UTC_TIME, 12, "UTCTime")
    } else if content.peek(der::GENERALIZED_TIME) {
        (der::GENERALIZED_TIME, 14, "GeneralizedTime")
    } else {
        return Err("x509: unsupported time format".into());
    };
    let text = content.content(tag).map(|text| text.0).unwrap_or_default();
    match text.split_last() {
        Some((b'Z', head)) if head.len() == digits && head.iter().all(u8::is_ascii_digit) => Ok(()),
        _ => Err(format!("x509: malformed {what}")),
    }
}

/// Checks a public key; `false` where its algorithm is unknown.
fn public_key(mut info: Cursor<'_>) -> Result<bool> {
    let (name, parameters) =
        algorithm(info.content(der::SEQUENCE).ok_or_else(malformed("public key algorithm identifier"))?)?;
    let bits = info.bits().ok_or_else(malformed("subjectPublicKey"))?;
    match name {
        oid::RSA => rsa(parameters, bits)?,
        oid::EC => {
            if Cursor(parameters).oid().is_none() {
                return Err("x509: invalid ECDSA parameters".into());
            }
        }
        oid::ED25519 if !parameters.is_empty() => {
            return Err("x509: Ed25519 key encoded with illegal parameters".into());
        }
        oid::ED25519 if bits.len() != 32 => return Err("x509: wrong Ed25519 public key size".into()),
        oid::ED25519 | oid::DSA | oid::X25519 => {}
        _ => return Ok(false),
    }
    Ok(true)
}

fn rsa(parameters: &[u8], bits: &[u8]) -> Result<()> {
    let fail = |text: &str| Err(format!("x509: {text}"));
    if parameters != der::NULL {
        return fail("RSA key missing NULL parameters");
    }
    let Some(mut key) = Cursor(bits).content(der::SEQUENCE) else { return fail("invalid RSA public key") };
    let Some(modulus) = key.integer() else { return fail("invalid RSA modulus") };
    let Some(exponent) = key.integer().filter(|bytes| bytes.len() <= 8) else {
        return fail("invalid RSA public exponent");
    };
    if modulus.first().is_some_and(|b| *b >= 0x80) || modulus == [0] {
        return fail("RSA modulus is not a positive number");
    }
    if asn1::small_integer(exponent) <= 0 { fail("RSA public exponent is not a positive number") } else { Ok(()) }
}

/// Reads the extensions; returns the subject's key id, empty without one.
fn extensions(content: &mut Cursor<'_>, version: i64) -> Result<Vec<u8>> {
    let mut subject_key_id = Vec::new();
    for (tag, what) in [(0x81, "issuerUniqueID"), (0x82, "subjectUniqueID")] {
        if content.peek(tag) {
            content.any().ok_or_else(malformed(what))?;
        }
    }
    if version < 2 || !content.peek(0xA3) {
        return Ok(subject_key_id);
    }
    let wrapped = content.content(0xA3).ok_or_else(malformed("extensions"))?;
    let mut list = { wrapped }.content(der::SEQUENCE).ok_or_else(malformed("extensions"))?;
    let mut seen = Vec::new();
    while !list.is_empty() {
        let mut one = list.content(der::SEQUENCE).ok_or_else(malformed("extension"))?;
        let id = one.oid().ok_or_else(malformed("extension OID field"))?;
        let critical = one.peek(0x01) && one.boolean().ok_or_else(malformed("extension critical field"))?;
        let value = one.content(der::OCTET_STRING).ok_or_else(malformed("extension value field"))?;
        if seen.contains(&id) {
            return Err(format!("x509: certificate contains duplicate extension with OID \"{}\"", asn1::oid_text(id)));
        }
        seen.push(id);
        if id == oid::SUBJECT_KEY_ID {
            if critical {
                return Err("x509: subject key identifier incorrectly marked critical".into());
            }
            let id = { value }.content(der::OCTET_STRING).ok_or("x509: invalid subject key identifier")?;
            subject_key_id = id.0.to_vec();
        }
        check(id, value)?;
    }
    Ok(subject_key_id)
}

/// Checks the outermost shape of the extensions that matter to an issuer.
fn check(id: &[u8], mut value: Cursor<'_>) -> Result<()> {
    let what = match id {
        oid::KEY_USAGE if value.bits().is_none() => "key usage",
        oid::BASIC_CONSTRAINTS if value.content(der::SEQUENCE).is_none() => "basic constraints",
        oid::ALTERNATIVE_NAMES if value.content(der::SEQUENCE).is_none() => "subject alternative names",
        oid::EXTENDED_KEY_USAGE if value.content(der::SEQUENCE).is_none() => "extended key usages",
        oid::AUTHORITY_KEY_ID if value.content(der::SEQUENCE).is_none() => "authority key identifier",
        _ => return Ok(()),
    };
    Err(format!("x509: invalid {what}"))
}
