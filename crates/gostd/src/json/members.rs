//! The members of an object as they stand in the text: `map[string]json.RawMessage`, which is `jsontext.Value` since Go's
//! `encoding/json` is built on its second version.

use std::collections::BTreeMap;

use super::decode::{decode_first, decode_shaped};
use super::scan::{Next, Scanner};
use super::shape::Shape;
use crate::GoError;

/// Only for the error: the members are taken from the text.
const RAW: Shape = Shape::Map(&Shape::Any, "map[string]jsontext.Value");

/// Returns the members of the first value of a text as a `json.Decoder` reads them; none for `null`. Of equal names the
/// last counts.
///
/// # Errors
/// `EOF` where there is no value, `unexpected EOF`, what is wrong with the text, and
/// `json: cannot unmarshal array into Go value of type map[string]jsontext.Value`.
pub fn members(data: &[u8]) -> Result<BTreeMap<Vec<u8>, &[u8]>, GoError> {
    let (_, length) = decode_first(data)?;
    let data = data.get(..length).unwrap_or_default();
    decode_shaped(data, &RAW)?;
    scan(data).map_err(super::fault::Fault::error)
}

fn scan(data: &[u8]) -> Result<BTreeMap<Vec<u8>, &[u8]>, super::fault::Fault> {
    let mut scanner = Scanner::new(data);
    let mut members = BTreeMap::new();
    if scanner.peek() != Some(b'{') {
        return Ok(members);
    }
    let mut next = scanner.open(b'}', 0)?;
    while next == Next::Another {
        let key = scanner.key()?.unquote().into_owned();
        scanner.peek();
        let start = scanner.at;
        scanner.skip(1)?;
        members.insert(key, data.get(start..scanner.at).unwrap_or_default());
        next = scanner.next(b'}')?;
    }
    Ok(members)
}

#[cfg(test)]
mod tests {
    use super::members;

    #[test]
    fn members_stand_as_they_were_written() {
        let text = br#" {"b": {"x" : 1.0e2}, "a":[ ], "b" : "\u00e9"} trailing"#;
        let found = members(text).expect("an object");
        let found: Vec<_> = found.iter().map(|(name, text)| (name.as_slice(), *text)).collect();
        assert_eq!(found, [(b"a".as_slice(), b"[ ]".as_slice()), (b"b", br#""\u00e9""#)]);
        assert!(members(b"null").is_ok_and(|found| found.is_empty()));
    }

    #[test]
    fn what_is_no_object_is_told_as_go_does() {
        let cases: [(&[u8], &str); 4] = [
            (b" \n", "EOF"),
            (b"{\"a\":", "unexpected EOF"),
            (b"[1]", "json: cannot unmarshal array into Go value of type map[string]jsontext.Value"),
            (b"x", "invalid character 'x' looking for beginning of value"),
        ];
        for (text, error) in cases {
            assert_eq!(members(text).map(drop).map_err(|e| e.text), Err(error.to_owned()));
        }
    }
}
