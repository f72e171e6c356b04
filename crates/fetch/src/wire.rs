//! What goes over a connection in the form that Go gives it: requests for a proxy name the whole URL, and the words that
//! a server says with its status are kept, as ureq does not show them.

use std::cell::RefCell;

use data_encoding::BASE64;
use ureq::http::StatusCode;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, Either, NextTimeout, Transport};
use ureq::{Agent, Error, Proxy};

use crate::proxy::is_socks;
use crate::words::status_text;

thread_local! {
    /// What followed the protocol in the last status line: a request and its answer are the work of one thread.
    static STATUS: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Longer status lines are not kept.
const STATUS_BYTES: usize = 1024;

/// Returns the status of the answer that this thread got last, as `404 Not Found`: in the server's words.
pub fn status_line(code: StatusCode) -> String {
    let kept = STATUS.with_borrow(String::clone);
    if kept.starts_with(code.as_str()) { kept } else { format!("{} {}", code.as_str(), status_text(code.as_u16())) }
}

/// Connects to the proxy for requests that it forwards; only what is encrypted needs a tunnel.
#[derive(Debug)]
pub struct ForwardConnector;

impl<In: Transport> Connector<In> for ForwardConnector {
    type Out = Either<In, Box<dyn Transport>>;

    fn connect(&self, details: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        if let Some(transport) = chained {
            return Ok(Some(Either::A(transport)));
        }
        let Some(proxy) = forwarding(details) else { return Ok(None) };
        let config = Agent::config_builder().proxy(None).build();
        let addrs = details.resolver.resolve(proxy.uri(), &config, details.timeout)?;
        let transport = (details.run_connector)(&ConnectionDetails {
            uri: proxy.uri(),
            addrs,
            config: &config,
            request_level: details.request_level,
            resolver: details.resolver,
            now: details.now,
            timeout: details.timeout,
            current_time: details.current_time.clone(),
            run_connector: details.run_connector.clone(),
            register_shutdown: details.register_shutdown.clone(),
        })?;
        Ok(Some(Either::B(transport)))
    }
}

/// Returns the proxy that is asked for the answer itself: what is encrypted goes through a tunnel, and to one that speaks
/// SOCKS everything is the same.
fn forwarding<'a>(details: &'a ConnectionDetails<'_>) -> Option<&'a Proxy> {
    details.config.proxy().filter(|proxy| !details.needs_tls() && !is_socks(proxy))
}

/// Wraps every connection into a [`Wire`].
#[derive(Debug)]
pub struct WireConnector;

impl<In: Transport> Connector<In> for WireConnector {
    type Out = Wire<In>;

    fn connect(&self, details: &ConnectionDetails, chained: Option<In>) -> Result<Option<Self::Out>, Error> {
        let forward = forwarding(details).map(|proxy| {
            let authority = details.uri.authority().map(ToString::to_string).unwrap_or_default();
            let user = proxy.username().map(|user| format!("{user}:{}", proxy.password().unwrap_or_default()));
            Forward {
                origin: format!("http://{authority}"),
                authorization: user.map(|user| BASE64.encode(user.as_bytes())),
            }
        });
        Ok(chained.map(|inner| Wire { inner, forward, stage: Stage::Head, line: Vec::new() }))
    }
}

/// What a proxy is told in a request that it forwards.
#[derive(Debug)]
struct Forward {
    /// `http://HOST`, put before the path.
    origin: String,
    authorization: Option<String>,
}

/// What comes next on a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    /// The head of a request.
    Head,
    /// The body of a request, or the status line of its answer.
    Status,
    /// The rest of an answer.
    Rest,
}

#[derive(Debug)]
pub struct Wire<T> {
    inner: T,
    forward: Option<Forward>,
    stage: Stage,
    /// The start of an answer, until its first line is there.
    line: Vec<u8>,
}

impl<T: Transport> Wire<T> {
    fn send_head(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        let Some(forward) = &self.forward else { return self.inner.transmit_output(amount, timeout) };
        let head = self.inner.buffers().output().get(..amount).unwrap_or_default().to_vec();
        let head = forward.rewritten(&head);
        for part in head.chunks(self.inner.buffers().output().len().max(1)) {
            let output = self.inner.buffers().output();
            output.get_mut(..part.len()).ok_or(Error::ConnectionFailed)?.copy_from_slice(part);
            self.inner.transmit_output(part.len(), timeout)?;
        }
        Ok(())
    }

    /// Looks for the first line of an answer in what came since the last look.
    fn note_status(&mut self, before: usize) {
        let input = self.inner.buffers().input();
        self.line.extend_from_slice(input.get(before..).unwrap_or_default());
        if let Some(end) = self.line.iter().position(|byte| *byte == b'\n') {
            self.line.truncate(end);
            let line = String::from_utf8_lossy(&self.line).into_owned();
            let status = line.trim_end_matches('\r').split_once(' ').map(|(_, status)| status.trim_start_matches(' '));
            STATUS.set(status.unwrap_or_default().to_owned());
        } else if self.line.len() < STATUS_BYTES {
            return;
        }
        self.line.clear();
        self.stage = Stage::Rest;
    }
}

impl Forward {
    /// Puts the origin before the path of a request, and the credentials for the proxy behind its first line.
    fn rewritten(&self, head: &[u8]) -> Vec<u8> {
        let Some(path) = head.iter().position(|byte| *byte == b' ').map(|space| space + 1) else {
            return head.to_vec();
        };
        let (method, rest) = head.split_at(path);
        if !rest.starts_with(b"/") {
            return head.to_vec();
        }
        let mut out = [method, self.origin.as_bytes()].concat();
        let line = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
        let (line, headers) = rest.split_at(line);
        out.extend_from_slice(line);
        if let Some(authorization) = &self.authorization {
            out.extend_from_slice(format!("Proxy-Authorization: Basic {authorization}\r\n").as_bytes());
        }
        out.extend_from_slice(headers);
        out
    }
}

impl<T: Transport> Transport for Wire<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.inner.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        // After an answer, whatever goes out is the next request.
        let is_head = self.stage != Stage::Status;
        self.stage = Stage::Status;
        self.line.clear();
        if is_head { self.send_head(amount, timeout) } else { self.inner.transmit_output(amount, timeout) }
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let before = self.inner.buffers().input().len();
        let more = self.inner.await_input(timeout)?;
        if self.stage == Stage::Status {
            self.note_status(before);
        }
        Ok(more)
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

#[cfg(test)]
mod tests {
    use super::Forward;

    #[test]
    fn proxies_are_told_the_whole_url() {
        let forward = Forward { origin: "http://a.example:81".into(), authorization: Some("eDp5".into()) };
        let head = b"GET /x?y HTTP/1.1\r\nHost: a.example:81\r\n\r\n";
        let told =
            b"GET http://a.example:81/x?y HTTP/1.1\r\nProxy-Authorization: Basic eDp5\r\nHost: a.example:81\r\n\r\n";
        assert_eq!(forward.rewritten(head), told);
        assert_eq!(forward.rewritten(b"CONNECT a:1 HTTP/1.1\r\n\r\n"), b"CONNECT a:1 HTTP/1.1\r\n\r\n");
    }
}
