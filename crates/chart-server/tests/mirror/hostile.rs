//! Indexes that are made to do harm: they are refused, and the last good one goes on being served.

use super::*;

fn bomb() -> String {
    let mut text = "apiVersion: v1\na0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let names = vec![format!("*a{}", level - 1); 9].join(", ");
        text.push_str(&format!("a{level}: &a{level} [{names}]\n"));
    }
    text + "entries: {}\n"
}

#[test]
fn what_is_no_index_is_refused_and_the_last_good_one_stays() {
    let good = index(vec![upstream::entry("a", "1.0.0")]);
    let long = good.clone() + &"# x\n".repeat(200_000);
    for (text, said) in [
        (String::new(), "empty index.yaml file"),
        ("no: [index".to_owned(), "yaml"),
        ("<html>".to_owned(), "cannot unmarshal string"),
        ("entries: {}\n".to_owned(), "no API version specified"),
        (bomb(), ""),
        (format!("apiVersion: v1\nentries: {}{}\n", "[".repeat(100_000), "]".repeat(100_000)), ""),
        (format!("{}{}", "{\"entries\":".repeat(50_000), "}".repeat(50_000)), ""),
        (long, "it is larger than 0 MiB"),
    ] {
        let upstream = Upstream::of(&[("a", "1.0.0")]);
        let server = Running::serve(&["--mirror-interval=0s", "--mirror-index-limit=500000", &upstream.flag()]);
        let before = get(&server, "/index.yaml");
        assert_eq!(before.status, 200);
        upstream.index(&text);
        let after = get(&server, "/index.yaml");
        assert_eq!((after.status, &after.body), (200, &before.body), "{text:.60}");
        let told = until(&server, "an error", |told| told["error"].is_string());
        let error = told["error"].as_str().unwrap_or_default();
        assert!(error.contains(said) && told["synced"] == false, "{text:.60}: {told}");
        assert_eq!(get(&server, "/index.yaml").body, before.body);
        // What is good again is taken again.
        upstream.index(&index(vec![upstream::entry("a", "2.0.0")]));
        until_shown(&server, "a-2.0.0.tgz");
        until(&server, "a good index", is_synced);
    }
}

/// Each is within the limit on bytes, and would take many times its length in memory.
#[test]
fn no_more_of_an_index_is_in_memory_than_may_be() {
    let version = |number: usize| format!("  - {{name: a, version: 1.0.{number}, urls: [x]}}\n");
    for (text, said) in [
        (
            format!("apiVersion: v1\nentries: {{a: [{}]}}\n", "{name: a, version: 1.0.0}, ".repeat(100_000)),
            "larger than 2 MiB",
        ),
        (
            format!("apiVersion: v1\nentries:\n  a:\n  - name: a\n    urls: [{}]\n", "x,".repeat(1_200_000)),
            "larger than 2 MiB",
        ),
        (format!("apiVersion: v1\nentries:\n  a:\n{}", (0..40_000).map(version).collect::<String>()), "too much text"),
        (
            format!("apiVersion: v1\nentries:\n{}", (0..150_000).map(|n| format!("  c{n}:\n")).collect::<String>()),
            "too much text",
        ),
    ] {
        let upstream = Upstream::new(Options { gzip: true, ..Options::default() });
        upstream.index(&text);
        let server = Running::serve(&["--mirror-interval=1h", &upstream.flag()]);
        let told = until(&server, "an error", |told| told["error"].is_string());
        assert!(told["error"].as_str().is_some_and(|error| error.contains(said)), "{text:.60}: {told}");
    }
}

#[test]
fn a_server_without_any_good_index_says_so() {
    let upstream = Upstream::new(Options::default());
    upstream.index("no: [index");
    let server = Running::serve(&["--mirror-interval=0s", &upstream.flag()]);
    assert_eq!(get(&server, "/index.yaml").status, 502);
    assert_eq!(get(&server, "/charts/a-1.0.0.tgz").status, 502);
    assert_eq!(get(&server, "/health").status, 200);
}

#[test]
fn names_and_addresses_lead_nowhere_else() {
    let upstream = Upstream::new(Options::default());
    let versions = [
        ("a", "../../x", "a.tgz"),
        ("../b", "1.0.0", "a.tgz"),
        ("c", "1.0.0", "ftp://127.0.0.1/a.tgz"),
        ("d", "1.0.0", "file:///etc/passwd"),
        ("e", "1.0.0", "oci://127.0.0.1/e"),
        ("f", "1.0.0", "a b\\\"c.tgz"),
    ];
    let entry = |(name, version, url): (&str, &str, &str)| {
        format!("  \"{name}\":\n  - {{name: x, version: \"{version}\", urls: [\"{url}\"]}}\n")
    };
    upstream.index(&format!("apiVersion: v1\nentries:\n{}", versions.map(entry).concat()));
    let server = Running::serve(&["--mirror-archives", "--mirror-interval=1h", &upstream.flag()]);
    let told = until(&server, "all archives", is_synced);
    assert_eq!((&told["archives"]["kept"], &told["archives"]["fetched"]), (&Value::from(0), &Value::from(0)), "{told}");
    let index = get(&server, "/index.yaml").text();
    assert!(!index.contains("../b") && !index.contains("ftp:") && !index.contains("passwd"), "{index}");
    assert_eq!(get(&server, "/api/charts").text(), "{}");
}

#[test]
fn icons_are_nothing_to_the_server() {
    let upstream = Upstream::new(Options::default());
    let url = upstream.server.url();
    let icons = [
        format!("{url}/icon.png"),
        format!("data:image/png;base64,{}", "A".repeat(1 << 20)),
        "javascript:alert(1)".to_owned(),
        "file:///dev/zero".to_owned(),
    ];
    let entries = icons.iter().enumerate().map(|(number, icon)| {
        let name = format!("c{number}");
        upstream.put(&format!("{name}.tgz"), &archive(&name, "1.0.0"));
        let item = item(&name, "1.0.0", &format!("{name}.tgz"), "\"\"");
        (name.clone(), item.replace(&format!("https://x.invalid/{name}.png"), &format!("{icon:?}")))
    });
    upstream.index(&index(entries.collect()));
    let server = Running::serve(&["--mirror-archives", &upstream.flag()]);
    let told = until(&server, "all archives", is_synced);
    assert_eq!((&told["archives"]["kept"], &told["requests"]), (&Value::from(4), &Value::from(5)), "{told}");
    assert_eq!(upstream.asked("/icon.png"), 0);
}
