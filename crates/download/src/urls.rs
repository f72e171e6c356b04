//! URLs of repositories and charts: when two are the same (`internal/urlutil`).

use gostd::path;
use gostd::url::Url;

/// Whether a URL is the address of a chart in a registry.
pub fn is_oci(url: &str) -> bool {
    url.starts_with("oci://")
}

/// Reports whether two URLs are the same but for slashes at the end and `..` in the path.
pub fn equal(one: &str, other: &str) -> bool {
    if is_plain(one) && is_plain(other) {
        return one == other;
    }
    match (Url::parse(one.as_bytes()), Url::parse(other.as_bytes())) {
        (Ok(one), Ok(other)) => cleaned(one) == cleaned(other),
        (Ok(_), Err(_)) => false,
        (Err(_), _) => path::clean(one.as_bytes()) == path::clean(other.as_bytes()),
    }
}

/// Of an index with 100,000 URLs nearly all are such that nothing has to be cleaned: two of them are the same if their
/// texts are.
fn is_plain(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    let Some((host, path)) = rest.and_then(|rest| rest.split_once('/')) else { return false };
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'+' | b'/');
    !host.is_empty()
        && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':'))
        && path.bytes().all(plain)
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

fn cleaned(mut url: Url) -> Vec<u8> {
    url.path = path::clean(if url.path.is_empty() { b"/" } else { &url.path });
    url.text()
}

/// Returns the text of a URL.
pub fn text(url: &Url) -> String {
    String::from_utf8_lossy(&url.text()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_that_differ_only_in_slashes_are_equal() {
        let cases = [
            ("https://example.com/charts", "https://example.com/charts", true),
            ("https://example.com/charts", "https://example.com/charts/", true),
            ("https://example.com", "https://example.com/", true),
            ("https://example.com/a/../charts", "https://example.com/charts", true),
            ("https://example.com//charts", "https://example.com/charts", true),
            ("https://example.com/charts", "https://example.com/Charts", false),
            ("https://example.com/charts", "http://example.com/charts", false),
            ("https://example.com/charts?a=b", "https://example.com/charts", false),
            ("HTTPS://example.com/charts", "https://example.com/charts", true),
            ("https://example.com/a%2Bb", "https://example.com/a+b", false),
            ("https://example.com/charts", "charts/web-1.0.0.tgz", false),
            ("%", "%/", true),
            ("%", "%2", false),
            ("https://example.com", "%", false),
        ];
        for (one, other, want) in cases {
            assert_eq!(equal(one, other), want, "{one} {other}");
        }
    }
}
