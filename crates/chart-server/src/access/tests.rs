use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use data_encoding::{BASE64, BASE64_MIME, BASE64URL_NOPAD};

use super::*;
use crate::settings::{Bearer as BearerSettings, Overwrite};

fn writes(open: bool) -> Writes {
    Writes { api: true, open, delete: true, overwrite: Overwrite::Forced }
}

fn headers(authorization: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, HeaderValue::from_str(authorization).expect("a header"));
    headers
}

#[test]
fn without_authentication_writes_are_open_only_when_asked() {
    for (open, expected) in [(true, Ok(())), (false, Err(StatusCode::FORBIDDEN))] {
        let access = Access::new(&Auth::default(), &writes(open)).expect("settings");
        let decided = access.decide(&HeaderMap::new(), Action::Push, Subject::Tenant("")).map_err(|r| r.status);
        assert_eq!(decided, expected);
        assert!(access.decide(&HeaderMap::new(), Action::Pull, Subject::Tenant("")).is_ok());
    }
}

#[test]
fn basic_takes_the_one_pair() {
    let way = Way::Basic { user: "user".into(), password: "pass:word".into() };
    let access = Access::new(&Auth { way, anonymous_get: false }, &writes(true)).expect("settings");
    let encoded = BASE64.encode(b"user:pass:word");
    for right in [format!("Basic {encoded}"), format!("basic {encoded}")] {
        assert!(access.decide(&headers(&right), Action::Push, Subject::Tenant("a")).is_ok(), "{right}");
    }
    let wrong = BASE64.encode(b"user:pass");
    for wrong in [format!("Basic {wrong}"), format!("Bearer {encoded}"), encoded, "Basic ".into(), "Basic !".into(), "x".into()] {
        let refusal = access.decide(&headers(&wrong), Action::Pull, Subject::Tenant("a")).expect_err(&wrong);
        assert_eq!(refusal.status, StatusCode::UNAUTHORIZED);
        assert_eq!(refusal.challenge.expect("a challenge"), "Basic realm=\"ChartMuseum\"");
    }
}

#[test]
fn anonymous_get_frees_reading_but_not_the_question_whether_a_password_is_right() {
    let way = Way::Basic { user: "u".into(), password: "p".into() };
    let access = Access::new(&Auth { way, anonymous_get: true }, &writes(true)).expect("settings");
    let nobody = HeaderMap::new();
    assert!(access.decide(&nobody, Action::Pull, Subject::Tenant("a")).is_ok());
    assert!(access.decide(&nobody, Action::Pull, Subject::Repository("a/b")).is_ok());
    assert!(access.decide(&nobody, Action::Push, Subject::Tenant("a")).is_err());
    assert!(access.decide(&nobody, Action::Pull, Subject::Registry).is_err());
}

/// A server of tokens: its key, and the gate that knows the public part.
struct Issuer {
    key: KeyPair,
    access: Access,
}

impl Issuer {
    fn new(actions_path: Option<&str>) -> Self {
        let key = KeyPair::generate(KeySize::Rsa2048).expect("a key");
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("key.pem");
        let public = aws_lc_rs::encoding::AsDer::<aws_lc_rs::encoding::PublicKeyX509Der<'_>>::as_der(key.public_key());
        let body = BASE64_MIME.encode(public.expect("a public key").as_ref());
        std::fs::write(&path, format!("-----BEGIN PUBLIC KEY-----\n{}-----END PUBLIC KEY-----\n", body.replace('\r', "")))
            .expect("a file");
        let way = Way::Bearer(BearerSettings {
            realm: "https://tokens".into(),
            service: "charts".into(),
            key: path,
            actions_path: actions_path.map(str::to_owned),
        });
        let access = Access::new(&Auth { way, anonymous_get: false }, &writes(true)).expect("settings");
        Issuer { key, access }
    }

    fn token(&self, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", BASE64URL_NOPAD.encode(header.as_bytes()), BASE64URL_NOPAD.encode(claims.as_bytes()));
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature).expect("a signature");
        format!("{message}.{}", BASE64URL_NOPAD.encode(&signature))
    }

    fn allows(&self, token: &str, action: Action, subject: Subject<'_>) -> bool {
        self.access.decide(&headers(&format!("Bearer {token}")), action, subject).is_ok()
    }
}

const RS256: &str = r#"{"alg":"RS256","typ":"JWT"}"#;

