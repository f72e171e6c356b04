//! Answers that are read as they come: whole ones, and those that break off or are no JSON.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::thread;

use cluster::{Cancel, Client, Config, Request};

/// Serves one answer, byte by byte as it is given, and closes the connection.
fn client_of(answer: &'static [u8]) -> Client {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("its address");
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a connection");
        let mut request = [0; 4096];
        let mut seen = Vec::new();
        while !seen.windows(4).any(|end| end == b"\r\n\r\n") {
            let count = stream.read(&mut request).expect("a request");
            seen.extend_from_slice(&request[..count]);
        }
        stream.write_all(answer).expect("room for the answer");
        stream.shutdown(Shutdown::Both).expect("an open connection");
    });
    let config = Config { api_server: format!("http://{address}"), ..Config::default() };
    Client::connect(&config, Cancel::new())
}

/// Returns what could be read of an answer, or the error.
fn read(answer: &'static [u8]) -> Result<String, String> {
    let mut text = String::new();
    let mut answer =
        client_of(answer).open_answer(&Request::get("/api/v1/secrets")).map_err(|error| error.to_string())?;
    answer.read_to_string(&mut text).map_err(|error| error.to_string())?;
    Ok(text)
}

const BROKEN: &str = "unexpected error when reading response body. Please retry. Original error: unexpected EOF";

#[test]
fn answers_are_read_to_their_end() {
    let table: [(&[u8], Result<&str, &str>); 8] = [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{\"a\":1}", Ok("{\"a\":1}")),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n3\r\n:1}\r\n0\r\n\r\n", Ok("{\"a\":1}")),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"a\":1}", Err(BROKEN)),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n{\"a\"\r\n", Err(BROKEN)),
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 2\r\n\r\nhi",
            Err("serializer for text/html doesn't exist"),
        ),
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n",
            Err("0-length response with status code: 200 and content type: application/json"),
        ),
        (
            b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 4\r\n\r\noops",
            Err("an error on the server (\"oops\") has prevented the request from succeeding (get secrets)"),
        ),
        (
            b"HTTP/1.1 404 Not Found\r\nContent-Length: 48\r\n\r\n{\"kind\":\"Status\",\"code\":404,\"message\":\"no such\"}",
            Err("no such"),
        ),
    ];
    for (answer, expected) in table {
        let shown = String::from_utf8_lossy(answer);
        assert_eq!(read(answer), expected.map(str::to_owned).map_err(str::to_owned), "{shown}");
    }
}
