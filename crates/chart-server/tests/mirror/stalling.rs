//! Repositories that do not answer, or lead back to who asks: they hold up nothing else.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use super::*;

/// Archives that are fetched at a time because somebody wants them.
const AT_ONCE: usize = 8;

#[test]
fn clients_that_leave_a_silent_repository_hold_up_nobody() {
    let names: Vec<String> = (0..12).map(|number| format!("c{number}")).collect();
    let charts: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "1.0.0")).collect();
    let upstream = Upstream::of(&charts);
    let mut server = Running::serve(&["--anonymous-writes", "--mirror-interval=1h", &upstream.flag()]);
    upload(&server, "/api/charts", "mychart-0.1.0.tgz");
    assert_eq!(get(&server, "/index.yaml").status, 200);
    for name in &names {
        upstream.rule(&format!("/{name}-1.0.0.tgz"), vec![Rule::Always(Box::new(Rule::Stall))]);
    }
    let asked = || names.iter().map(|name| upstream.asked(&format!("/{name}-1.0.0.tgz"))).sum::<usize>();
    let want = |name: &String| {
        let mut client = TcpStream::connect(server.address).expect("a connection");
        let head = wire::head(server.address, &format!("GET /charts/{name}-1.0.0.tgz"), &[], 0);
        client.write_all(head.as_bytes()).expect("a request");
        client
    };
    let clients: Vec<TcpStream> = names.iter().take(AT_ONCE).map(want).collect();
    testbed::until("requests", PATIENCE, || Ok((asked() == AT_ONCE).then_some(()))).expect("all that may be");
    names.iter().cycle().take(60).for_each(|name| drop(want(name)));
    drop(clients);
    assert_eq!(get(&server, "/health").text(), r#"{"healthy":true}"#);
    assert_eq!(get(&server, "/charts/mychart-0.1.0.tgz").body, fixture("mychart-0.1.0.tgz"));
    assert_eq!(get(&server, "/charts/nothing-1.0.0.tgz").status, 404);
    upload(&server, "/api/charts", "otherchart-0.1.0.tgz");
    server.ask_to_stop();
    assert!(server.wait(), "all requests come to their end");
    assert_eq!(asked(), AT_ONCE, "nobody is there to want the others");
}

#[test]
fn what_leads_back_ends_at_once() {
    let upstream = Upstream::of(&[("a", "1.0.0")]);
    let server = Running::serve(&["--anonymous-writes", "--mirror-interval=0s", &upstream.flag()]);
    upload(&server, "/api/charts", "mychart-0.1.0.tgz");
    let back = |path: &str| Rule::Always(Box::new(Rule::Redirect(302, format!("http://{}{path}", server.address))));
    upstream.rule("/a-1.0.0.tgz", vec![back("/charts/a-1.0.0.tgz")]);
    assert_eq!(get(&server, "/charts/a-1.0.0.tgz").status, 502);
    // Its own index is what there is behind it then.
    upstream.rule("/index.yaml", vec![back("/index.yaml")]);
    testbed::until("its own index", PATIENCE, || {
        Ok((!get(&server, "/index.yaml").text().contains("a-1.0.0.tgz")).then_some(()))
    })
    .expect("an index");
    assert!(get(&server, "/index.yaml").text().contains("mychart-0.1.0.tgz"));
}

#[test]
fn mirrors_of_each_other_have_what_both_have() {
    let hops = [Upstream::new(Options::default()), Upstream::new(Options::default())];
    let servers =
        [0, 1].map(|at: usize| Running::serve(&["--anonymous-writes", "--mirror-interval=1s", &hops[at].flag()]));
    for (at, file) in [(0, "mychart-0.1.0.tgz"), (1, "otherchart-0.1.0.tgz")] {
        upload(&servers[at], "/api/charts", file);
        let other = servers[1 - at].address;
        for path in ["index.yaml", "charts/mychart-0.1.0.tgz", "charts/otherchart-0.1.0.tgz"] {
            let there = Rule::Redirect(302, format!("http://{other}/{path}"));
            hops[at].rule(&format!("/{path}"), vec![Rule::Always(Box::new(there))]);
        }
    }
    for server in &servers {
        until_shown(server, "mychart-0.1.0.tgz");
        until_shown(server, "otherchart-0.1.0.tgz");
        for file in ["mychart-0.1.0.tgz", "otherchart-0.1.0.tgz"] {
            assert_eq!(get(server, &format!("/charts/{file}")).body, fixture(file));
        }
    }
}

#[test]
fn all_who_wait_are_told_of_one_failure() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let (flag, asked) =
        (format!("--mirror=http://{}", listener.local_addr().expect("a port")), Arc::new(AtomicUsize::new(0)));
    let (go, gone) = mpsc::channel::<()>();
    let count = asked.clone();
    // It holds its answer back until the clients are there.
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let _ = stream.read(&mut [0; 4096]);
            count.fetch_add(1, Ordering::SeqCst);
            let _ = gone.recv();
            let _ = stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
    });
    let server = Running::serve(&["--mirror-interval=1h", &flag]);
    testbed::until("a request", PATIENCE, || Ok((asked.load(Ordering::SeqCst) > 0).then_some(()))).expect("one");
    let want = |_| {
        let mut client = TcpStream::connect(server.address).expect("a connection");
        let head = wire::head(server.address, "GET /index.yaml", &[], 0);
        client.write_all(head.as_bytes()).expect("a request");
        client
    };
    let clients: Vec<TcpStream> = (0..8).map(want).collect();
    assert_eq!(get(&server, "/health").status, 200);
    drop(go);
    for mut client in clients {
        assert_eq!(wire::read(&mut client, false).status, 502);
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[test]
fn a_signature_is_of_the_chart_that_was_asked_for() {
    let upstream = Upstream::of(&[("a", "1.0.0")]);
    upstream.put("a-1.0.0.tgz.prov", &fixture("mychart-0.1.0.tgz.prov"));
    let server = Running::serve(&["--anonymous-writes", &upstream.flag()]);
    upload(&server, "/api/charts", "mychart-0.1.0.tgz");
    for file in ["a-1.0.0.tgz.prov", "mychart-0.1.0.tgz.prov"] {
        assert_eq!(get(&server, &format!("/charts/{file}")).status, 404, "{file}");
    }
}
