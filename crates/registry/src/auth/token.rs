//! Fetches tokens: by the distribution specification (`GET`), or as OAuth2 has it (`POST`).

use gostd::json::{Field, Shape};
use gostd::url::Url;

use super::Credential;
use super::basic;
use crate::error::Error;
use crate::failure;
use crate::http::{Answer, Method, Request, Transport};
use crate::json::{self, Nameless};
use crate::query;

/// A token's answer is small; Helm reads no more either.
const ANSWER_BYTES: u64 = 128 * 1024;
const CLIENT: &str = "oras-go";

/// What a token is wanted for.
pub struct Wanted<'a> {
    pub realm: &'a str,
    pub service: &'a str,
    pub scopes: &'a [String],
}

/// Fetches a token as `GET REALM?service=…&scope=…`.
///
/// # Errors
/// What the server says, `GET "URL": empty token returned`.
pub fn distribution(transport: &Transport, wanted: &Wanted<'_>, credential: &Credential) -> Result<String, Error> {
    let mut url = Url::parse(wanted.realm.as_bytes())?;
    let mut pairs = query::parse(&url.raw_query);
    if !wanted.service.is_empty() {
        query::set(&mut pairs, "service", wanted.service);
    }
    wanted.scopes.iter().for_each(|scope| query::add(&mut pairs, "scope", scope));
    url.raw_query = query::encode(&pairs);
    let mut request = Request::new(Method::Get, url);
    if !credential.username.is_empty() || !credential.password.is_empty() {
        request.authorization = Some(basic(credential));
    }
    let answer = transport.send(&request)?;
    token(answer, &DISTRIBUTION)
}

/// Fetches a token with `POST REALM`.
///
/// # Errors
/// As [`distribution`], and `missing username or password for bearer auth`.
pub fn oauth2(transport: &Transport, wanted: &Wanted<'_>, credential: &Credential) -> Result<String, Error> {
    let mut form = query::Pairs::new();
    if !credential.refresh_token.is_empty() {
        query::set(&mut form, "grant_type", "refresh_token");
        query::set(&mut form, "refresh_token", &credential.refresh_token);
    } else if !credential.username.is_empty() && !credential.password.is_empty() {
        query::set(&mut form, "grant_type", "password");
        query::set(&mut form, "username", &credential.username);
        query::set(&mut form, "password", &credential.password);
    } else {
        return Err(Error::new("missing username or password for bearer auth"));
    }
    query::set(&mut form, "service", wanted.service);
    query::set(&mut form, "client_id", CLIENT);
    if !wanted.scopes.is_empty() {
        query::set(&mut form, "scope", &wanted.scopes.join(" "));
    }
    let form = query::encode(&form);
    let url = Url::parse(wanted.realm.as_bytes())?;
    let answer = transport.send(&Request::new(Method::Post, url).body("application/x-www-form-urlencoded", &form))?;
    token(answer, &OAUTH2)
}

const TOKEN: Field = Field { name: "token", shape: Shape::String };
const ACCESS_TOKEN: Field = Field { name: "access_token", shape: Shape::String };

const DISTRIBUTION: Nameless = Nameless {
    shape: Shape::Struct(&[TOKEN, ACCESS_TOKEN], ""),
    go_type: "struct { Token string \"json:\\\"token\\\"\"; AccessToken string \"json:\\\"access_token\\\"\" }",
};
const OAUTH2: Nameless = Nameless {
    shape: Shape::Struct(&[ACCESS_TOKEN], ""),
    go_type: "struct { AccessToken string \"json:\\\"access_token\\\"\" }",
};

/// Takes the access token, or the token of another name.
fn token(answer: Answer, fields: &Nameless) -> Result<String, Error> {
    if answer.status != 200 {
        return Err(failure::of(answer));
    }
    let place = answer.place();
    let body = answer.read(ANSWER_BYTES);
    let undecoded = |text: String| Error::new(format!("{place}: failed to decode response: {text}"));
    if let Some(broken) = body.broken {
        return Err(undecoded(broken));
    }
    let found = fields.read_first(&body.bytes).map_err(|error| undecoded(error.text))?;
    let token =
        ["access_token", "token"].map(|name| json::text(&found, name)).into_iter().find(|token| !token.is_empty());
    token.ok_or_else(|| Error::new(format!("{place}: empty token returned")))
}
