//! A server of tokens, as registries send their clients to one: `GET` by the distribution specification, `POST` as OAuth2
//! has it. Who may do what is given when it is made.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde_json::{Value, json};

use crate::wire::{Answer, Request, Server};

/// What the registry must be told of the server.
pub const SERVICE: &str = "pilothouse-registry";
pub const ISSUER: &str = "pilothouse-tokens";
const KEY_ID: &str = "one";
const LIFE_SECONDS: u64 = 300;

/// What a server of tokens allows.
#[derive(Clone, Debug)]
pub struct Users {
    /// May do everything.
    pub name: String,
    pub password: String,
    /// Repositories that everybody may pull from, by the start of their names.
    pub public: Option<String>,
    /// Whether `POST` is answered; GitHub's, for one, does not.
    pub oauth2: bool,
}

/// A running server.
pub struct Tokens {
    server: Server,
    keys: String,
}

impl Tokens {
    pub fn start(users: Users) -> Tokens {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("random bytes");
        let keys = json!({ "keys": [public_key(&pair)] }).to_string();
        let server = Server::start(move |request| answer(&users, &pair, request));
        Tokens { server, keys }
    }

    /// The URL that a registry names its clients.
    pub fn realm(&self) -> String {
        format!("http://{}/token", self.server.host())
    }

    /// The public key, as a registry reads it (JWKS).
    pub fn keys(&self) -> &str {
        &self.keys
    }

    /// What was asked so far.
    pub fn requests(&self) -> Vec<Request> {
        self.server.requests()
    }
}

fn public_key(pair: &EcdsaKeyPair) -> Value {
    // An uncompressed point: one byte, then both coordinates.
    let point = pair.public_key().as_ref();
    let coordinate = |from: usize| BASE64URL_NOPAD.encode(&point[from..from + 32]);
    json!({ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": KEY_ID, "x": coordinate(1), "y": coordinate(33) })
}

fn answer(users: &Users, pair: &EcdsaKeyPair, request: &Request) -> Answer {
    if request.method == "POST" && !users.oauth2 {
        return refusal(405, "UNSUPPORTED", "only GET is served");
    }
    let known = match login(request) {
        Some((name, password)) if name == users.name && password == users.password => true,
        Some(_) => return refusal(401, "UNAUTHORIZED", "authentication required"),
        None => false,
    };
    let subject = if known { users.name.as_str() } else { "" };
    let scopes = request.parameters("scope");
    let scopes = scopes.iter().flat_map(|scopes| scopes.split(' '));
    let access: Vec<Value> = scopes.filter_map(|scope| granted(users, known, scope)).collect();
    let token = sign(pair, subject, &access);
    let body = match request.method.as_str() {
        "POST" => json!({ "access_token": token, "expires_in": LIFE_SECONDS }),
        _ => json!({ "token": token, "expires_in": LIFE_SECONDS }),
    };
    Answer::new(200, body.to_string()).with("Content-Type", "application/json")
}

fn refusal(status: u16, code: &str, message: &str) -> Answer {
    let body = json!({ "errors": [{ "code": code, "message": message }] });
    Answer::new(status, body.to_string()).with("Content-Type", "application/json")
}

/// The user and the password that a request names.
fn login(request: &Request) -> Option<(String, String)> {
    if request.method == "POST" {
        let field = |name: &str| request.parameters(name).into_iter().next().unwrap_or_default();
        return Some((field("username"), field("password")));
    }
    let text = BASE64.decode(request.header("authorization").strip_prefix("Basic ")?.as_bytes()).ok()?;
    let text = String::from_utf8(text).ok()?;
    let (name, password) = text.split_once(':')?;
    Some((name.to_owned(), password.to_owned()))
}

/// What of a scope is granted.
fn granted(users: &Users, known: bool, scope: &str) -> Option<Value> {
    let (thing, actions) = scope.rsplit_once(':')?;
    let (kind, name) = thing.split_once(':')?;
    let public = users.public.as_deref().is_some_and(|start| name.starts_with(start));
    let allowed = |action: &&str| known || (public && *action == "pull");
    let actions: Vec<&str> = actions.split(',').filter(allowed).collect();
    (!actions.is_empty()).then(|| json!({ "type": kind, "name": name, "actions": actions }))
}

fn sign(pair: &EcdsaKeyPair, subject: &str, access: &[Value]) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let head = json!({ "typ": "JWT", "alg": "ES256", "kid": KEY_ID });
    let claims = json!({
        "iss": ISSUER, "sub": subject, "aud": SERVICE, "jti": now.to_string(),
        "iat": now, "nbf": now.saturating_sub(10), "exp": now + LIFE_SECONDS, "access": access,
    });
    let part = |value: Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let text = format!("{}.{}", part(head), part(claims));
    let signature = pair.sign(&SystemRandom::new(), text.as_bytes()).expect("random bytes");
    format!("{text}.{}", BASE64URL_NOPAD.encode(signature.as_ref()))
}
