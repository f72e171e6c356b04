//! A way to the API server of the test bed, with the certificates of a kubeconfig.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use data_encoding::BASE64;
use gostd::{Value, json};
use storage::{Api, ApiError, Call, Method};
use ureq::http::Request;
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig, TlsProvider};
use ureq::{Agent, SendBody};

/// Requests over ureq, counted.
pub struct Http {
    agent: Agent,
    server: String,
    pub calls: AtomicUsize,
}

impl Http {
    /// Makes the client of a kubeconfig as the test bed writes it: one value a line, certificates inside.
    pub fn of(kubeconfig: &Path) -> Arc<Http> {
        let text = std::fs::read_to_string(kubeconfig).expect("a kubeconfig");
        let field = |name: &str| {
            let found = text.lines().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix(": "));
            found.unwrap_or_else(|| panic!("no {name}")).to_owned()
        };
        let pem = |name: &str| BASE64.decode(field(name).as_bytes()).expect("base64");
        let authority = Certificate::from_pem(&pem("certificate-authority-data")).expect("an authority");
        let own = Certificate::from_pem(&pem("client-certificate-data")).expect("a certificate");
        let key = PrivateKey::from_pem(&pem("client-key-data")).expect("a key");
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .root_certs(RootCerts::new_with_certs(&[authority]))
            .client_cert(Some(ClientCert::new_with_certs(&[own], key)))
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
            .build();
        let config = Agent::config_builder().tls_config(tls).proxy(None).http_status_as_error(false).build();
        Arc::new(Http { agent: Agent::new_with_config(config), server: field("server"), calls: AtomicUsize::new(0) })
    }
}

impl Api for Http {
    fn call(&self, call: &Call<'_>) -> Result<Box<dyn Read + '_>, ApiError> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let method = match call.method {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        };
        let escape = |text: &str| String::from_utf8_lossy(&gostd::url::query_escape(text.as_bytes())).into_owned();
        let query: Vec<String> = call.query.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
        let mut request =
            Request::builder().method(method).uri(format!("{}{}?{}", self.server, call.path, query.join("&")));
        if !call.content_type.is_empty() {
            request = request.header("content-type", call.content_type);
        }
        let body = call.body.to_vec();
        let body =
            if body.is_empty() { SendBody::none() } else { SendBody::from_owned_reader(std::io::Cursor::new(body)) };
        let request = request.body(body).expect("a request");
        let mut response = self.agent.run(request).map_err(|error| ApiError::plain(error.to_string()))?;
        let code = response.status().as_u16();
        if code < 300 {
            return Ok(Box::new(response.into_body().into_reader()));
        }
        let status = json::decode(&response.body_mut().read_to_vec().unwrap_or_default()).unwrap_or(Value::Nil);
        let field = |value: &Value, name: &str| value.as_map().and_then(|map| map.get(name.as_bytes()));
        let text = |name: &str| {
            field(&status, name).and_then(|v| Some(v.as_str()?.to_text().into_owned())).unwrap_or_default()
        };
        let token =
            field(&status, "metadata").and_then(|m| field(&m, "continue")?.as_str().map(|t| t.to_text().into_owned()));
        Err(ApiError { code, reason: text("reason"), text: text("message"), continue_token: token })
    }
}
