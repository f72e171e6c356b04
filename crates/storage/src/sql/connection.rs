//! Connection strings as Go's lib/pq reads them: URLs or `key=value` pairs, with the variables of libpq for what they leave
//! open.

use std::collections::BTreeMap;
use std::error::Error as _;
use std::time::Duration;

use gostd::url::{Url, query_unescape};
use gostd::{GoError, strconv};
use postgres::config::SslMode;
use postgres::{Client, Config, NoTls};

use super::{text, tls};

/// Settings by their names in connection strings.
pub struct Connection(BTreeMap<String, String>);

/// What the environment may say.
const VARIABLES: [(&str, &str); 12] = [
    ("host", "PGHOST"),
    ("port", "PGPORT"),
    ("dbname", "PGDATABASE"),
    ("user", "PGUSER"),
    ("password", "PGPASSWORD"),
    ("options", "PGOPTIONS"),
    ("application_name", "PGAPPNAME"),
    ("connect_timeout", "PGCONNECT_TIMEOUT"),
    ("sslmode", "PGSSLMODE"),
    ("sslcert", "PGSSLCERT"),
    ("sslkey", "PGSSLKEY"),
    ("sslrootcert", "PGSSLROOTCERT"),
];

const MODES: [&str; 6] = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full"];

impl Connection {
    /// Reads a connection string.
    ///
    /// # Errors
    /// `missing "=" after "x" in connection info string`, `parse "postgres://x y": invalid character …`.
    pub fn parse(given: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, GoError> {
        let mut settings = BTreeMap::new();
        for (name, from) in VARIABLES {
            settings.extend(variable(from).filter(|value| !value.is_empty()).map(|value| (name.to_owned(), value)));
        }
        match given.starts_with("postgres://") || given.starts_with("postgresql://") {
            true => settings.extend(of_url(given)?),
            false => settings.extend(of_pairs(given)?),
        }
        let connection = Connection(settings);
        let mode = connection.mode();
        if !MODES.contains(&mode) {
            let mode = String::from_utf8_lossy(&strconv::quote(mode.as_bytes())).into_owned();
            let modes = MODES.join(", ");
            return Err(GoError::new(format!(
                "pq: wrong value for \"sslmode\": {mode} is not supported; supported values are {modes}"
            )));
        }
        Ok(connection)
    }

    /// Opens a connection.
    ///
    /// # Errors
    /// As Go has them: `dial tcp HOST:PORT: connect: connection refused`, `pq: …`.
    pub fn open(&self) -> Result<Client, GoError> {
        let config = self.config()?;
        let client = match self.uses_tls() {
            false => config.connect(NoTls),
            true => config.connect(tls::Connector::new(&self.verification()?)?),
        };
        client.map_err(|error| GoError::new(self.explain(&error)))
    }

    /// Returns a setting that is not empty.
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    fn host(&self) -> &str {
        self.get("host").unwrap_or("localhost")
    }

    fn port(&self) -> &str {
        self.get("port").unwrap_or("5432")
    }

    /// Unlike libpq, lib/pq wants TLS unless told otherwise.
    fn mode(&self) -> &str {
        self.get("sslmode").unwrap_or("require")
    }

    fn is_socket(&self) -> bool {
        self.host().starts_with(['/', '@'])
    }

    fn uses_tls(&self) -> bool {
        self.mode() != "disable" && !self.is_socket()
    }

    fn config(&self) -> Result<Config, GoError> {
        let mut config = Config::new();
        let port = self.port().parse().map_err(|_| wrong("port", self.port()))?;
        config.host(self.host()).port(port).ssl_mode(match self.mode() {
            _ if !self.uses_tls() => SslMode::Disable,
            "allow" | "prefer" => SslMode::Prefer,
            _ => SslMode::Require,
        });
        let own = || std::env::var("USER").unwrap_or_else(|_| "root".to_owned());
        let user = self.get("user").map_or_else(own, str::to_owned);
        config.dbname(self.get("dbname").unwrap_or(&user)).user(&user);
        if let Some(password) = self.get("password") {
            config.password(password);
        }
        if let Some(options) = self.get("options") {
            config.options(options);
        }
        if let Some(name) = self.get("application_name").or(self.get("fallback_application_name")) {
            config.application_name(name);
        }
        if let Some(seconds) = self.get("connect_timeout") {
            let seconds = seconds.parse().map_err(|_| wrong("connect_timeout", seconds))?;
            config.connect_timeout(Duration::from_secs(seconds));
        }
        Ok(config)
    }

    fn verification(&self) -> Result<tls::Settings<'_>, GoError> {
        let root = self.get("sslrootcert");
        let check = match self.mode() {
            "verify-full" => tls::Check::Full,
            "verify-ca" => tls::Check::Authority,
            // As libpq does: who names an authority wants it to count.
            _ if root.is_some_and(|path| std::path::Path::new(path).exists()) => tls::Check::Authority,
            _ => tls::Check::Nothing,
        };
        let own = self.get("sslcert").zip(self.get("sslkey"));
        Ok(tls::Settings { check, root: root.filter(|_| check != tls::Check::Nothing), own })
    }

