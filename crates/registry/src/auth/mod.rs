//! Logs in to registries as they ask for it, and remembers how (`registry/remote/auth/client.go` of oras-go).

mod cache;
mod challenge;
mod credential;
mod realm;
pub mod scope;
mod token;

use data_encoding::BASE64;

use crate::error::Error;
use crate::http::{Answer, Request, Transport, same_origin};
use cache::{Cache, Scheme};
use challenge::Challenge;
use token::Wanted;

pub use credential::Credential;

/// Reads a challenge, for tests of what strangers send.
#[cfg(any(test, feature = "fuzzing"))]
pub fn parse_challenge(header: &str) {
    Challenge::parse(header);
}

/// What is read of an answer before another request takes its connection.
const REST_BYTES: u64 = 16 * 1024;

/// Where credentials come from.
pub trait Credentials: Send + Sync {
    /// Returns the credential for a host (with its port); an empty one if there is none.
    ///
    /// # Errors
    /// What a file or a program of credentials has against it.
    fn credential(&self, host: &str) -> Result<Credential, Error>;
}

/// How a token is asked for with a user and a password.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Grant {
    Distribution,
    /// Also where there is no refresh token: what a login tries first.
    OAuth2,
}

/// Sends requests with what registries ask for.
pub struct Authorizer {
    transport: Transport,
    credentials: Box<dyn Credentials>,
    grant: Grant,
    cache: Cache,
}

impl Authorizer {
    pub fn new(transport: Transport, credentials: Box<dyn Credentials>) -> Self {
        Authorizer { transport, credentials, grant: Grant::Distribution, cache: Cache::default() }
    }

    pub fn set_grant(&mut self, grant: Grant) {
        self.grant = grant;
    }

    pub fn set_credentials(&mut self, credentials: Box<dyn Credentials>) {
        self.credentials = credentials;
        self.cache = Cache::default();
    }

    /// Sends a request; `scopes` is what a token will be needed for.
    ///
    /// # Errors
    /// No answer, or no token. Refusals are answers.
    pub fn send(&self, request: &Request<'_>, scopes: &[String]) -> Result<Answer, Error> {
        if request.authorization.is_some() {
            return self.transport.send(request);
        }
        let host = String::from_utf8_lossy(&request.url.host).into_owned();
        let hinted = scope::clean(scopes.iter().map(String::as_str));
        let known = self.cache.get(&host, &hinted);
        let mut first = request.clone();
        first.authorization.clone_from(&known);
        let answer = self.transport.send(&first)?;
        // A challenge of another origin, after a redirect, gets no answer.
        if answer.status != 401 || !same_origin(&request.url, &answer.url) {
            return Ok(answer);
        }
        let challenge = Challenge::parse(answer.header("www-authenticate"));
        if challenge == Challenge::Unknown {
            return Ok(answer);
        }
        let place = answer.place();
        answer.read(REST_BYTES);
        let asked = Asked { request, host: &host, hinted, known };
        let authorization = self.answer_to(&challenge, &asked).map_err(|error| error.within(&place))?;
        if !request.may_be_repeated() {
            return Err(Error::new(format!("{place}: request body is not rewindable")));
        }
        let mut second = request.clone();
        second.authorization = Some(authorization);
        self.transport.send(&second)
    }

    /// Returns the header that a challenge asks for.
    fn answer_to(&self, challenge: &Challenge, asked: &Asked<'_>) -> Result<String, Error> {
        let Challenge::Bearer(parameters) = challenge else {
            let authorization = self.basic(asked.host)?;
            self.cache.set(asked.host, Scheme::Basic, &[], &authorization);
            return Ok(authorization);
        };
        let parameter = |name: &str| parameters.get(name).map(String::as_str).unwrap_or_default();
        let hinted = asked.hinted.iter().map(String::as_str);
        let scopes = scope::clean(hinted.chain(parameter("scope").split(' ')));
        let fresh = self.cache.get(asked.host, &scopes).filter(|token| asked.known.as_ref() != Some(token));
        if let Some(token) = fresh {
            return Ok(token);
        }
        realm::check(parameter("realm"), &asked.request.url)?;
        let wanted = Wanted { realm: parameter("realm"), service: parameter("service"), scopes: &scopes };
        let authorization = format!("Bearer {}", self.token(asked.host, &wanted)?);
        self.cache.set(asked.host, Scheme::Bearer, &scopes, &authorization);
        Ok(authorization)
    }

    fn basic(&self, host: &str) -> Result<String, Error> {
        let credential =
            self.credentials.credential(host).map_err(|error| error.within("failed to resolve credential"))?;
        if credential.is_empty() {
            return Err(Error::new("basic credential not found"));
        }
        if credential.username.is_empty() || credential.password.is_empty() {
            return Err(Error::new("missing username or password for basic auth"));
        }
        Ok(basic(&credential))
    }

    fn token(&self, host: &str, wanted: &Wanted<'_>) -> Result<String, Error> {
        let credential = self.credentials.credential(host)?;
        if !credential.access_token.is_empty() {
            return Ok(credential.access_token);
        }
        let plain = credential.refresh_token.is_empty() && self.grant == Grant::Distribution;
        if credential.is_empty() || plain {
            return token::distribution(&self.transport, wanted, &credential);
        }
        token::oauth2(&self.transport, wanted, &credential)
    }
}

/// A request that was answered by a challenge.
struct Asked<'a> {
    request: &'a Request<'a>,
    host: &'a str,
    hinted: Vec<String>,
    /// The header that it carried.
    known: Option<String>,
}

/// The header of a user and a password.
fn basic(credential: &Credential) -> String {
    let text = format!("{}:{}", credential.username, credential.password);
    format!("Basic {}", BASE64.encode(text.as_bytes()))
}
