//! Who may do what: open, basic, bearer (github.com/chartmuseum/auth 0.6.0). Knows nothing of routes.

mod actions;
mod basic;
mod key;
mod registry;
mod token;

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};

use crate::settings::{Auth, Way, Wrong, Writes};
use actions::Actions;
use basic::Basic;
use key::VerifyingKey;

/// Bytes of an `Authorization` header that are looked at.
const AUTHORIZATION_BYTES: usize = 16 * 1024;

/// What a request wants to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Action {
    Pull,
    Push,
}

/// What a request wants to do it to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Subject<'a> {
    /// A chart repository: `a/b`, empty for the only one.
    Tenant(&'a str),
    /// A repository of the registry: `a/b/chart`.
    Repository(&'a str),
    /// The registry itself: `/v2/`, where clients find out how to log in.
    Registry,
    /// The list of all repositories.
    Catalog,
}

/// Why a request is refused, and what to say to it.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// 401 with a challenge, or 403.
    pub status: StatusCode,
    /// `WWW-Authenticate`.
    pub challenge: Option<HeaderValue>,
    pub message: &'static str,
}

/// The gate that every request passes.
pub struct Access {
    way: Gate,
    anonymous_get: bool,
    writes_open: bool,
}

enum Gate {
    Open,
    Basic(Basic),
    Bearer(Box<Bearer>),
}

struct Bearer {
    realm: String,
    service: String,
    key: VerifyingKey,
    actions: Actions,
}

impl Action {
    /// Returns the word that stands in tokens.
    pub fn word(self) -> &'static str {
        match self {
            Action::Pull => "pull",
            Action::Push => "push",
        }
    }
}

impl Access {
    /// Reads keys and compiles expressions.
    ///
    /// # Errors
    /// A key that cannot be read, an expression that cannot be compiled.
    pub fn new(auth: &Auth, writes: &Writes) -> Result<Self, Wrong> {
        let way = match &auth.way {
            Way::Open => Gate::Open,
            Way::Basic { user, password } => Gate::Basic(Basic::new(user, password)),
            Way::Bearer(bearer) => Gate::Bearer(Box::new(Bearer {
                realm: bearer.realm.clone(),
                service: bearer.service.clone(),
                key: VerifyingKey::read(&bearer.key)?,
                actions: Actions::new(bearer.actions_path.as_deref())?,
            })),
        };
        Ok(Access { way, anonymous_get: auth.anonymous_get, writes_open: writes.open })
    }

    /// Reports whether requests must say who they are.
    pub fn is_closed(&self) -> bool {
        !matches!(self.way, Gate::Open)
    }

    /// Decides about a request.
    ///
    /// # Errors
    /// 401 with a challenge for who is unknown or may not do it, as ChartMuseum; 403 when nobody may.
    pub fn decide(&self, headers: &HeaderMap, action: Action, subject: Subject<'_>) -> Result<(), Refusal> {
        self.know(headers, action, subject)?;
        match action {
            Action::Push if !self.writes_open => Err(Refusal {
                status: StatusCode::FORBIDDEN,
                challenge: None,
                message: "writes are off: start the server with --basic-auth-user and --basic-auth-pass, or with --anonymous-writes",
            }),
            _ => Ok(()),
        }
    }

    fn know(&self, headers: &HeaderMap, action: Action, subject: Subject<'_>) -> Result<(), Refusal> {
        // Who logs in wants to know whether the password is right.
        let free = self.anonymous_get && action == Action::Pull && !matches!(subject, Subject::Registry);
        if free {
            return Ok(());
        }
        let header = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let header = if header.len() > AUTHORIZATION_BYTES { "" } else { header };
        match &self.way {
            Gate::Open => Ok(()),
            Gate::Basic(basic) if basic.matches(header) => Ok(()),
            Gate::Basic(_) => Err(unauthorized(basic::CHALLENGE.to_owned())),
            Gate::Bearer(bearer) if bearer.allows(header, action, subject) => Ok(()),
            Gate::Bearer(bearer) => Err(unauthorized(bearer.challenge(action, subject))),
        }
    }
}

impl Bearer {
    fn allows(&self, header: &str, action: Action, subject: Subject<'_>) -> bool {
        // ChartMuseum takes a token without the word before it too.
        let word = header.get(..7).filter(|word| word.eq_ignore_ascii_case("bearer "));
        let token = if word.is_some() { header.get(7..).unwrap_or_default() } else { header };
        let Some(claims) = token::claims(token.trim(), &self.key) else { return false };
        self.actions.allow(&claims, action, subject)
    }

    fn challenge(&self, action: Action, subject: Subject<'_>) -> String {
        let (realm, service) = (&self.realm, &self.service);
        let scope = match subject {
            Subject::Tenant(tenant) => format!("{}:{}:{}", actions::TENANT_TYPE, actions::namespace(tenant), action.word()),
            Subject::Repository(name) if action == Action::Pull => format!("repository:{name}:pull"),
            Subject::Repository(name) => format!("repository:{name}:pull,push"),
            Subject::Catalog => "registry:catalog:*".to_owned(),
            Subject::Registry => return format!("Bearer realm=\"{realm}\",service=\"{service}\""),
        };
        format!("Bearer realm=\"{realm}\",service=\"{service}\",scope=\"{scope}\"")
    }
}

fn unauthorized(challenge: String) -> Refusal {
    Refusal {
        status: StatusCode::UNAUTHORIZED,
        challenge: HeaderValue::try_from(challenge).ok(),
        message: "unauthorized",
    }
}

#[cfg(test)]
mod tests;
