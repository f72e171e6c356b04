//! Where a registry may send us for a token (`validateRealm` of oras-go): credentials go there.

use std::net::IpAddr;

use gostd::url::Url;

use crate::error::Error;
use crate::quote;

/// Checks the server of tokens that a registry names. Nothing is said of a realm that is empty: the request fails.
///
/// # Errors
/// A downgrade to HTTP, another scheme, an address inside a network that is not the registry's own.
pub fn check(realm: &str, registry: &Url) -> Result<(), Error> {
    if realm.is_empty() {
        return Ok(());
    }
    let shown = quote(realm);
    let url = Url::parse(realm.as_bytes())
        .map_err(|error| Error::from(error).within(format_args!("failed to parse bearer realm {shown}")))?;
    match url.scheme.as_slice() {
        b"https" => {}
        b"http" if registry.scheme == b"https" => {
            return Err(Error::new(format!("bearer realm {shown} uses http but registry was contacted over https")));
        }
        b"http" => {}
        scheme => {
            let scheme = quote(&String::from_utf8_lossy(scheme));
            return Err(Error::new(format!("bearer realm {shown} uses unsupported scheme {scheme}")));
        }
    }
    let host = String::from_utf8_lossy(url.hostname()).into_owned();
    let inside = host.parse().is_ok_and(is_inside);
    if inside && url.hostname() != registry.hostname() {
        let host = quote(&host);
        let text = format!("bearer realm host {host} is a loopback, link-local, private, or unspecified address");
        return Err(Error::new(text));
    }
    Ok(())
}

fn is_inside(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            address.is_loopback()
                || address.is_link_local()
                || address.is_private()
                || address.is_unspecified()
                || address.octets().starts_with(&[224, 0, 0])
        }
        IpAddr::V6(address) => {
            address.is_loopback()
                || address.is_unicast_link_local()
                || address.is_unique_local()
                || address.is_unspecified()
                || address.segments()[0] & 0xff0f == 0xff02
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_fetched_from_servers_that_a_registry_may_name() {
        let cases = [
            ("", "http://h/", Ok(())),
            ("https://auth.example/t", "http://h/", Ok(())),
            ("http://auth.example/t", "http://h/", Ok(())),
            ("http://127.0.0.1:99/t", "http://127.0.0.1:5000/", Ok(())),
            (
                "http://a/t",
                "https://h/",
                Err("bearer realm \"http://a/t\" uses http but registry was contacted over https"),
            ),
            ("ftp://a/t", "http://h/", Err("bearer realm \"ftp://a/t\" uses unsupported scheme \"ftp\"")),
            (
                "http://169.254.169.254/latest",
                "http://h/",
                Err("bearer realm host \"169.254.169.254\" is a loopback, link-local, private, or unspecified address"),
            ),
            (
                "https://[::ffff:10.0.0.1]/",
                "https://h/",
                Err("bearer realm host \"::ffff:10.0.0.1\" is a loopback, link-local, private, or unspecified address"),
            ),
        ];
        for (realm, registry, expected) in cases {
            let registry = Url::parse(registry.as_bytes()).expect("a URL");
            assert_eq!(check(realm, &registry).map_err(|e| e.text), expected.map_err(str::to_owned), "{realm}");
        }
    }
}
