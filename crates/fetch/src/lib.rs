//! Gets what stands at a URL, as Helm 4.3.1 does: up to ten requests, the proxies of the environment, the certificates of
//! the system.

mod client;
mod words;

use std::time::Duration;

pub use client::{Bounds, Client, Compression, Failure};

/// Helm's `DefaultHTTPTimeout`.
const TIMEOUT: Duration = Duration::from_secs(120);

/// Returns the body at an `http` or `https` URL, as Helm's HTTP getter does (`pkg/getter/httpgetter.go`).
///
/// # Errors
/// Helm's text: `failed to fetch URL : 404 Not Found`, `Get "URL": dial tcp …`; ours for a body of more than
/// `limit_bytes`.
pub fn get(url: &str, limit_bytes: usize) -> Result<Vec<u8>, String> {
    let bounds = Bounds { limit_bytes, timeout: TIMEOUT };
    Client::new(Compression::None).get(url, &bounds).map_err(|failure| match failure {
        Failure::Request(text) | Failure::Body(text) => text,
        Failure::Status(status, reason) => format!("failed to fetch {url} : {status} {reason}").trim_end().to_owned(),
        Failure::TooLong => format!("failed to fetch {url} : it is larger than {} MiB", limit_bytes >> 20),
    })
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::*;

    /// Answers one request, and returns the URL.
    fn serve(answer: Vec<u8>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/v.yaml", listener.local_addr().expect("an address"));
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a request");
            let mut request = [0; 1024];
            let _ = stream.read(&mut request);
            let _ = stream.write_all(&answer);
        });
        url
    }

    fn serve_text(answer: &str) -> String {
        serve(answer.into())
    }

    fn serve_packed(body: &[u8]) -> String {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(body).expect("memory");
        let packed = packer.finish().expect("memory");
        let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n", packed.len());
        serve([head.as_bytes(), &packed].concat())
    }

    const BOUNDS: Bounds = Bounds { limit_bytes: 1_000, timeout: TIMEOUT };

    #[test]
    fn bodies_and_failures_are_those_of_helm() {
        let ok = serve_text("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\na: 1\n");
        assert_eq!(get(&ok, 100).as_deref(), Ok(b"a: 1\n".as_slice()));
        let missing = serve_text("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        assert_eq!(get(&missing, 100), Err(format!("failed to fetch {missing} : 404 Not Found")));
        let large = serve_text("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\na: 1\n");
        assert_eq!(get(&large, 2), Err(format!("failed to fetch {large} : it is larger than 0 MiB")));
    }

    #[test]
    fn nobody_listens() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        drop(listener);
        let url = format!("http://{address}/v.yaml");
        let text = format!("Get {url:?}: dial tcp {address}: connect: connection refused");
        assert_eq!(get(&url, 100), Err(text));
    }

    #[test]
    fn packed_bodies_are_unpacked_where_asked_for() {
        let body = b"a: 1\n".repeat(200);
        let unpacked = Client::new(Compression::Gzip).get(&serve_packed(&body), &BOUNDS);
        assert_eq!(unpacked, Ok(body.clone()));
        let kept = Client::new(Compression::None).get(&serve_packed(&body), &BOUNDS);
        assert!(kept.is_ok_and(|bytes| bytes.starts_with(&[0x1f, 0x8b])));
        let bomb = Client::new(Compression::Gzip).get(&serve_packed(&vec![b' '; 10_000_000]), &BOUNDS);
        assert_eq!(bomb, Err(Failure::TooLong));
    }

    #[test]
    fn bodies_that_end_early_are_told_in_gos_words() {
        let short = serve_text("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\na: 1\n");
        let answer = Client::new(Compression::Gzip).get(&short, &BOUNDS);
        assert_eq!(answer, Err(Failure::Body("unexpected EOF".into())));
    }

    #[test]
    fn silence_ends_with_the_time() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let bounds = Bounds { timeout: Duration::from_millis(50), ..BOUNDS };
        let text = format!("Get {url:?}: context deadline exceeded (Client.Timeout exceeded while awaiting headers)");
        assert_eq!(Client::new(Compression::None).get(&url, &bounds), Err(Failure::Request(text)));
    }
}
