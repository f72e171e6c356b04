//! Tokens: JWT with signatures of RSA (RFC 7519), their times as github.com/golang-jwt/jwt 4.2.0 checks them.

use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Map, Value};

use super::key::VerifyingKey;

/// Returns the claims of a token that is signed and counts now.
pub fn claims(token: &str, key: &VerifyingKey) -> Option<Map<String, Value>> {
    let (message, signature) = token.rsplit_once('.')?;
    let (header, claims) = message.split_once('.')?;
    let header: Map<String, Value> = json(header)?;
    let algorithm = header.get("alg")?.as_str()?;
    let signature = BASE64URL_NOPAD.decode(signature.as_bytes()).ok()?;
    if !key.verify(algorithm, message.as_bytes(), &signature) {
        return None;
    }
    let claims: Map<String, Value> = json(claims)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs_f64();
    counts_at(&claims, now).then_some(claims)
}

fn json(part: &str) -> Option<Map<String, Value>> {
    let bytes = BASE64URL_NOPAD.decode(part.as_bytes()).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Reports whether a time lies between those of the claims; none is no border, and neither is 0.
fn counts_at(claims: &Map<String, Value>, now: f64) -> bool {
    let time = |name: &str| match claims.get(name) {
        None => Some(0.0),
        Some(value) => value.as_f64(),
    };
    let (Some(expires), Some(starts), Some(issued)) = (time("exp"), time("nbf"), time("iat")) else { return false };
    (expires == 0.0 || now < expires.trunc()) && now >= starts.trunc() && now >= issued.trunc()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_counts_between_its_times() {
        let cases = [
            (r#"{}"#, true),
            (r#"{"exp": 101}"#, true),
            (r#"{"exp": 100}"#, false),
            (r#"{"exp": 0}"#, true),
            (r#"{"exp": "101"}"#, false),
            (r#"{"exp": null}"#, false),
            (r#"{"nbf": 100, "iat": 100.9}"#, true),
            (r#"{"nbf": 101}"#, false),
            (r#"{"iat": 101}"#, false),
        ];
        for (text, expected) in cases {
            let claims: Map<String, Value> = serde_json::from_str(text).expect(text);
            assert_eq!(counts_at(&claims, 100.0), expected, "{text}");
        }
    }
}
