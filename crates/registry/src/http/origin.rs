//! Origins: scheme, host and port.

use gostd::url::Url;

/// Reports whether two URLs are of one origin (oras-go's `sameHTTPOrigin`).
pub fn same_origin(a: &Url, b: &Url) -> bool {
    a.scheme.eq_ignore_ascii_case(&b.scheme) && same_host(a, b)
}

/// Reports whether two URLs lead to the same host and port.
pub fn same_host(a: &Url, b: &Url) -> bool {
    a.hostname().eq_ignore_ascii_case(b.hostname()) && port(a) == port(b)
}

fn port(url: &Url) -> &[u8] {
    match (url.port(), url.scheme.as_slice()) {
        (b"", b"https") => b"443",
        (b"", b"http") => b"80",
        (port, _) => port,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scheme_host_and_port_make_an_origin() {
        let cases = [
            ("https://h/a", "https://H:443/b", true),
            ("http://h:80/a", "http://h/", true),
            ("http://h/a", "https://h/a", false),
            ("http://h/a", "http://h:81/a", false),
            ("http://h/a", "http://h.example/a", false),
            ("http://[::1]:80/", "http://[::1]/", true),
        ];
        for (a, b, expected) in cases {
            let [a, b] = [a, b].map(|text| Url::parse(text.as_bytes()).expect("a URL"));
            assert_eq!(same_origin(&a, &b), expected, "{a:?} {b:?}");
        }
    }
}
