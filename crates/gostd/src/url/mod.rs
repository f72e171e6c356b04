//! net/url of Go 1.27: parsing, escaping, writing and joining.

mod escape;
mod parse;
mod resolve;

use escape::{Part, escape, unescape};

pub use escape::{path_escape, path_unescape, query_escape, query_unescape};

/// A parsed URL. Texts are bytes, as Go's strings are.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Url {
    pub scheme: Vec<u8>,
    /// What follows the scheme of `mailto:a@b`, as it was written.
    pub opaque: Vec<u8>,
    pub user: Option<User>,
    /// Host, with the port if there is one.
    pub host: Vec<u8>,
    /// Without escapes.
    pub path: Vec<u8>,
    /// With escapes, where they are not those that writing `path` would make.
    pub raw_path: Vec<u8>,
    /// There is a question mark with nothing behind it.
    pub force_query: bool,
    /// Without the question mark, as it was written.
    pub raw_query: Vec<u8>,
    pub fragment: Vec<u8>,
    pub raw_fragment: Vec<u8>,
    /// `scheme:/path`: no slashes for the host that is not there.
    pub omit_host: bool,
}

/// Who logs in.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct User {
    pub name: Vec<u8>,
    pub password: Option<Vec<u8>>,
}

impl User {
    /// Makes a user with or without a password.
    pub fn new(name: &[u8], password: Option<&[u8]>) -> Self {
        User { name: name.to_vec(), password: password.map(<[u8]>::to_vec) }
    }

    /// Returns `name:password`, escaped.
    pub fn text(&self) -> Vec<u8> {
        let mut text = escape(&self.name, Part::User);
        if let Some(password) = &self.password {
            text.push(b':');
            text.extend(escape(password, Part::User));
        }
        text
    }
}

impl Url {
    /// Returns the URL as text (`URL.String`).
    pub fn text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        if !self.scheme.is_empty() {
            text.extend_from_slice(&self.scheme);
            text.push(b':');
        }
        if self.opaque.is_empty() {
            self.put_hierarchy(&mut text)
        } else {
            text.extend_from_slice(&self.opaque)
        }
        if self.force_query || !self.raw_query.is_empty() {
            text.push(b'?');
            text.extend_from_slice(&self.raw_query);
        }
        if !self.fragment.is_empty() {
            text.push(b'#');
            text.extend(self.escaped_fragment());
        }
        text
    }

    fn put_hierarchy(&self, text: &mut Vec<u8>) {
        let no_authority = self.host.is_empty() && self.user.is_none();
        let hostless = self.omit_host && no_authority;
        if (!self.scheme.is_empty() || !no_authority) && !hostless {
            if !no_authority || !self.path.is_empty() {
                text.extend_from_slice(b"//");
            }
            if let Some(user) = &self.user {
                text.extend(user.text());
                text.push(b'@');
            }
            text.extend(escape(&self.host, Part::Host));
        }
        let mut path = self.escaped_path();
        if hostless && path.starts_with(b"//") {
            // Two slashes would be taken for a host's.
            text.extend_from_slice(b"%2F");
            path.remove(0);
        }
        if !path.is_empty() && path[0] != b'/' && !self.host.is_empty() {
            text.push(b'/');
        }
        if text.is_empty() && first_segment(&path).contains(&b':') {
            // A colon would be taken for a scheme's.
            text.extend_from_slice(b"./");
        }
        text.extend(path);
    }

    /// Returns the path with escapes: those it was written with, if they stand for this path.
    pub fn escaped_path(&self) -> Vec<u8> {
        if self.path == b"*" {
            return self.path.clone();
        }
        escaped(&self.path, &self.raw_path, Part::Path)
    }

    pub fn escaped_fragment(&self) -> Vec<u8> {
        escaped(&self.fragment, &self.raw_fragment, Part::Fragment)
    }

    /// Returns the host without brackets and port.
    pub fn hostname(&self) -> &[u8] {
        self.host_port().0
    }

    /// Returns the port, empty if there is none.
    pub fn port(&self) -> &[u8] {
        self.host_port().1
    }

    fn host_port(&self) -> (&[u8], &[u8]) {
        let colon = self.host.iter().rposition(|b| *b == b':');
        let (host, port) = match colon {
            Some(at) if self.host[at + 1..].iter().all(u8::is_ascii_digit) => (&self.host[..at], &self.host[at + 1..]),
            _ => (&self.host[..], &[][..]),
        };
        let inner = host.strip_prefix(b"[").and_then(|host| host.strip_suffix(b"]"));
        (inner.unwrap_or(host), port)
    }
}

fn first_segment(path: &[u8]) -> &[u8] {
    path.split(|b| *b == b'/').next().unwrap_or_default()
}

fn escaped(plain: &[u8], raw: &[u8], part: Part) -> Vec<u8> {
    if !raw.is_empty() && escape::is_valid(raw, part) && unescape(raw, part).is_ok_and(|text| text == plain) {
        return raw.to_vec();
    }
    escape(plain, part)
}