    fn explain(&self, error: &postgres::Error) -> String {
        let mut cause = error.source();
        while let Some(link) = cause {
            if let Some(io) = link.downcast_ref::<std::io::Error>()
                && io.kind() == std::io::ErrorKind::ConnectionRefused
            {
                let host = if self.host() == "localhost" { "127.0.0.1" } else { self.host() };
                return format!("dial tcp {host}:{}: connect: connection refused", self.port());
            }
            cause = link.source();
        }
        text(error)
    }
}

fn wrong(name: &str, value: &str) -> GoError {
    let value = String::from_utf8_lossy(&strconv::quote(value.as_bytes())).into_owned();
    GoError::new(format!("pq: wrong value for \"{name}\": {value}"))
}

fn lossy(text: &[u8]) -> String {
    String::from_utf8_lossy(text).into_owned()
}

fn of_url(given: &str) -> Result<BTreeMap<String, String>, GoError> {
    let url = Url::parse(given.as_bytes())?;
    let mut settings = BTreeMap::new();
    let user = url.user.clone().unwrap_or_default();
    let mut put = |name: &str, value: &[u8]| {
        if !value.is_empty() {
            settings.insert(name.to_owned(), lossy(value));
        }
    };
    put("user", &user.name);
    put("password", &user.password.unwrap_or_default());
    put("host", url.hostname());
    put("port", url.port());
    put("dbname", url.path.strip_prefix(b"/").unwrap_or_default());
    for pair in url.raw_query.split(|byte| *byte == b'&') {
        let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
        let (name, value) = (pair.get(..at).unwrap_or_default(), pair.get(at + 1..).unwrap_or_default());
        if let (Ok(name), Ok(value)) = (query_unescape(name), query_unescape(value)) {
            put(&lossy(&name), &value);
        }
    }
    Ok(settings)
}

/// Reads pairs with blanks between them; values may be quoted, and a backslash takes the next character as it is.
fn of_pairs(given: &str) -> Result<BTreeMap<String, String>, GoError> {
    let mut settings = BTreeMap::new();
    let mut rest = given.trim_start();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let (name, behind) = rest.split_at(end);
        let Some(value) = behind.trim_start().strip_prefix('=') else {
            let name = lossy(&strconv::quote(name.as_bytes()));
            return Err(GoError::new(format!("missing \"=\" after {name} in connection info string")));
        };
        let (value, behind) = value_of(value.trim_start())?;
        settings.insert(name.to_owned(), value);
        rest = behind.trim_start();
    }
    Ok(settings)
}

/// Reads a value; returns what follows it.
fn value_of(text: &str) -> Result<(String, &str), GoError> {
    let quoted = text.starts_with('\'');
    let mut characters = text.char_indices().skip(usize::from(quoted));
    let mut value = String::new();
    while let Some((at, character)) = characters.next() {
        match character {
            '\\' => value.extend(characters.next().map(|(_, next)| next)),
            '\'' if quoted => return Ok((value, text.get(at + 1..).unwrap_or_default())),
            blank if !quoted && blank.is_whitespace() => return Ok((value, text.get(at..).unwrap_or_default())),
            plain => value.push(plain),
        }
    }
    if quoted { Err(GoError::new("unterminated quoted string literal in connection string")) } else { Ok((value, "")) }
}

#[cfg(test)]
mod tests {
    use super::Connection;

    fn check(given: &str, want: &[(&str, &str)]) {
        let connection = Connection::parse(given, &|name| (name == "PGUSER").then(|| "env".to_owned())).expect(given);
        let found: Vec<_> = connection.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(found, want, "{given}");
    }

    #[test]
    fn connection_strings_are_urls_or_pairs() {
        check("", &[("user", "env")]);
        check(
            "host=h port = 1 user='a b' password=x\\'y",
            &[("host", "h"), ("password", "x'y"), ("port", "1"), ("user", "a b")],
        );
        check(
            "postgres://u:p%40@h:5/db?sslmode=disable&connect_timeout=3",
            &[
                ("connect_timeout", "3"),
                ("dbname", "db"),
                ("host", "h"),
                ("password", "p@"),
                ("port", "5"),
                ("sslmode", "disable"),
                ("user", "u"),
            ],
        );
        check("postgresql:///db?host=%2Ftmp", &[("dbname", "db"), ("host", "/tmp"), ("user", "env")]);
    }

    #[test]
    fn wrong_connection_strings_are_refused_as_helm_does() {
        // Made by `HELM_DRIVER=sql helm list` of Helm 4.3.1.
        for (given, want) in [
            ("bogus", "missing \"=\" after \"bogus\" in connection info string"),
            ("postgres://x y", "parse \"postgres://x y\": invalid character \" \" in host name"),
        ] {
            let error = Connection::parse(given, &|_| None).err().expect("an error");
            assert_eq!(error.text, want);
        }
        assert!(Connection::parse("sslmode=maybe", &|_| None).is_err());
        assert!(Connection::parse("user='x", &|_| None).is_err());
    }
}
