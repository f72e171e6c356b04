//! HTTP/2: over TLS, in clear text, with many requests at a time; and what hostile clients make of it.

#[path = "../archives/mod.rs"]
mod archives;
mod frames;
#[path = "../running/mod.rs"]
mod running;
#[path = "../wire/mod.rs"]
mod wire;

use std::io::Write;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use bytes::Bytes;
use frames::{CALM, CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PING, RESET};
use frames::{connect, field, frame, get, read, read_to_end, read_until};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use running::Running;
use tokio::runtime::Runtime;

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a thread")
}

type Client = SendRequest<Full<Bytes>>;

/// A client in clear text.
async fn client(address: SocketAddr) -> Client {
    let stream = tokio::net::TcpStream::connect(address).await.expect("a connection");
    let (client, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.expect("a handshake");
    tokio::spawn(connection);
    client
}

async fn ask(client: &mut Client, line: &str, body: Vec<u8>) -> (u16, Bytes) {
    let (method, path) = line.split_once(' ').expect("a method");
    let request = hyper::Request::builder().method(method).uri(format!("http://charts.example.com{path}"));
    client.ready().await.expect("a connection");
    let answer =
        client.send_request(request.body(Full::new(body.into())).expect("a request")).await.expect("an answer");
    let status = answer.status().as_u16();
    (status, answer.into_body().collect().await.expect("a body").to_bytes())
}

#[test]
fn many_requests_share_a_connection() {
    let server = Running::museum(&["--enable-metrics".into()]);
    runtime().block_on(async {
        let client = client(server.address).await;
        let uploads = (0..60).map(|number| {
            let mut client = client.clone();
            let bytes = archives::chart("a", &format!("1.{number}.0"), 30_000);
            tokio::spawn(async move {
                assert_eq!(ask(&mut client, "POST /api/charts", bytes.clone()).await.0, 201);
                let file = ask(&mut client, &format!("GET /charts/a-1.{number}.0.tgz"), Vec::new()).await;
                assert_eq!((file.0, file.1.len()), (200, bytes.len()));
            })
        });
        for upload in uploads.collect::<Vec<_>>() {
            upload.await.expect("an upload");
        }
        let mut client = client;
        let large = archives::chart("b", "1.0.0", 8_000_000);
        assert_eq!(ask(&mut client, "POST /api/charts", large.clone()).await.0, 201);
        assert_eq!(ask(&mut client, "GET /charts/b-1.0.0.tgz", Vec::new()).await, (200, large.into()));
        assert_eq!(ask(&mut client, "GET /v2/a/tags/list", Vec::new()).await.0, 200);
        assert_eq!(ask(&mut client, "GET /none", Vec::new()).await.0, 404);
        let metrics = ask(&mut client, "GET /metrics", Vec::new()).await.1;
        assert!(String::from_utf8_lossy(&metrics).contains("host=\"charts.example.com\""));
    });
}

#[test]
fn a_stop_lets_requests_end_and_takes_no_new_ones() {
    let mut server = Running::museum(&[]);
    // Less than a client may send before it has taken note of our settings.
    let bytes = archives::chart("a", "1.0.0", 50_000);
    let mut stream = connect(server.address, &[]);
    let head = [vec![0x83, 0x86, 0x04, 11], b"/api/charts".to_vec(), field("content-length", &bytes.len().to_string())];
    stream.write_all(&frame(HEADERS, END_HEADERS, 1, &head.concat())).expect("a head");
    stream.write_all(&frame(DATA, 0, 1, &bytes[..10_000])).expect("a part");
    // The server has seen it when it answers what came after it.
    stream.write_all(&frame(PING, 0, 0, b"12345678")).expect("a ping");
    read_until(&mut stream, PING).expect("an answer");
    server.ask_to_stop();
    let first = read_until(&mut stream, GOAWAY).expect("told");
    assert_eq!(first.payload[4..8], [0; 4], "no error");
    let ping = read_until(&mut stream, PING).expect("asked whether that was heard");
    stream.write_all(&frame(PING, 1, 0, &ping.payload)).expect("heard");
    for part in bytes[10_000..].chunks(10_000) {
        stream.write_all(&frame(DATA, 0, 1, part)).expect("the rest");
    }
    stream.write_all(&frame(DATA, END_STREAM, 1, b"")).expect("the end");
    read_until(&mut stream, HEADERS).expect("an answer");
    assert_eq!(read_until(&mut stream, DATA).expect("its body").payload, br#"{"saved":true}"#);
    read_to_end(&mut stream);
    assert!(server.wait());
}

/// That others are served, by a connection of their own.
fn others_are_served(address: SocketAddr) {
    let started = Instant::now();
    assert_eq!(wire::ask(address, "GET /health", &[], b"").status, 200);
    assert!(started.elapsed() < Duration::from_secs(300), "{:?}", started.elapsed());
}

#[test]
fn who_takes_back_its_requests_at_once_is_told_to_calm_down() {
    let server = Running::museum(&[]);
    let mut stream = connect(server.address, &[]);
    let head = get("/index.yaml");
    let pairs = (0..5000).map(|number| 2 * number + 1).flat_map(|number| {
        [frame(HEADERS, END_HEADERS | END_STREAM, number, &head), frame(RESET, 0, number, &8u32.to_be_bytes())].concat()
    });
    // The server may have hung up before the end.
    let _ = stream.write_all(&pairs.collect::<Vec<u8>>());
    let code = read_to_end(&mut stream);
    assert!(code.is_none_or(|code| code == CALM), "{code:?}");
    others_are_served(server.address);
}

#[test]
fn heads_without_end_are_refused() {
    let server = Running::museum(&[]);
    let fill = field("x", &"y".repeat(8_000));
    // In one head that ends. The server may hang up before, and what it said may be lost with that.
    let mut stream = connect(server.address, &[]);
    stream.write_all(&frame(HEADERS, END_STREAM, 1, &get("/health"))).expect("a start");
    let more = frame(CONTINUATION, 0, 1, &fill).repeat(20);
    let end = frame(CONTINUATION, END_HEADERS, 1, &fill);
    let _ = stream.write_all(&more).and_then(|()| stream.write_all(&end));
    if let Ok(answer) = read_until(&mut stream, HEADERS) {
        // 431, packed literally: `:status` is name 8 of the table.
        assert_eq!((answer.stream, &answer.payload[..1]), (1, &[0x48][..]), "{answer:?}");
    }
    // In one that does not end, of empty pieces too.
    for piece in [&fill[..], b""] {
        let mut stream = connect(server.address, &[]);
        let _ = stream.write_all(&frame(HEADERS, END_STREAM, 1, &get("/health")));
        let endless = frame(CONTINUATION, 0, 1, piece).repeat(if piece.is_empty() { 100_000 } else { 1_000 });
        let _ = stream.write_all(&endless);
        let code = read_to_end(&mut stream);
        assert!(code.is_none_or(|code| code != 0), "{code:?}");
    }
    // Of many fields.
    let mut stream = connect(server.address, &[]);
    let many = [get("/health"), field("a", "b").repeat(500)].concat();
    stream.write_all(&frame(HEADERS, END_HEADERS | END_STREAM, 1, &many)).expect("a head");
    let answer = read_until(&mut stream, HEADERS).expect("an answer");
    assert_eq!(answer.payload[..1], [0x48], "{answer:?}");
    others_are_served(server.address);
}

#[test]
fn no_more_than_a_hundred_requests_are_taken_at_a_time() {
    let server = Running::museum(&[]);
    let mut stream = connect(server.address, &[]);
    let head = [vec![0x83, 0x86, 0x04, 11], b"/api/charts".to_vec()].concat();
    let heads = (0..200).flat_map(|number| frame(HEADERS, END_HEADERS, 2 * number + 1, &head));
    stream.write_all(&heads.collect::<Vec<u8>>()).expect("heads");
    let reset = read_until(&mut stream, RESET).expect("the rest is refused");
    // REFUSED_STREAM: it may be sent again.
    assert_eq!((reset.stream, &reset.payload[..]), (201, &7u32.to_be_bytes()[..]));
    others_are_served(server.address);
}

#[test]
fn who_sends_nothing_or_half_a_head_is_cut_off() {
    let server =
        Running::museum(&["--read-timeout=1".into(), "--write-timeout=1".into(), "--max-connections=50".into()]);
    let mut silent = connect(server.address, &[]);
    let mut half = connect(server.address, &[]);
    half.write_all(&frame(HEADERS, END_STREAM, 1, &get("/health"))).expect("half a head");
    let mut cut = std::net::TcpStream::connect(server.address).expect("a connection");
    cut.write_all(b"PRI * HTTP/2.0\r\n").expect("half a start");
    let mut idle = connect(server.address, &[]);
    idle.write_all(&frame(HEADERS, END_HEADERS | END_STREAM, 1, &get("/health"))).expect("a head");
    read_until(&mut idle, DATA).expect("an answer");
    others_are_served(server.address);
    for stream in [&mut silent, &mut half, &mut cut] {
        stream.set_read_timeout(Some(Duration::from_secs(180))).expect("a timeout");
        read_to_end(stream);
    }
    // Who has asked before is told, so that it loses no request.
    let told = read_until(&mut idle, GOAWAY).expect("told");
    assert_eq!(told.payload[4..8], [0; 4], "no error");
    read_to_end(&mut idle);
}

#[test]
fn a_body_that_stops_is_given_up_and_others_on_the_connection_are_not() {
    let server = Running::museum(&["--read-timeout=1".into()]);
    let mut stream = connect(server.address, &[]);
    let head = [vec![0x83, 0x86, 0x04, 11], b"/api/charts".to_vec(), field("content-length", "1000")].concat();
    stream.write_all(&frame(HEADERS, END_HEADERS, 1, &head)).expect("a head");
    stream.write_all(&frame(DATA, 0, 1, &[7; 100])).expect("a part");
    let answer = read_until(&mut stream, HEADERS).expect("an answer");
    // Neither 200, 204 nor 206: these are packed as a number of the table.
    assert_eq!((answer.stream, &answer.payload[..1]), (1, &[0x48][..]), "{answer:?}");
    let body = read_until(&mut stream, DATA).expect("its body").payload;
    assert!(String::from_utf8_lossy(&body).contains("slow"), "{}", String::from_utf8_lossy(&body));
    stream.write_all(&frame(HEADERS, END_HEADERS | END_STREAM, 3, &get("/health"))).expect("a head");
    assert_eq!(read_until(&mut stream, HEADERS).expect("an answer").payload[0], 0x88, "200");
}

#[test]
fn who_takes_nothing_of_an_answer_is_cut_off_though_it_sends_pings() {
    let server = Running::museum(&["--write-timeout=1".into()]);
    let large = archives::chart("a", "1.0.0", 4 << 20);
    assert_eq!(wire::ask(server.address, "POST /api/charts", &[], &large).status, 201);
    // INITIAL_WINDOW_SIZE: no byte of any answer.
    let mut stream = connect(server.address, &[(4, 0)]);
    let head = frame(HEADERS, END_HEADERS | END_STREAM, 1, &get("/charts/a-1.0.0.tgz"));
    stream.write_all(&head).expect("a head");
    let started = Instant::now();
    // Each ping is answered, until the connection is cut off.
    while stream.write_all(&frame(PING, 0, 0, b"12345678")).is_ok() && read(&mut stream).is_some() {
        assert!(started.elapsed() < Duration::from_secs(300), "it is not cut off");
    }
    others_are_served(server.address);
}
