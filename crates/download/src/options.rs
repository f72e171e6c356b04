//! How something is fetched (the options of Helm's `pkg/getter/getter.go`).

use fetch::TlsOptions;
use gostd::url::Url;
use repo::Entry;

/// Credentials, certificates and the like. What is set last counts.
#[derive(Clone, Default)]
pub struct Options {
    /// Whose credentials these are: they go to the host of this URL only, unless [`Options::pass_credentials_all`].
    pub url: String,
    pub username: String,
    pub password: String,
    pub pass_credentials_all: bool,
    pub tls: TlsOptions,
    /// Registries are asked over HTTP.
    pub plain_http: bool,
    /// The header `Accept`; none if empty.
    pub accept: String,
    /// The command's own client asks registries, with the user's credentials, and prints what it pulls. A silent one
    /// does it where only an index leads to a registry.
    pub own_registry: bool,
    /// The longest content, if not that of a chart.
    pub limit_bytes: Option<u64>,
    /// The tag to take where an address of a registry has none.
    pub tag: String,
}

/// What charts are asked for with.
pub const ACCEPT: &str = "application/gzip,application/octet-stream";

impl Options {
    /// Returns what a repository is asked with.
    pub fn of_repository(entry: &Entry) -> Self {
        Options {
            url: entry.url.clone(),
            username: entry.username.clone(),
            password: entry.password.clone(),
            pass_credentials_all: entry.pass_credentials_all,
            tls: TlsOptions {
                ca_file: entry.ca_file.clone(),
                cert_file: entry.cert_file.clone(),
                key_file: entry.key_file.clone(),
                insecure_skip_verify: entry.insecure_skip_tls_verify,
            },
            ..Options::default()
        }
    }

    /// Takes credentials of a repository, if it has both parts; else those that are there stay.
    pub fn set_credentials(&mut self, username: &str, password: &str, pass_credentials_all: bool) {
        if !username.is_empty() && !password.is_empty() {
            (self.username, self.password) = (username.to_owned(), password.to_owned());
            self.pass_credentials_all = pass_credentials_all;
        }
    }

    /// Takes the certificates of a repository, if it has any.
    pub fn set_certificates(&mut self, cert_file: &str, key_file: &str, ca_file: &str) {
        if [cert_file, key_file, ca_file].iter().any(|file| !file.is_empty()) {
            self.tls.cert_file = cert_file.to_owned();
            self.tls.key_file = key_file.to_owned();
            self.tls.ca_file = ca_file.to_owned();
        }
    }

    /// Returns user and password, if they may be sent to `target`.
    pub fn credentials_for(&self, target: &Url) -> Option<(String, String)> {
        if self.username.is_empty() || self.password.is_empty() {
            return None;
        }
        let owner = Url::parse(self.url.as_bytes()).unwrap_or_default();
        let same = owner.scheme == target.scheme && owner.host == target.host;
        (self.pass_credentials_all || same).then(|| (self.username.clone(), self.password.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_stay_with_their_host() {
        let cases = [
            ("https://example.com/charts", "https://example.com/a.tgz", false, true),
            ("https://example.com/charts", "https://example.com:443/a.tgz", false, false),
            ("https://example.com/charts", "http://example.com/a.tgz", false, false),
            ("https://example.com/charts", "https://evil.example/a.tgz", false, false),
            ("https://example.com/charts", "https://cdn.example/a.tgz", true, true),
            ("", "https://example.com/a.tgz", false, false),
        ];
        for (owner, target, pass_credentials_all, want) in cases {
            let options = Options {
                url: owner.to_owned(),
                username: "u".to_owned(),
                password: "p".to_owned(),
                pass_credentials_all,
                ..Options::default()
            };
            let target = Url::parse(target.as_bytes()).expect("a URL");
            assert_eq!(options.credentials_for(&target).is_some(), want, "{owner} {target:?}");
        }
    }

    #[test]
    fn half_credentials_are_none() {
        let mut options = Options::default();
        options.set_credentials("u", "", true);
        assert!(options.username.is_empty() && !options.pass_credentials_all);
    }
}
