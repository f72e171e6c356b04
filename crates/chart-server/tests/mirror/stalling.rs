//! Repositories that do not answer, or lead back to who asks: they hold up nothing else.

use std::io::Write;
use std::net::TcpStream;

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
fn what_leads_back_is_refused() {
    let upstream = Upstream::of(&[("a", "1.0.0")]);
    let server = Running::serve(&["--mirror-interval=0s", &upstream.flag()]);
    let back = |path: &str| Rule::Always(Box::new(Rule::Redirect(302, format!("http://{}{path}", server.address))));
    upstream.rule("/a-1.0.0.tgz", vec![back("/charts/a-1.0.0.tgz")]);
    assert_eq!(get(&server, "/charts/a-1.0.0.tgz").status, 502);
    upstream.rule("/index.yaml", vec![back("/index.yaml")]);
    assert_eq!(get(&server, "/index.yaml").status, 200);
    let told = until(&server, "an error", |told| told["error"].is_string());
    assert!(told["error"].as_str().is_some_and(|error| error.contains("508 Loop Detected")), "{told}");
    assert_eq!(get(&server, "/index.yaml").status, 200, "the last good one stays");
}
