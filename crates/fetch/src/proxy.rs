//! Which proxy a request goes through: the environment with Go's rules (`golang.org/x/net/http/httpproxy`).

use std::net::IpAddr;

use ureq::{Proxy, ProxyProtocol};

use crate::target::Target;

/// What the environment says of proxies.
pub struct Environment {
    http: String,
    https: String,
    none: String,
}

impl Environment {
    /// Reads what is said now; Go, too, asks once.
    pub fn read() -> Self {
        Environment {
            http: variable(["HTTP_PROXY", "http_proxy"]),
            https: variable(["HTTPS_PROXY", "https_proxy"]),
            none: variable(["NO_PROXY", "no_proxy"]),
        }
    }

    /// Returns the proxy for a URL; none for hosts of this machine and what `NO_PROXY` names.
    ///
    /// # Errors
    /// `invalid proxy address "…": …`.
    pub fn proxy(&self, target: &Target) -> Result<Option<Proxy>, String> {
        self.address(target).map(|address| proxy(&address)).transpose()
    }

    fn address(&self, target: &Target) -> Option<String> {
        let address = if target.url().scheme == b"https" { &self.https } else { &self.http };
        (!address.is_empty() && self.applies(target)).then(|| address.clone())
    }

    fn applies(&self, target: &Target) -> bool {
        let host = target.hostname().trim().to_ascii_lowercase();
        let ip: Option<IpAddr> = host.parse().ok();
        if host == "localhost" || ip.is_some_and(|ip| ip.is_loopback()) {
            return false;
        }
        let address = target.address();
        let port = address.rsplit(':').next().unwrap_or_default();
        !self.none.split(',').any(|rule| exempts(rule.trim(), &host, port, ip))
    }
}

fn variable(names: [&str; 2]) -> String {
    let set = |name: &&str| std::env::var(name).ok().filter(|value| !value.is_empty());
    names.iter().find_map(set).unwrap_or_default()
}

fn proxy(address: &str) -> Result<Proxy, String> {
    let invalid = |cause: &str| {
        let quoted = String::from_utf8_lossy(&gostd::strconv::quote(address.as_bytes())).into_owned();
        format!("invalid proxy address {quoted}: {cause}")
    };
    let with_scheme = if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
    let url = gostd::url::Url::parse(with_scheme.as_bytes()).map_err(|error| invalid(&error.text))?;
    let address = match url.scheme.as_slice() {
        b"http" | b"https" => with_scheme,
        // To Go both are the same: it is the proxy that looks names up.
        b"socks5" | b"socks5h" => {
            let rest = with_scheme.split_once("://").map_or("", |(_, rest)| rest);
            format!("socks5h://{rest}")
        }
        _ => return Err(invalid("only http, https and socks5 proxies are supported")),
    };
    Proxy::new(&address).map_err(|error| invalid(&error.to_string()))
}

/// Reports whether a proxy speaks SOCKS: connections go through it as they are, whatever goes over them.
pub fn is_socks(proxy: &Proxy) -> bool {
    !matches!(proxy.protocol(), ProxyProtocol::Http | ProxyProtocol::Https)
}

/// Reports whether a rule of `NO_PROXY` names a host: `*`, an address, a network, `host`, `.below`, each with `:port`.
fn exempts(rule: &str, host: &str, port: &str, ip: Option<IpAddr>) -> bool {
    let rule = rule.to_ascii_lowercase();
    if rule == "*" {
        return true;
    }
    if let Some((network, bits)) = rule.split_once('/') {
        return ip
            .zip(network.parse().ok())
            .zip(bits.parse().ok())
            .is_some_and(|((ip, network), bits)| is_within(ip, network, bits));
    }
    let (name, rule_port) = split_port(&rule);
    if name.is_empty() || rule_port.is_some_and(|rule_port| rule_port != port) {
        return false;
    }
    if let Ok(rule_ip) = name.parse::<IpAddr>() {
        return ip == Some(rule_ip);
    }
    let name = name.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(name);
    match name.strip_prefix('.') {
        Some(_) => host.ends_with(name),
        None => host == name || host.strip_suffix(name).is_some_and(|sub| sub.ends_with('.')),
    }
}

/// Splits as `net.SplitHostPort`; several colons without brackets are an address.
fn split_port(rule: &str) -> (&str, Option<&str>) {
    match rule.rsplit_once(':') {
        Some((host, port)) if host.starts_with('[') && host.ends_with(']') => {
            (host.trim_start_matches('[').trim_end_matches(']'), Some(port))
        }
        Some((host, port)) if !host.contains(':') => (host, Some(port)),
        _ => (rule, None),
    }
}

fn is_within(ip: IpAddr, network: IpAddr, bits: u32) -> bool {
    let same = |a: u128, b: u128, width: u32| match width.checked_sub(bits) {
        Some(shift) => a.checked_shr(shift).unwrap_or(0) == b.checked_shr(shift).unwrap_or(0),
        None => false,
    };
    match (ip, network) {
        (IpAddr::V4(a), IpAddr::V4(b)) => same(a.to_bits().into(), b.to_bits().into(), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => same(a.to_bits(), b.to_bits(), 128),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gos_rules_choose_the_proxy() {
        let environment = |none: &str| Environment { http: "h:1".into(), https: "s:2".into(), none: none.into() };
        for (url, none, chosen) in [
            ("http://a.example/x", "", Some("h:1")),
            ("https://a.example/x", "", Some("s:2")),
            ("http://localhost:8080/", "", None),
            ("http://127.0.0.9/", "", None),
            ("http://[::1]:80/", "", None),
            ("http://a.example/", "*", None),
            ("http://a.example/", "example", None),
            ("http://a.example/", "a.example:80", None),
            ("http://a.example/", "a.example:81", Some("h:1")),
            ("http://a.example/", ".a.example", Some("h:1")),
            ("http://x.a.example/", "b, .a.example", None),
            ("http://x.a.example/", "*.a.example", None),
            ("http://xa.example/", "a.example", Some("h:1")),
            ("http://10.1.2.3/", "10.0.0.0/8", None),
            ("http://11.1.2.3/", "10.0.0.0/8", Some("h:1")),
            ("http://10.1.2.3/", "10.1.2.3", None),
            ("http://10.1.2.3:81/", "10.1.2.3:80", Some("h:1")),
        ] {
            let target = Target::parse(url).expect("a URL");
            assert_eq!(environment(none).address(&target).as_deref(), chosen, "{url} without {none:?}");
        }
    }

    #[test]
    fn addresses_need_no_scheme() {
        assert_eq!(proxy("user:pw@h:8080").map(|proxy| proxy.port()), Ok(8080));
        for address in ["socks5://h", "socks5h://u:p@h", "SOCKS5://h:1080"] {
            let proxy = proxy(address).expect(address);
            assert!(is_socks(&proxy) && proxy.port() == 1080 && !proxy.resolve_target(), "{address}");
        }
        assert!(proxy("socks4://h:1").is_err());
    }
}
