//! Docker's registry, built from its Go module: open, with users, or with a server of tokens.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use serde_json::json;
use testbed::Process;

use crate::certificates::Files;
use crate::tokens::{ISSUER, SERVICE, Tokens, Users};
use crate::wire::Request;

/// The user that a registry knows, and the password.
pub const USER: &str = "pilot";
pub const PASSWORD: &str = "house";
/// The line of `htpasswd -Bbn pilot house`, with the least cost.
const HTPASSWD: &str = "pilot:$2b$04$abcdefghijklmnopqrstuu5Khp.UBzxC7uMWn4cnkWzvITVleeR7K";
/// What repositories begin with that everybody may pull from.
pub const PUBLIC: &str = "public/";

/// A start takes a tenth of a second.
const PATIENCE: Duration = Duration::from_secs(180);
/// Another process may take the port meanwhile.
const TRIES: usize = 5;

/// Who may do what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Access {
    Everybody,
    /// By a header with user and password.
    Basic,
    /// By tokens, which are got by `GET` and `POST`.
    Tokens,
    /// By tokens, which are got by `GET` alone.
    DistributionTokens,
}

/// How a registry is reached.
#[derive(Clone, Debug)]
pub enum Line {
    Plain,
    Tls(Files),
    /// Who has no certificate of the same authority is not heard.
    MutualTls(Files),
}

/// A running registry on a free port; its data goes away with it.
pub struct Registry {
    host: String,
    tokens: Option<Tokens>,
    _process: Process,
    _folder: tempfile::TempDir,
}

impl Registry {
    /// Starts a registry.
    ///
    /// # Panics
    /// Where it cannot be built or started.
    pub fn start(access: Access) -> Registry {
        Registry::try_start(access, &Line::Plain).expect("a registry")
    }

    /// Starts a registry that is reached over TLS.
    ///
    /// # Panics
    /// As [`Registry::start`].
    pub fn start_over(line: &Line, access: Access) -> Registry {
        Registry::try_start(access, line).expect("a registry")
    }

    /// # Errors
    /// Where it cannot be built or started: what went wrong.
    pub fn try_start(access: Access, line: &Line) -> Result<Registry, String> {
        let binary = testbed::program("registry")?;
        let folder = tempfile::tempdir().map_err(|e| format!("cannot make a folder: {e}"))?;
        let users = |oauth2| Users {
            name: USER.to_owned(),
            password: PASSWORD.to_owned(),
            public: Some(PUBLIC.to_owned()),
            oauth2,
        };
        let tokens = match access {
            Access::Everybody | Access::Basic => None,
            Access::Tokens => Some(Tokens::start(users(true))),
            Access::DistributionTokens => Some(Tokens::start(users(false))),
        };
        let mut last = String::new();
        for _ in 0..TRIES {
            let host = format!("127.0.0.1:{}", testbed::free_port()?);
            let config = folder.path().join("config.json");
            let text = configuration(&host, folder.path(), (access, line), tokens.as_ref())?;
            std::fs::write(&config, text).map_err(|e| format!("cannot write {}: {e}", config.display()))?;
            let mut command = Command::new(&binary);
            command.arg("serve").arg(&config).env("OTEL_TRACES_EXPORTER", "none");
            let mut process = Process::start("registry", command, folder.path().join("log"))?;
            match testbed::until("the registry", PATIENCE, || process.check().map(|()| answers(&host).then_some(()))) {
                Ok(()) => return Ok(Registry { host, tokens, _process: process, _folder: folder }),
                Err(error) if testbed::is_conflict(&error) => last = error,
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }

    /// `127.0.0.1:PORT`.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// What the server of tokens was asked so far.
    pub fn token_requests(&self) -> Vec<Request> {
        self.tokens.as_ref().map(Tokens::requests).unwrap_or_default()
    }
}

/// JSON is YAML.
fn configuration(
    host: &str,
    folder: &std::path::Path,
    (access, line): (Access, &Line),
    tokens: Option<&Tokens>,
) -> Result<String, String> {
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|e| format!("cannot write {}: {e}", path.display()))?;
        Ok::<String, String>(path.display().to_string())
    };
    let mut config = json!({
        "version": "0.1",
        "log": { "accesslog": { "disabled": true }, "level": "warn" },
        "storage": { "filesystem": { "rootdirectory": folder.join("data") }, "delete": { "enabled": true } },
        "http": { "addr": host, "secret": "test" },
    });
    if access == Access::Basic {
        config["auth"] = json!({ "htpasswd": { "realm": "registry", "path": write("htpasswd", HTPASSWD)? } });
    }
    if let Some(tokens) = tokens {
        config["auth"] = json!({ "token": {
            "realm": tokens.realm(), "service": SERVICE, "issuer": ISSUER, "jwks": write("keys.json", tokens.keys())?,
        } });
    }
    match line {
        Line::Plain => {}
        Line::Tls(files) => config["http"]["tls"] = json!({ "certificate": files.server, "key": files.server_key }),
        Line::MutualTls(files) => {
            let (certificate, key, authorities) = (&files.server, &files.server_key, [&files.authority]);
            config["http"]["tls"] = json!({ "certificate": certificate, "key": key, "clientcas": authorities });
        }
    }
    Ok(config.to_string())
}

/// Whether somebody speaks HTTP there.
fn answers(host: &str) -> bool {
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect(host)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(stream, "GET /v2/ HTTP/1.0\r\nHost: {host}\r\n\r\n")?;
        let mut start = [0; 5];
        stream.read_exact(&mut start)?;
        Ok(&start == b"HTTP/")
    };
    ask().unwrap_or(false)
}
