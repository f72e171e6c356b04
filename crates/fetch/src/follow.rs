//! Requests and their redirects, with the rules of Go's `http.Client` (`net/http/client.go` of Go 1.27).

use std::time::Instant;

use data_encoding::BASE64;
use gostd::url::Url;
use ureq::http::Response as Answer;
use ureq::{Agent, Body};

use crate::proxy::Environment;
use crate::request::{Failure, Request};
use crate::retry::Attempt;
use crate::target::Target;
use crate::words;

/// Go gives up before the eleventh request.
const REQUESTS: usize = 10;

/// Asks servers.
pub struct Asker {
    pub agent: Agent,
    pub proxies: Environment,
}

impl Asker {
    /// Asks, and goes where redirects lead; gives the URLs that they led to with the answer.
    pub fn follow(&self, request: &Request<'_>, deadline: Instant) -> Result<(Vec<String>, Answer<Body>), Attempt> {
        let mut target = Target::parse(request.url).map_err(Attempt::last)?;
        let first = target.hostname();
        let mut credentials = request.basic.is_some();
        let mut referer = None;
        let mut redirects = Vec::new();
        for made in 1.. {
            let headers = Headers { request, credentials, referer };
            let answer = self.send(&target, &headers, deadline)?;
            let Some(location) = location(&answer) else { return Ok((redirects, answer)) };
            let next = next(&target, &location)?;
            if made == REQUESTS {
                let text = words::got(&location, "stopped after 10 redirects");
                return Err(Attempt::last(Failure::Request(text)));
            }
            // What was once left out stays so.
            credentials &= is_same_or_below(&next.hostname(), &first);
            referer = referer_of(&target, &next);
            target = next;
            redirects.push(target.full());
        }
        Err(Attempt::last(Failure::Request(words::got(request.url, "stopped after 10 redirects"))))
    }

    fn send(&self, target: &Target, headers: &Headers<'_>, deadline: Instant) -> Result<Answer<Body>, Attempt> {
        let failed = |text: &str| Attempt::last(Failure::Request(words::got(&target.shown(), text)));
        if !target.has_host() {
            return Err(failed("http: no Host in request URL"));
        }
        let scheme = String::from_utf8_lossy(&target.url().scheme);
        if !matches!(&*scheme, "http" | "https") {
            let quoted = String::from_utf8_lossy(&gostd::strconv::quote(scheme.as_bytes())).into_owned();
            return Err(failed(&format!("unsupported protocol scheme {quoted}")));
        }
        let proxy = self.proxies.proxy(target).map_err(|text| failed(&text))?;
        let mut builder = self.agent.get(target.text());
        for (name, value) in headers.all(target) {
            builder = builder.header(name, value);
        }
        let left = deadline.saturating_duration_since(Instant::now());
        let silence = headers.request.silence;
        let config = builder.config().timeout_global(Some(left)).timeout_connect(silence);
        let config = config.timeout_per_read(silence).timeout_per_write(silence);
        config.max_redirects(0).proxy(proxy.clone()).build().call().map_err(|error| {
            let text = match &proxy {
                Some(proxy) => words::no_answer_through(proxy, target, &error),
                None => words::no_answer(target, &error),
            };
            let text = words::got(&target.shown(), &text);
            Attempt::request(text, &error)
        })
    }
}

/// What goes along with one request of a chain.
struct Headers<'a> {
    request: &'a Request<'a>,
    credentials: bool,
    referer: Option<String>,
}

impl Headers<'_> {
    fn authorization(&self, target: &Target) -> Option<String> {
        let given = self.request.basic.filter(|_| self.credentials);
        let given = given.map(|(user, password)| (user.to_owned(), password.to_owned()));
        let (user, password) = given.or_else(|| target.user())?;
        Some(format!("Basic {}", BASE64.encode(format!("{user}:{password}").as_bytes())))
    }

    fn all(&self, target: &Target) -> Vec<(&str, String)> {
        let mut all: Vec<(&str, String)> = self.request.headers.iter().map(|(k, v)| (*k, (*v).to_owned())).collect();
        all.extend(self.authorization(target).map(|value| ("Authorization", value)));
        all.extend(self.referer.clone().map(|value| ("Referer", value)));
        if let Some(known) = self.request.known {
            let conditions = [("If-None-Match", &known.etag), ("If-Modified-Since", &known.last_modified)];
            all.extend(conditions.into_iter().filter(|(_, value)| !value.is_empty()).map(|(k, v)| (k, v.clone())));
        }
        all
    }
}

/// Returns where a redirect leads; none for other answers, and for those that do not say it.
fn location(answer: &Answer<Body>) -> Option<String> {
    if !matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = answer.headers().get("location")?;
    Some(String::from_utf8_lossy(location.as_bytes()).into_owned()).filter(|text| !text.is_empty())
}

fn next(target: &Target, location: &str) -> Result<Target, Attempt> {
    let reference = Url::parse(location.as_bytes()).map_err(|error| {
        let quoted = String::from_utf8_lossy(&gostd::strconv::quote(location.as_bytes())).into_owned();
        let text = format!("failed to parse Location header {quoted}: {}", error.text);
        Attempt::last(Failure::Request(words::got(&target.shown(), &text)))
    })?;
    Ok(Target::new(target.url().resolve_reference(&reference)))
}

/// Reports whether credentials for one host may go to another (`isDomainOrSubdomain`). Ports do not count, as in Go.
fn is_same_or_below(host: &str, first: &str) -> bool {
    let (host, first) = (host.to_ascii_lowercase(), first.to_ascii_lowercase());
    if host == first {
        return true;
    }
    if host.contains([':', '%']) {
        return false;
    }
    host.strip_suffix(&first).is_some_and(|sub| sub.ends_with('.'))
}

/// Where the next server is told that it was named; an `https` page is not told to `http`.
fn referer_of(last: &Target, next: &Target) -> Option<String> {
    let downgrade = last.url().scheme == b"https" && next.url().scheme == b"http";
    (!downgrade).then(|| {
        let url = Url { user: None, ..last.url().clone() };
        String::from_utf8_lossy(&url.text()).into_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::is_same_or_below;

    #[test]
    fn credentials_go_to_the_host_and_those_below() {
        for (host, first, goes) in [
            ("a.example", "a.example", true),
            ("A.example", "a.Example", true),
            ("x.a.example", "a.example", true),
            ("xa.example", "a.example", false),
            ("example", "a.example", false),
            ("a.example.evil", "a.example", false),
            ("::1", "1", false),
        ] {
            assert_eq!(is_same_or_below(host, first), goes, "{host} after {first}");
        }
    }
}
