//! What is told of requests and answers, and what is kept back.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use peers::wire::{Answer, Server};
use registry::{Client, Options, Retries, Trace};

#[test]
fn secrets_stay_out_of_the_trace() {
    let server = Server::start(|request| match (request.path(), request.header("authorization")) {
        ("/token", _) => Answer::new(200, "{\"token\":\"secret\"}").with("Content-Type", "application/json"),
        (_, "") => Answer::new(401, "no")
            .with("WWW-Authenticate", format!("Bearer realm=\"http://{}/token\"", request.header("host"))),
        _ => Answer::new(200, "{\"tags\":[\"1.0.0\"]}")
            .with("Content-Type", "application/json")
            .with("Set-Cookie", "c=secret"),
    });
    let lines: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = lines.clone();
    let mut options = Options::new(PathBuf::from("/nonexistent/config.json"));
    (options.docker_config, options.plain_http, options.retries) = (None, true, Retries::NONE);
    options.basic = Some(("pilot".to_owned(), "secret".to_owned()));
    options.trace = Some(Trace::new(move |message, fields| {
        let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={value}")).collect();
        kept.lock().expect("no panic before").push(format!("{message} {}", fields.join(" ")));
    }));
    let tags = Client::new(options).and_then(|client| client.tags(&format!("{}/a", server.host())));
    assert_eq!(tags, Ok(vec!["1.0.0".to_owned()]));
    let shown = lines.lock().expect("no panic before").join("\n").replace(&server.host(), "HOST");
    let expected = "GET id=0 url=http://HOST/v2/a/tags/list header=   \"User-Agent\": \"Helm/4.3.1\"
Res id=0 status=401 Unauthorized header=   \"Content-Length\": \"2\"
   \"Www-Authenticate\": \"Bearer realm=\\\"http://HOST/token\\\"\" body=   Response body without a content type is not printed
GET id=1 url=http://HOST/token?scope=repository%3Aa%3Apull header=   \"Authorization\": \"*****\"
   \"User-Agent\": \"Helm/4.3.1\"
Res id=1 status=200 OK header=   \"Content-Length\": \"18\"
   \"Content-Type\": \"application/json\" body=   Response body redacted due to potential credentials
GET id=2 url=http://HOST/v2/a/tags/list header=   \"Authorization\": \"*****\"
   \"User-Agent\": \"Helm/4.3.1\"
Res id=2 status=200 OK header=   \"Content-Length\": \"18\"
   \"Content-Type\": \"application/json\"
   \"Set-Cookie\": \"*****\" body={\"tags\":[\"1.0.0\"]}";
    assert_eq!(shown, expected);
    assert!(!shown.contains("secret"));
}
