//! The few requests that the test bed itself makes of the API server, as JSON.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use ureq::http::Response;
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig, TlsProvider};
use ureq::{Agent, Body};

use crate::certificates::Identity;

/// Longer than any answer takes on a busy machine.
const TIMEOUT: Duration = Duration::from_secs(30);
/// A server that waits for a dead etcd answers much later.
const PROBE_TIMEOUT: Duration = Duration::from_secs(1);
/// How the test bed's own requests are known in the audit log.
pub const USER_AGENT: &str = "testbed";

/// A client of one API server.
pub struct Api {
    agent: Agent,
    server: String,
}

impl Api {
    /// A client that shows `identity` to the server at the URL `server` and trusts `authority` alone.
    pub fn new(server: &str, authority: &str, identity: &Identity) -> Result<Api, String> {
        // No idle connections: after a kill they would be dead ones.
        Api::with(server, authority, identity, 0)
    }

    /// The same for many requests one after the other, of a server that nobody kills.
    pub fn steady(server: &str, authority: &str, identity: &Identity) -> Result<Api, String> {
        Api::with(server, authority, identity, 1)
    }

    fn with(server: &str, authority: &str, identity: &Identity, idle: usize) -> Result<Api, String> {
        let trusted = Certificate::from_pem(authority.as_bytes()).map_err(|e| e.to_string())?;
        let own = Certificate::from_pem(identity.certificate.as_bytes()).map_err(|e| e.to_string())?;
        let key = PrivateKey::from_pem(identity.key.as_bytes()).map_err(|e| e.to_string())?;
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .root_certs(RootCerts::new_with_certs(&[trusted]))
            .client_cert(Some(ClientCert::new_with_certs(&[own], key)))
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .proxy(None)
            .http_status_as_error(false)
            .timeout_global(Some(TIMEOUT))
            .user_agent(USER_AGENT)
            .max_idle_connections(idle)
            .build();
        Ok(Api { agent: Agent::new_with_config(config), server: server.to_string() })
    }

    /// Whether a GET of `path` is answered with 200 within a second; nobody listening is a no.
    pub fn is_ok(&self, path: &str) -> bool {
        let request = self.agent.get(self.url(path)).config().timeout_global(Some(PROBE_TIMEOUT)).build();
        request.call().is_ok_and(|response| response.status() == 200)
    }

    /// The object or list at `path`, or nothing where there is none.
    pub fn find(&self, path: &str) -> Result<Option<Value>, String> {
        let response = self.agent.get(self.url(path)).call().map_err(|e| format!("GET {path}: {e}"))?;
        if response.status() == 404 {
            return Ok(None);
        }
        answer("GET", path, response).map(Some)
    }

    /// The object or list at `path`.
    pub fn get(&self, path: &str) -> Result<Value, String> {
        self.find(path)?.ok_or_else(|| format!("GET {path}: 404"))
    }

    /// Creates `object` in the collection at `path`.
    pub fn create(&self, path: &str, object: &Value) -> Result<Value, String> {
        let request = self.agent.post(self.url(path)).content_type("application/json");
        let response = request.send(object.to_string()).map_err(|e| format!("POST {path}: {e}"))?;
        answer("POST", path, response)
    }

    /// Deletes the object at `path`; one that is not there is deleted.
    pub fn delete(&self, path: &str) -> Result<(), String> {
        let response = self.agent.delete(self.url(path)).call().map_err(|e| format!("DELETE {path}: {e}"))?;
        if response.status() == 404 {
            return Ok(());
        }
        answer("DELETE", path, response).map(|_| ())
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.server)
    }
}

fn answer(verb: &str, path: &str, mut response: Response<Body>) -> Result<Value, String> {
    let status = response.status().as_u16();
    let text = response.body_mut().read_to_string().map_err(|e| format!("{verb} {path}: {e}"))?;
    if !(200..300).contains(&status) {
        return Err(format!("{verb} {path}: {status}: {text}"));
    }
    serde_json::from_str(&text).map_err(|e| format!("{verb} {path}: {e}"))
}
