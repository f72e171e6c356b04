//! What a client would rather have: `Accept` and `Accept-Encoding` (RFC 9110, 12.4.2 and 12.5).

use axum::http::header::{ACCEPT, ACCEPT_ENCODING};
use axum::http::{HeaderMap, HeaderName};

/// Names of YAML that clients have.
const YAML: [&str; 4] = ["application/x-yaml", "application/yaml", "text/yaml", "text/x-yaml"];

/// Reports whether JSON is asked for by its name, and nothing that names YAML is liked better.
pub fn wants_json(headers: &HeaderMap) -> bool {
    let json = quality(headers, &ACCEPT, "application/json");
    let yaml = YAML.map(|name| quality(headers, &ACCEPT, name)).into_iter().flatten().fold(0.0, f32::max);
    json.is_some_and(|json| json > 0.0 && json >= yaml)
}

/// Reports whether gzip is taken, and not liked less than nothing of the kind.
pub fn takes_gzip(headers: &HeaderMap) -> bool {
    let plain = quality(headers, &ACCEPT_ENCODING, "identity").unwrap_or_default();
    quality(headers, &ACCEPT_ENCODING, "gzip").is_some_and(|gzip| gzip > 0.0 && gzip >= plain)
}

/// Returns how well something is liked, from 0 to 1; none if it is not named. What cannot be read counts as 1.
fn quality(headers: &HeaderMap, header: &HeaderName, what: &str) -> Option<f32> {
    let lists = headers.get_all(header).iter().filter_map(|list| list.to_str().ok());
    let mut entries = lists.flat_map(|list| list.split(','));
    entries.find_map(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let named = parts.next().is_some_and(|word| word.eq_ignore_ascii_case(what));
        let weight = |part: &str| {
            let (name, value) = part.split_once('=')?;
            name.trim().eq_ignore_ascii_case("q").then(|| value.trim().parse().ok()).flatten()
        };
        named.then(|| parts.find_map(weight).unwrap_or(1.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_liked_best_is_taken() {
        let with = |name: HeaderName, value: &str| {
            let mut headers = HeaderMap::new();
            headers.append(name, value.parse().expect("a header"));
            headers
        };
        for (value, expected) in [
            ("application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("text/html, application/json;q=0.1, */*", true),
            ("application/json, application/x-yaml", true),
            ("application/json;q=0.1, application/x-yaml", false),
            ("application/json; Q=0", false),
            ("*/*", false),
            ("", false),
        ] {
            assert_eq!(wants_json(&with(ACCEPT, value)), expected, "{value}");
        }
        for (value, expected) in [
            ("gzip", true),
            ("deflate, GZIP;q=0.5", true),
            ("gzip;q=0", false),
            ("gzip;Q=0.000", false),
            ("gzip ; q = 0", false),
            ("gzip;q=0.1, identity", false),
            ("identity;q=0.1, gzip", true),
            ("br", false),
        ] {
            assert_eq!(takes_gzip(&with(ACCEPT_ENCODING, value)), expected, "{value}");
        }
    }
}
