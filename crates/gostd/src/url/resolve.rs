//! References: RFC 3986, section 5.2.

use super::Url;

impl Url {
    /// Reports whether the URL has a scheme.
    pub fn is_absolute(&self) -> bool {
        !self.scheme.is_empty()
    }

    /// Returns what a reference means when it is found at this URL (`URL.ResolveReference`).
    pub fn resolve_reference(&self, reference: &Url) -> Url {
        let mut url = reference.clone();
        if reference.scheme.is_empty() {
            url.scheme = self.scheme.clone();
        }
        if !reference.scheme.is_empty() || !reference.host.is_empty() || reference.user.is_some() {
            url.set_path(resolve_path(&reference.escaped_path(), b""));
            return url;
        }
        if !reference.opaque.is_empty() {
            (url.user, url.host, url.path) = (None, Vec::new(), Vec::new());
            return url;
        }
        if reference.path.is_empty() && !reference.force_query && reference.raw_query.is_empty() {
            url.raw_query = self.raw_query.clone();
            if reference.fragment.is_empty() {
                (url.fragment, url.raw_fragment) = (self.fragment.clone(), self.raw_fragment.clone());
            }
        }
        if reference.path.is_empty() && !self.opaque.is_empty() {
            url.opaque = self.opaque.clone();
            (url.user, url.host, url.path) = (None, Vec::new(), Vec::new());
            return url;
        }
        (url.host, url.user) = (self.host.clone(), self.user.clone());
        url.set_path(resolve_path(&self.escaped_path(), &reference.escaped_path()));
        url
    }

    fn set_path(&mut self, escaped: Vec<u8>) {
        use super::escape::{Part, escape, unescape};
        self.path = unescape(&escaped, Part::Path).unwrap_or_else(|_| escaped.clone());
        self.raw_path = if escape(&self.path, Part::Path) == escaped { Vec::new() } else { escaped };
    }
}

/// Puts a path in the place of the last segment of another, and takes dots out.
fn resolve_path(base: &[u8], reference: &[u8]) -> Vec<u8> {
    let folder = base.iter().rposition(|b| *b == b'/').map_or(0, |slash| slash + 1);
    let full = match reference.first() {
        None => base.to_vec(),
        Some(b'/') => reference.to_vec(),
        Some(_) => [&base[..folder], reference].concat(),
    };
    if full.is_empty() {
        return full;
    }
    let mut out = vec![b'/'];
    let mut first = true;
    let mut last: &[u8] = b"";
    for part in full.split(|b| *b == b'/') {
        last = part;
        match part {
            b"." => first = false,
            b".." => {
                let parent = out[1..].iter().rposition(|b| *b == b'/').map_or(1, |slash| slash + 1);
                out.truncate(parent);
                first = out.len() == 1;
            }
            part => {
                if !first {
                    out.push(b'/');
                }
                out.extend_from_slice(part);
                first = false;
            }
        }
    }
    if matches!(last, b"." | b"..") {
        out.push(b'/');
    }
    // The first slash was there to make every part alike.
    if out.get(1) == Some(&b'/') {
        out.remove(0);
    }
    out
}
