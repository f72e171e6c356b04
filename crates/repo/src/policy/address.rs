//! Addresses, so that another way to write one does not lead around a policy.

use std::net::IpAddr;

use gostd::path;
use gostd::url::Url;

/// An address without what does not say where something is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Address {
    /// `http` stands for `https` too: who listens is the same.
    scheme: Vec<u8>,
    host: String,
    /// The parts of the path; of a registry without tag and digest.
    path: Vec<Vec<u8>>,
}

/// The names of Docker's registry.
const DOCKER: [&str; 3] = ["docker.io", "index.docker.io", "registry-1.docker.io"];

impl Address {
    /// Reads an address; nothing for one without scheme or host.
    pub fn of(text: &str) -> Option<Self> {
        let url = Url::parse(address_part(text).as_bytes()).ok()?;
        if url.scheme.is_empty() || url.host.is_empty() {
            return None;
        }
        let is_registry = url.scheme == b"oci";
        let scheme = if url.scheme == b"https" { b"http".to_vec() } else { url.scheme.clone() };
        let cleaned = path::clean(&[b"/", &*url.path].concat());
        let path = cleaned.split(|b| *b == b'/').filter(|part| !part.is_empty()).map(<[u8]>::to_vec).collect();
        Some(Address { host: host(&url, is_registry), scheme, path })
    }

    /// Reports whether this is `above` itself or something below it.
    pub fn is_below(&self, above: &Address) -> bool {
        self.scheme == above.scheme && self.host == above.host && self.path.starts_with(&above.path)
    }
}

/// Returns the text without tag and digest, if it is of a registry: they are no part of the path, and no URL either.
fn address_part(text: &str) -> &str {
    let is_registry = text.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("oci://"));
    let Some(rest) = text.get(6..).filter(|_| is_registry) else { return text };
    let Some(slash) = rest.find('/') else { return text };
    let end = rest.get(slash..).and_then(|path| path.find([':', '@'])).map_or(text.len(), |at| 6 + slash + at);
    text.get(..end).unwrap_or(text)
}

/// Returns the host in small letters, with its port unless that is the usual one.
fn host(url: &Url, is_registry: bool) -> String {
    let name = String::from_utf8_lossy(url.hostname()).to_ascii_lowercase();
    let name = name.trim_end_matches('.');
    let ip = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let ip = ip.map(|ip| match ip.to_canonical() {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    });
    let name = ip.as_deref().unwrap_or(name);
    if is_registry && DOCKER.contains(&name) {
        return DOCKER[0].to_owned();
    }
    match (url.port(), &*url.scheme) {
        (b"", _) | (b"80", b"http") | (b"443", b"https" | b"oci") => name.to_owned(),
        (port, _) => format!("{name}:{}", String::from_utf8_lossy(port)),
    }
}

#[cfg(test)]
mod tests {
    use super::Address;

    #[test]
    fn what_is_below_a_policy_is_held_to_it() {
        let cases = [
            ("https://h/charts", "https://h/charts/a.tgz", true),
            ("https://h/charts", "https://h/charts", true),
            ("https://h/charts/", "https://h/charts?x=1", true),
            ("https://h/charts", "http://h/charts/a.tgz", true),
            ("https://h/charts", "HTTPS://H:443//charts/./x/../a.tgz#f", true),
            ("https://h/charts", "https://u:p@h./charts/a.tgz", true),
            ("https://h/charts", "https://h/%63harts/a.tgz", true),
            ("https://h/charts", "https://h/x/../charts/a.tgz", true),
            ("https://h/charts", "https://h/charts2/a.tgz", false),
            ("https://h/charts", "https://h/charts/../a.tgz", false),
            ("https://h/charts", "https://h:8443/charts/a.tgz", false),
            ("https://h/charts", "https://other/charts/a.tgz", false),
            ("https://h", "https://h/anything", true),
            ("https://[::1]:8080/c", "https://[::1]:8080/c/a.tgz", true),
            ("https://[::1]:8080/c", "https://[0:0:0:0:0:0:0:1]:8080/c/a.tgz", true),
            ("https://127.0.0.1/c", "https://[::ffff:127.0.0.1]/c/a.tgz", true),
            ("oci://h/charts", "oci://h/charts/web:1.0.0", true),
            ("oci://h/charts", "oci://h:443/charts/web@sha256:ab", true),
            ("oci://h/charts", "oci://H/charts/web", true),
            ("oci://h/charts", "OCI://h/charts/web", true),
            ("oci://h:5000/charts/web", "oci://h:5000/charts/web:1.0.0@sha256:ab", true),
            ("oci://h:5000/charts/web:2.0.0", "oci://h:5000/charts/web:1.0.0", true),
            ("oci://h/charts/web", "oci://h/charts/website:1", false),
            ("oci://h", "oci://h/charts/web:1", true),
            ("oci://docker.io/me", "oci://registry-1.docker.io/me/web:1", true),
            ("oci://h/charts", "https://h/charts/web", false),
            ("s3://bucket/charts", "s3://bucket/charts/a.tgz", true),
        ];
        for (above, below, want) in cases {
            let (above, below) = (Address::of(above).expect(above), Address::of(below).expect(below));
            assert_eq!(below.is_below(&above), want, "{below:?} {above:?}");
        }
    }

    #[test]
    fn what_names_no_host_is_no_address() {
        for text in
            ["", "charts", "stable/web", "/charts", "file:///charts", "https:///x", "h/charts", "http://[", "oci:"]
        {
            assert_eq!(Address::of(text), None, "{text}");
        }
    }
}
