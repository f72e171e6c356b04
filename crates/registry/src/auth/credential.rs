//! What somebody logs in with.

/// A credential; empty where there is none.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Credential {
    pub username: String,
    pub password: String,
    /// Gets tokens from the server of tokens (`identitytoken`).
    pub refresh_token: String,
    /// Is sent to the registry itself (`registrytoken`).
    pub access_token: String,
}

impl Credential {
    pub fn of_user(username: &str, password: &str) -> Self {
        Credential { username: username.to_owned(), password: password.to_owned(), ..Credential::default() }
    }

    pub fn is_empty(&self) -> bool {
        *self == Credential::default()
    }
}
