//! What a registry asks for: the header `WWW-Authenticate` (`registry/remote/auth/challenge.go` of oras-go).

use std::collections::BTreeMap;

/// How to log in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Challenge {
    Basic,
    /// With its parameters: `realm`, `service`, `scope`.
    Bearer(BTreeMap<String, String>),
    Unknown,
}

impl Challenge {
    /// Reads a header. Parameters behind one that is malformed are not seen.
    pub fn parse(header: &str) -> Challenge {
        let (scheme, rest) = token(header);
        if scheme.eq_ignore_ascii_case("basic") {
            return Challenge::Basic;
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Challenge::Unknown;
        }
        let mut parameters = BTreeMap::new();
        let mut rest = Some(rest);
        while let Some((key, value, after)) = rest.and_then(parameter) {
            parameters.insert(key.to_owned(), value);
            rest = skip_space(after).strip_prefix(',');
        }
        Challenge::Bearer(parameters)
    }
}

/// Reads `key="value"` or `key=value`, and returns what follows.
fn parameter(text: &str) -> Option<(&str, String, &str)> {
    let (key, rest) = token(skip_space(text));
    let rest = skip_space(skip_space(rest).strip_prefix('=')?);
    if key.is_empty() {
        return None;
    }
    if rest.starts_with('"') {
        let (quoted, after) = quoted(rest)?;
        let value = gostd::strconv::unquote(quoted.as_bytes()).ok()?;
        return Some((key, String::from_utf8_lossy(&value).into_owned(), after));
    }
    let (value, after) = token(rest);
    (!value.is_empty()).then(|| (key, value.to_owned(), after))
}

/// Splits behind the quote that closes the first.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let mut escaped = false;
    let end = text.char_indices().skip(1).find(|(_, c)| {
        let closes = *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        closes
    });
    text.split_at_checked(end?.0 + 1)
}

/// Splits behind the characters that tokens may have (RFC 7230).
fn token(text: &str) -> (&str, &str) {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    text.split_at(text.find(|c| !is_token(c)).unwrap_or(text.len()))
}

fn skip_space(text: &str) -> &str {
    // A text of nothing but blanks stays as it is, as it does in oras-go.
    let skipped = text.trim_start_matches([' ', '\t']);
    if skipped.is_empty() { text } else { skipped }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_as_far_as_they_are_well_formed() {
        let bearer = |pairs: &[(&str, &str)]| {
            Challenge::Bearer(pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect())
        };
        let cases = [
            ("Basic realm=\"x\"", Challenge::Basic),
            ("basic", Challenge::Basic),
            ("Digest realm=\"x\"", Challenge::Unknown),
            ("", Challenge::Unknown),
            ("Bearer", bearer(&[])),
            (
                "bearer realm=\"https://a/t\", service=s ,scope=\"a:b:c d:e:f\"",
                bearer(&[("realm", "https://a/t"), ("service", "s"), ("scope", "a:b:c d:e:f")]),
            ),
            (r#"Bearer realm="a\"b",x="y"#, bearer(&[("realm", "a\"b")])),
            ("Bearer realm=a;service=b", bearer(&[("realm", "a")])),
            ("Bearer =a", bearer(&[])),
        ];
        for (header, expected) in cases {
            assert_eq!(Challenge::parse(header), expected, "{header}");
        }
    }
}
