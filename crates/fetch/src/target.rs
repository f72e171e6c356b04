//! URLs as requests need them: without user and fragment, and how Go shows them.

use gostd::url::{Url, User};

use crate::request::Failure;

/// A URL to ask at.
#[derive(Clone)]
pub struct Target {
    url: Url,
}

impl Target {
    /// # Errors
    /// The text of Go's `url.Parse`.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        Url::parse(text.as_bytes()).map(Target::new).map_err(|error| Failure::Url(error.text))
    }

    pub fn new(url: Url) -> Self {
        Target { url }
    }

    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Returns what the request is made with.
    pub fn text(&self) -> String {
        if self.url.user.is_none() && self.url.fragment.is_empty() && self.url.raw_fragment.is_empty() {
            return text(&self.url);
        }
        let url = Url { user: None, fragment: Vec::new(), raw_fragment: Vec::new(), ..self.url.clone() };
        text(&url)
    }

    /// Returns what errors show: no password.
    pub fn shown(&self) -> String {
        let Some(User { name, password: Some(_) }) = &self.url.user else { return text(&self.url) };
        let user = Some(User::new(name, Some(b"***")));
        text(&Url { user, ..self.url.clone() }).replacen("%2A%2A%2A", "***", 1)
    }

    /// Returns the whole URL, as Go's `URL.String` gives it.
    pub fn full(&self) -> String {
        text(&self.url)
    }

    /// Returns host and port, the port of the scheme where none is given.
    pub fn address(&self) -> String {
        let host = String::from_utf8_lossy(&self.url.host).into_owned();
        match self.url.port() {
            b"" if self.url.scheme == b"https" => format!("{host}:443"),
            b"" => format!("{host}:80"),
            _ => host,
        }
    }

    pub fn hostname(&self) -> String {
        String::from_utf8_lossy(self.url.hostname()).into_owned()
    }

    pub fn has_host(&self) -> bool {
        !self.url.host.is_empty()
    }

    /// Returns user and password of the URL itself.
    pub fn user(&self) -> Option<(String, String)> {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let user = self.url.user.as_ref()?;
        Some((text(&user.name), user.password.as_deref().map(text).unwrap_or_default()))
    }
}

fn text(url: &Url) -> String {
    String::from_utf8_lossy(&url.text()).into_owned()
}
