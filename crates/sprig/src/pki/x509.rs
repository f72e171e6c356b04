//! Makes certificates as `x509.CreateCertificate` lays them out.

use std::net::IpAddr;

use aws_lc_rs::digest;
use gostd::strconv;

use super::keys::PrivateKey;
use super::parse::Parsed;
use super::{der, oid};

/// What a new certificate shall say.
pub(crate) struct Template<'a> {
    pub(crate) common_name: &'a [u8],
    pub(crate) addresses: Vec<IpAddr>,
    pub(crate) names: Vec<Vec<u8>>,
    /// Seconds since 1970.
    pub(crate) not_before: i64,
    pub(crate) not_after: i64,
    pub(crate) serial: [u8; 16],
    pub(crate) authority: bool,
}

/// Signs a certificate for `key` by `signer`; without an issuer it signs itself.
pub(crate) fn create(
    template: &Template<'_>,
    issuer: Option<&Parsed>,
    key: &PrivateKey,
    signer: &PrivateKey,
) -> Result<Vec<u8>, String> {
    let algorithm = signer.signature_algorithm()?;
    let public = key.public()?;
    let subject = subject(template.common_name)?;
    let issuer_name = issuer.map_or(&subject, |issuer| &issuer.subject);
    if let Some(issuer) = issuer
        && issuer.public_key.as_ref().is_some_and(|known| signer.public().is_ok_and(|own| own.info() != *known))
    {
        return Err("x509: provided PrivateKey doesn't match parent's PublicKey".into());
    }
    let authority_id = issuer.filter(|_| *issuer_name != subject).map_or(&[][..], |issuer| &issuer.subject_key_id);
    let subject_id = if template.authority { key_id(&public.bytes) } else { Vec::new() };
    let content = der::sequence(&[
        &[0xA0, 3, der::INTEGER, 1, 2],
        &der::integer(&template.serial),
        &algorithm,
        issuer_name,
        &der::sequence(&[&time(template.not_before)?, &time(template.not_after)?]),
        &subject,
        &public.info(),
        &der::explicit(3, &extensions(template, authority_id, &subject_id)?),
    ]);
    let signature = signer.sign(&content)?;
    Ok(der::sequence(&[&content, &algorithm, &der::bits(0, &signature)]))
}

/// The first 160 bits of the SHA-256 of the public key (RFC 7093, method 1).
fn key_id(public: &[u8]) -> Vec<u8> {
    digest::digest(&digest::SHA256, public).as_ref().iter().take(20).copied().collect()
}

/// Returns a name that has at most a common name.
fn subject(common_name: &[u8]) -> Result<Vec<u8>, String> {
    if common_name.is_empty() {
        return Ok(der::sequence(&[]));
    }
    let tag = if common_name.iter().all(|b| is_printable(*b)) {
        der::PRINTABLE_STRING
    } else if std::str::from_utf8(common_name).is_ok() {
        der::UTF8_STRING
    } else {
        return Err("asn1: string not valid UTF-8".into());
    };
    let attribute = der::sequence(&[&der::oid(oid::COMMON_NAME), &der::element(tag, &[common_name])]);
    Ok(der::sequence(&[&der::element(der::SET, &[&attribute])]))
}

/// Go rejects the asterisk and the ampersand here.
fn is_printable(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b" '()+,-./:=?".contains(&byte)
}

/// Returns a time: two digits for the year from 1950 to 2049, else four.
fn time(seconds: i64) -> Result<Vec<u8>, String> {
    let (year, month, day) = civil(seconds.div_euclid(86_400));
    let rest = seconds.rem_euclid(86_400);
    if !(0..=9999).contains(&year) {
        return Err("asn1: structure error: cannot represent time as GeneralizedTime".into());
    }
    let tail = format!("{month:02}{day:02}{:02}{:02}{:02}Z", rest / 3600, rest / 60 % 60, rest % 60);
    Ok(match year {
        1950..2050 => der::element(der::UTC_TIME, &[format!("{:02}{tail}", year % 100).as_bytes()]),
        _ => der::element(der::GENERALIZED_TIME, &[format!("{year:04}{tail}").as_bytes()]),
    })
}

/// Returns year, month and day of a day counted from 1970-01-01 (the calendar that repeats every 400 years).
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Months count from March.
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn extension(id: &[u8], critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if critical { &[0x01, 0x01, 0xFF] } else { &[] };
    der::sequence(&[&der::oid(id), critical, &der::octets(value)])
}

/// Returns the extensions in Go's order.
fn extensions(template: &Template<'_>, authority_id: &[u8], subject_id: &[u8]) -> Result<Vec<u8>, String> {
    // digitalSignature and keyEncipherment; keyCertSign for an authority.
    let usage = if template.authority { der::bits(2, &[0xA4]) } else { der::bits(5, &[0xA0]) };
    let extended = der::sequence(&[&der::oid(oid::SERVER_AUTH), &der::oid(oid::CLIENT_AUTH)]);
    let authority: &[u8] = if template.authority { &[0x01, 0x01, 0xFF] } else { &[] };
    let mut all = vec![
        extension(oid::KEY_USAGE, true, &usage),
        extension(oid::EXTENDED_KEY_USAGE, false, &extended),
        extension(oid::BASIC_CONSTRAINTS, true, &der::sequence(&[authority])),
    ];
    if !subject_id.is_empty() {
        all.push(extension(oid::SUBJECT_KEY_ID, false, &der::octets(subject_id)));
    }
    if !authority_id.is_empty() {
        let id = der::sequence(&[&der::element(0x80, &[authority_id])]);
        all.push(extension(oid::AUTHORITY_KEY_ID, false, &id));
    }
    if !template.names.is_empty() || !template.addresses.is_empty() {
        // Critical where nothing else names the subject.
        all.push(extension(oid::ALTERNATIVE_NAMES, template.common_name.is_empty(), &alternative_names(template)?));
    }
    let parts: Vec<&[u8]> = all.iter().map(Vec::as_slice).collect();
    Ok(der::sequence(&parts))
}

fn alternative_names(template: &Template<'_>) -> Result<Vec<u8>, String> {
    let mut all = Vec::new();
    for name in &template.names {
        if !name.is_ascii() {
            let quoted = strconv::quote(name);
            return Err(format!("x509: {} cannot be encoded as an IA5String", String::from_utf8_lossy(&quoted)));
        }
        all.push(der::element(0x82, &[name]));
    }
    for address in &template.addresses {
        all.push(match address.to_canonical() {
            IpAddr::V4(address) => der::element(0x87, &[&address.octets()]),
            IpAddr::V6(address) => der::element(0x87, &[&address.octets()]),
        });
    }
    let parts: Vec<&[u8]> = all.iter().map(Vec::as_slice).collect();
    Ok(der::sequence(&parts))
}
