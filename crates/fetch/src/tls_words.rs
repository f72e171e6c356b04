//! Errors in the words of Go's `crypto/tls` and `crypto/x509`.

use gostd::time::{RFC3339, Time, Zone};
use rustls::pki_types::{ServerName, UnixTime};
use rustls::{AlertDescription, CertificateError, Error};

/// Says what went wrong in a handshake.
pub fn text(error: &Error) -> String {
    match error {
        Error::InvalidCertificate(error) => {
            format!("tls: failed to verify certificate: x509: {}", certificate(error))
        }
        Error::AlertReceived(alert) => format!("remote error: tls: {}", alert_text(*alert)),
        Error::InvalidMessage(_) => "tls: first record does not look like a TLS handshake".to_owned(),
        error => format!("tls: {error}"),
    }
}

fn certificate(error: &CertificateError) -> String {
    match error {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "certificate signed by unknown authority".to_owned()
        }
        CertificateError::ExpiredContext { time, not_after } => outdated(time, "after", not_after),
        CertificateError::NotValidYetContext { time, not_before } => outdated(time, "before", not_before),
        CertificateError::Expired | CertificateError::NotValidYet => {
            "certificate has expired or is not yet valid: ".to_owned()
        }
        CertificateError::NotValidForNameContext { expected, presented } => wrong_name(expected, presented),
        error => error.to_string(),
    }
}

fn outdated(now: &UnixTime, relation: &str, limit: &UnixTime) -> String {
    let shown = |time: &UnixTime, zone: Zone| {
        let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        String::from_utf8_lossy(&Time::new(seconds, 0, zone).format(RFC3339)).into_owned()
    };
    let (now, limit) = (shown(now, Zone::local()), shown(limit, Zone::Utc));
    format!("certificate has expired or is not yet valid: current time {now} is {relation} {limit}")
}

/// Follows `HostnameError`; `presented` has the names as `DnsName("a.example")` and `IpAddress(…)`.
fn wrong_name(expected: &ServerName<'_>, presented: &[String]) -> String {
    let name = expected.to_str();
    let quoted = |text: &String| text.split('"').nth(1).map(str::to_owned);
    let names: Vec<String> = presented.iter().filter(|text| text.starts_with("Dns")).filter_map(quoted).collect();
    let addresses: Vec<&String> = presented.iter().filter(|text| text.starts_with("Ip")).collect();
    match expected {
        ServerName::IpAddress(_) if addresses.is_empty() => {
            format!("cannot validate certificate for {name} because it doesn't contain any IP SANs")
        }
        ServerName::IpAddress(_) => {
            let shown: Vec<String> = addresses.into_iter().map(|text| inner(text)).collect();
            format!("certificate is valid for {}, not {name}", shown.join(", "))
        }
        _ if names.is_empty() => format!("certificate is not valid for any names, but wanted to match {name}"),
        _ => format!("certificate is valid for {}, not {name}", names.join(", ")),
    }
}

fn inner(text: &str) -> String {
    let inner = text.split_once('(').map_or(text, |(_, inner)| inner);
    inner.trim_end_matches(')').trim_matches('"').to_owned()
}

/// Follows `alertText` of `crypto/tls/alert.go`.
fn alert_text(alert: AlertDescription) -> String {
    let text = match u8::from(alert) {
        0 => "close notify",
        10 => "unexpected message",
        20 => "bad record MAC",
        21 => "decryption failed",
        22 => "record overflow",
        30 => "decompression failure",
        40 => "handshake failure",
        42 => "bad certificate",
        43 => "unsupported certificate",
        44 => "revoked certificate",
        45 => "expired certificate",
        46 => "unknown certificate",
        47 => "illegal parameter",
        48 => "unknown certificate authority",
        49 => "access denied",
        50 => "error decoding message",
        51 => "error decrypting message",
        60 => "export restriction",
        70 => "protocol version not supported",
        71 => "insufficient security level",
        80 => "internal error",
        86 => "inappropriate fallback",
        90 => "user canceled",
        100 => "no renegotiation",
        109 => "missing extension",
        110 => "unsupported extension",
        111 => "certificate unobtainable",
        112 => "unrecognized name",
        113 => "bad certificate status response",
        114 => "bad certificate hash value",
        115 => "unknown PSK identity",
        116 => "certificate required",
        120 => "no application protocol",
        121 => "encrypted client hello required",
        other => return format!("alert({other})"),
    };
    text.to_owned()
}
