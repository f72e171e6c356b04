//! The part of a URL behind the question mark, as Go's `url.Values` reads and writes it.

use std::collections::BTreeMap;

use gostd::url::{query_escape, query_unescape};

/// Values by name.
pub type Pairs = BTreeMap<Vec<u8>, Vec<Vec<u8>>>;

/// Reads what is well formed.
pub fn parse(text: &[u8]) -> Pairs {
    let mut pairs = Pairs::new();
    for pair in text.split(|b| *b == b'&').filter(|pair| !pair.is_empty() && !pair.contains(&b';')) {
        let mut parts = pair.splitn(2, |b| *b == b'=');
        let [name, value] = [parts.next(), parts.next()].map(|part| query_unescape(part.unwrap_or_default()));
        if let (Ok(name), Ok(value)) = (name, value) {
            pairs.entry(name).or_default().push(value);
        }
    }
    pairs
}

pub fn set(pairs: &mut Pairs, name: &str, value: &str) {
    pairs.insert(name.into(), vec![value.into()]);
}

pub fn add(pairs: &mut Pairs, name: &str, value: &str) {
    pairs.entry(name.into()).or_default().push(value.into());
}

/// Writes the pairs, sorted by name.
pub fn encode(pairs: &Pairs) -> Vec<u8> {
    let mut text = Vec::new();
    for (name, value) in pairs.iter().flat_map(|(name, values)| values.iter().map(move |value| (name, value))) {
        if !text.is_empty() {
            text.push(b'&');
        }
        text.extend(query_escape(name));
        text.push(b'=');
        text.extend(query_escape(value));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_is_written_sorted() {
        let mut pairs = parse(b"b=2&a=%2F+x&b=1&c;d=1&e=%zz&f");
        set(&mut pairs, "digest", "sha256:0");
        add(&mut pairs, "b", "3");
        assert_eq!(encode(&pairs), b"a=%2F+x&b=2&b=1&b=3&digest=sha256%3A0&f=");
    }
}
