//! Reads URLs.

use std::net::Ipv6Addr;

use super::escape::{Part, escape, unescape};
use super::{Url, User, first_segment};
use crate::{GoError, strconv};

impl Url {
    /// Reads a URL, absolute or not (`url.Parse`).
    ///
    /// # Errors
    /// `parse "TEXT": ` and why.
    pub fn parse(text: &[u8]) -> Result<Url, GoError> {
        let (before, fragment) = cut(text, b'#');
        let mut url = parse(before, false).map_err(|error| wrap(before, error))?;
        if !fragment.is_empty() {
            url.fragment = unescape(fragment, Part::Fragment).map_err(|error| wrap(text, error))?;
            if escape(&url.fragment, Part::Fragment) != fragment {
                url.raw_fragment = fragment.to_vec();
            }
        }
        Ok(url)
    }

    /// Reads an absolute URL or path, as a request line has it (`url.ParseRequestURI`).
    ///
    /// # Errors
    /// As for [`Url::parse`].
    pub fn parse_request_uri(text: &[u8]) -> Result<Url, GoError> {
        parse(text, true).map_err(|error| wrap(text, error))
    }
}

fn quoted(text: &[u8]) -> String {
    String::from_utf8_lossy(&strconv::quote(text)).into_owned()
}

fn wrap(text: &[u8], error: GoError) -> GoError {
    GoError::wrap(format!("parse {}: {}", quoted(text), error.text), error)
}

/// Splits at the first of a byte.
fn cut(text: &[u8], mark: u8) -> (&[u8], &[u8]) {
    match text.iter().position(|b| *b == mark) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, b""),
    }
}

fn parse(text: &[u8], request: bool) -> Result<Url, GoError> {
    if text.iter().any(|b| *b < b' ' || *b == 0x7f) {
        return Err("net/url: invalid control character in URL".into());
    }
    if text.is_empty() && request {
        return Err("empty url".into());
    }
    if text == b"*" {
        return Ok(Url { path: text.to_vec(), ..Url::default() });
    }
    let (scheme, rest) = scheme(text)?;
    let mut url = Url { scheme: scheme.to_ascii_lowercase(), ..Url::default() };
    let rest = query(&mut url, rest);
    if !rest.starts_with(b"/") {
        if !url.scheme.is_empty() {
            url.opaque = rest.to_vec();
            return Ok(url);
        }
        if request {
            return Err("invalid URI for request".into());
        }
        if first_segment(rest).contains(&b':') {
            return Err("first path segment in URL cannot contain colon".into());
        }
    }
    let path = hierarchy(&mut url, rest, request)?;
    url.path = unescape(path, Part::Path)?;
    if escape(&url.path, Part::Path) != path {
        url.raw_path = path.to_vec();
    }
    Ok(url)
}

fn scheme(text: &[u8]) -> Result<(&[u8], &[u8]), GoError> {
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at == 0 => return Err("missing protocol scheme".into()),
            b':' => return Ok((&text[..at], &text[at + 1..])),
            _ => break,
        }
    }
    Ok((b"", text))
}

fn query<'a>(url: &mut Url, text: &'a [u8]) -> &'a [u8] {
    if text.ends_with(b"?") && text.iter().filter(|b| **b == b'?').count() == 1 {
        url.force_query = true;
        return &text[..text.len() - 1];
    }
    let (rest, query) = cut(text, b'?');
    url.raw_query = query.to_vec();
    rest
}

/// Takes user and host off what follows the scheme; returns the path.
fn hierarchy<'a>(url: &mut Url, rest: &'a [u8], request: bool) -> Result<&'a [u8], GoError> {
    let may_have_host = !url.scheme.is_empty() || (!request && !rest.starts_with(b"///"));
    if let (true, Some(after)) = (may_have_host, rest.strip_prefix(b"//")) {
        let end = after.iter().position(|b| *b == b'/').unwrap_or(after.len());
        let (authority, path) = after.split_at(end);
        authority_of(url, authority)?;
        return Ok(path);
    }
    url.omit_host = !url.scheme.is_empty() && rest.starts_with(b"/");
    Ok(rest)
}

fn authority_of(url: &mut Url, authority: &[u8]) -> Result<(), GoError> {
    let Some(at) = authority.iter().rposition(|b| *b == b'@') else {
        url.host = host(&url.scheme, authority)?;
        return Ok(());
    };
    url.host = host(&url.scheme, &authority[at + 1..])?;
    let userinfo = &authority[..at];
    let valid = |b: &u8| b.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(b);
    if !userinfo.iter().all(valid) {
        return Err("net/url: invalid userinfo".into());
    }
    let (name, password) = cut(userinfo, b':');
    let name = unescape(name, Part::User)?;
    let password = match userinfo.contains(&b':') {
        true => Some(unescape(password, Part::User)?),
        false => None,
    };
    url.user = Some(User { name, password });
    Ok(())
}

fn host(scheme: &[u8], host: &[u8]) -> Result<Vec<u8>, GoError> {
    match host.iter().rposition(|b| *b == b'[') {
        Some(0) => return literal(host),
        Some(_) => return Err("invalid IP-literal".into()),
        None => {}
    }
    if let Some(first) = host.iter().position(|b| *b == b':') {
        let last = host.iter().rposition(|b| *b == b':').unwrap_or(first);
        let strict = scheme == b"http" || scheme == b"https";
        check_port(&host[if strict { first } else { last }..])?;
    }
    unescape(host, Part::Host)
}

fn check_port(port: &[u8]) -> Result<(), GoError> {
    match port {
        [] => Ok(()),
        [b':', digits @ ..] if digits.iter().all(u8::is_ascii_digit) => Ok(()),
        _ => Err(format!("invalid port {} after host", quoted(port)).into()),
    }
}

/// Reads `[IPv6]:port`.
fn literal(host: &[u8]) -> Result<Vec<u8>, GoError> {
    let end = host.iter().rposition(|b| *b == b']').ok_or_else(|| GoError::new("missing ']' in host"))?;
    let (name, port) = (&host[1..end], &host[end + 1..]);
    check_port(port)?;
    let port = unescape(port, Part::Host)?;
    let zone = memchr::memmem::find(name, b"%25").unwrap_or(name.len());
    let address = unescape(&name[..zone], Part::Host)?;
    let zone = unescape(&name[zone..], Part::Zone)?;
    let text = String::from_utf8_lossy(&address).into_owned();
    if text.parse::<std::net::Ipv4Addr>().is_ok() {
        return Err("invalid IP-literal".into());
    }
    if text.parse::<Ipv6Addr>().is_err() {
        let whole = quoted(&[address.as_slice(), &zone].concat());
        return Err(format!("invalid host: ParseAddr({whole}): unable to parse IP").into());
    }
    Ok([b"[", address.as_slice(), &zone, b"]", &port].concat())
}
