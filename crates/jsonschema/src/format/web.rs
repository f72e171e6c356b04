//! Formats `uri`, `uri-reference`, `uri-template` and their kin: what Go's `net/url` parses, and a little more.

use gostd::strings::{contains, split};
use gostd::url::{Url, path_unescape};

use super::{Refusal, internet, own_text, refuse};

pub fn uri(text: &[u8]) -> Refusal {
    if parse(text)?.is_absolute() { Ok(()) } else { refuse("relative url") }
}

pub fn uri_reference(text: &[u8]) -> Refusal {
    if text.contains(&b'\\') {
        return refuse("contains \\");
    }
    parse(text).map(drop)
}

pub fn uri_template(text: &[u8]) -> Refusal {
    let url = parse(text)?;
    for segment in split(&url.raw_path, b"/") {
        let segment = path_unescape(segment).map_err(|e| format!("percent decode failed: {}", e.text))?;
        let mut open = false;
        for byte in segment.iter().filter(|b| matches!(b, b'{' | b'}')) {
            if open == (*byte == b'{') {
                return refuse("nested curly braces");
            }
            open = !open;
        }
        if open {
            return refuse("no matching closing brace");
        }
    }
    Ok(())
}

fn parse(text: &[u8]) -> Result<Url, String> {
    let url = Url::parse(text).map_err(own_text)?;
    let host = url.hostname();
    if contains(host, b":") {
        if !url.host.contains(&b'[') || !url.host.contains(&b']') {
            return refuse("ipv6 address not enclosed in brackets");
        }
        internet::ipv6(host).map_err(|e| format!("invalid ipv6 address: {e}"))?;
    }
    Ok(url)
}
