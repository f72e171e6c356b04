//! The part of an address behind the question mark, as Go's `url.ParseQuery` reads it.

use axum::http::{StatusCode, Uri};
use chart_store::Page;

use crate::answer::Fault;

/// Returns the first value of a name; one without a value is empty.
pub fn value(uri: &Uri, name: &str) -> Option<String> {
    uri.query()?.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let text = |part: &str| gostd::url::query_unescape(part.as_bytes()).ok().and_then(|text| String::from_utf8(text).ok());
        (text(key)? == name).then(|| text(value)).flatten()
    })
}

/// Returns which charts of the list are wanted.
///
/// # Errors
/// 400: they are no numbers, or none that make sense.
pub fn page(uri: &Uri) -> Result<Page, Fault> {
    let wrong = |text: &str| Fault::new(StatusCode::BAD_REQUEST, text);
    let number = |name| value(uri, name).map(|text| text.parse::<i64>().ok().and_then(|n| u64::try_from(n).ok()));
    let offset = match number("offset") {
        None => 0,
        Some(offset) => offset.ok_or_else(|| wrong("offset is not a valid non-negative integer"))?,
    };
    let limit = match number("limit") {
        None => None,
        Some(limit) => Some(limit.filter(|limit| *limit > 0).ok_or_else(|| wrong("limit is not a valid positive integer"))?),
    };
    Ok(Page { offset, limit })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_numbers_that_make_sense() {
        let cases = [
            ("/x", Ok((0, None))),
            ("/x?offset=5", Ok((5, None))),
            ("/x?limit=2&offset=%31", Ok((1, Some(2)))),
            ("/x?offset=-1", Err("offset is not a valid non-negative integer")),
            ("/x?offset=x", Err("offset is not a valid non-negative integer")),
            ("/x?limit=0", Err("limit is not a valid positive integer")),
            ("/x?limit=", Err("limit is not a valid positive integer")),
        ];
        for (uri, expected) in cases {
            let page = page(&Uri::from_static(uri)).map(|page| (page.offset, page.limit)).map_err(|fault| fault.message);
            assert_eq!(page, expected.map_err(str::to_owned), "{uri}");
        }
    }

    #[test]
    fn a_name_counts_with_or_without_a_value() {
        for (uri, expected) in [("/?force", Some("")), ("/?force=false", Some("false")), ("/?a=force", None), ("/", None)] {
            assert_eq!(value(&Uri::from_static(uri), "force").as_deref(), expected, "{uri}");
        }
    }
}