#[test]
fn a_token_counts_for_its_tenant_and_its_actions() {
    let issuer = Issuer::new(None);
    let token = issuer.token(
        RS256,
        r#"{"access":[{"type":"artifact-repository","name":"org/one","actions":["pull","push"]},
            {"type":"artifact-repository","name":"org/two","actions":["pull"]},
            {"type":"artifact-repository","name":"repo","actions":["pull"]},
            {"type":"repository","name":"x/y","actions":["pull"]},
            {"type":"other","name":"org/three","actions":["pull","push"]}]}"#,
    );
    let cases = [
        (Action::Pull, Subject::Tenant("org/one"), true),
        (Action::Push, Subject::Tenant("org/one"), true),
        (Action::Pull, Subject::Tenant("org/two"), true),
        (Action::Push, Subject::Tenant("org/two"), false),
        (Action::Pull, Subject::Tenant(""), true),
        (Action::Push, Subject::Tenant(""), false),
        (Action::Pull, Subject::Tenant("org/three"), false),
        (Action::Pull, Subject::Tenant("org"), false),
        (Action::Pull, Subject::Tenant("org/one/more"), false),
        (Action::Push, Subject::Repository("org/one/chart"), true),
        (Action::Push, Subject::Repository("org/two/chart"), false),
        (Action::Pull, Subject::Repository("x/y"), true),
        (Action::Push, Subject::Repository("x/y"), false),
        (Action::Pull, Subject::Repository("chart"), true),
        (Action::Pull, Subject::Registry, true),
        (Action::Pull, Subject::Catalog, false),
    ];
    for (action, subject, expected) in cases {
        assert_eq!(issuer.allows(&token, action, subject), expected, "{action:?} {subject:?}");
    }
}

#[test]
fn what_is_not_signed_by_the_key_or_out_of_time_counts_for_nothing() {
    let issuer = Issuer::new(None);
    let claims = r#"{"access":[{"type":"artifact-repository","name":"a","actions":["pull"]}]}"#;
    let good = issuer.token(RS256, claims);
    assert!(issuer.allows(&good, Action::Pull, Subject::Tenant("a")));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a time").as_secs();
    let timed = |name: &str, time: u64| issuer.token(RS256, &claims.replacen('{', &format!("{{\"{name}\":{time},"), 1));
    let forged = good.replacen('.', &format!(".{}", BASE64URL_NOPAD.encode(b"{}")), 1);
    let (message, _) = good.rsplit_once('.').expect("parts");
    let wrong = [
        Issuer::new(None).token(RS256, claims),
        issuer.token(r#"{"alg":"none"}"#, claims),
        issuer.token(r#"{"alg":"HS256"}"#, claims),
        issuer.token(r#"{"alg":"RS512"}"#, claims),
        issuer.token("{}", claims),
        timed("exp", now - 10),
        timed("nbf", now + 1000),
        timed("iat", now + 1000),
        forged,
        format!("{message}."),
        message.to_owned(),
        String::new(),
        "...".to_owned(),
        good.repeat(100),
    ];
    for token in wrong {
        assert!(!issuer.allows(&token, Action::Pull, Subject::Tenant("a")), "{token}");
    }
    assert!(issuer.allows(&timed("exp", now + 1000), Action::Pull, Subject::Tenant("a")));
    // The word may be missing, as for ChartMuseum.
    assert!(issuer.access.decide(&headers(&good), Action::Pull, Subject::Tenant("a")).is_ok());
}

#[test]
fn a_path_finds_actions_elsewhere_and_names_stay_names() {
    let issuer = Issuer::new(Some("rights[?repo=='$NAMESPACE'].can[]"));
    let token = issuer.token(RS256, r#"{"rights":[{"repo":"a","can":["pull"]},{"repo":"secret","can":["pull","push"]}]}"#);
    assert!(issuer.allows(&token, Action::Pull, Subject::Tenant("a")));
    assert!(!issuer.allows(&token, Action::Push, Subject::Tenant("a")));
    for tenant in ["x' || repo=='secret", "b", "`", "'"] {
        assert!(!issuer.allows(&token, Action::Pull, Subject::Tenant(tenant)), "{tenant}");
    }
    assert!(Actions::new(Some("a[?")).is_err());
}

#[test]
fn challenges_name_what_was_wanted() {
    let issuer = Issuer::new(None);
    let challenge = |action, subject| {
        let refusal = issuer.access.decide(&HeaderMap::new(), action, subject).expect_err("no token");
        refusal.challenge.expect("a challenge").to_str().expect("text").to_owned()
    };
    let start = "Bearer realm=\"https://tokens\",service=\"charts\"";
    assert_eq!(challenge(Action::Push, Subject::Tenant("a/b")), format!("{start},scope=\"artifact-repository:a/b:push\""));
    assert_eq!(challenge(Action::Pull, Subject::Tenant("")), format!("{start},scope=\"artifact-repository:repo:pull\""));
    assert_eq!(challenge(Action::Push, Subject::Repository("a/b")), format!("{start},scope=\"repository:a/b:pull,push\""));
    assert_eq!(challenge(Action::Pull, Subject::Registry), start);
}
