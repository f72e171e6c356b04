//! One index of ours and theirs.

use std::collections::BTreeSet;

use super::*;

/// Versions of a chart, with where they are.
fn shown(text: &str) -> Vec<(String, String)> {
    let mut shown = Vec::new();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    for (at, line) in lines.iter().enumerate() {
        if *line == "urls:" {
            let version = lines[at..].iter().find_map(|line| line.strip_prefix("version: ")).expect("a version");
            shown.push((version.to_owned(), lines[at + 1].trim_start_matches("- ").to_owned()));
        }
    }
    shown
}

#[test]
fn the_charts_of_both_are_in_order_with_addresses_of_ours() {
    let upstream = Upstream::new(Options::default());
    upstream.index(
        "apiVersion: v1\nentries:\n  mychart:\n  - {name: mychart, version: 1.10.0, urls: [a-1.10.0.tgz], digest: AB}\n  - {name: \
         mychart, version: 0.1.0, urls: ['https://other.example.com/x/a.tgz']}\n  - {name: mychart, version: 1.1.0, urls: \
         ['ftp://x/a.tgz']}\n  - {name: mychart, version: 0.0.9}\n  z:\n  - name: z\n    urls:\n    - charts/b-0.1.0.tgz\n    \
         version: 0.1.0\ngenerated: '2020-01-01T00:00:00Z'\n",
    );
    let server = Running::serve(&["--anonymous-writes", "--mirror-interval=1h", &upstream.flag()]);
    for file in ["mychart-0.1.0.tgz", "mychart-0.2.0.tgz", "otherchart-0.1.0.tgz"] {
        upload(&server, "/api/charts", file);
    }
    let index = get(&server, "/index.yaml").text();
    let expected = [
        ("1.10.0", "charts/mychart-1.10.0.tgz"),
        ("0.2.0", "charts/mychart-0.2.0.tgz"),
        ("0.1.0", "charts/mychart-0.1.0.tgz"),
        ("0.1.0", "charts/otherchart-0.1.0.tgz"),
        ("0.1.0", "charts/z-0.1.0.tgz"),
    ];
    let expected: Vec<_> = expected.map(|(version, url)| (version.to_owned(), url.to_owned())).into();
    assert_eq!(shown(&index), expected, "{index}");
    let read = goyaml::from_yaml_map(index.as_bytes());
    assert!(read.is_ok_and(|index| index.as_map().is_some_and(|map| map.get(b"serverInfo").is_some())));
    // Of a version that both have, ours counts.
    assert!(!index.contains("digest: AB\n    name: mychart\n    urls:\n    - charts/mychart-0.1.0.tgz"));
}

#[test]
fn large_definitions_of_ours_are_shown_whole() {
    let upstream = Upstream::of(&[("fat", "1.1.0")]);
    let server = Running::serve(&["--anonymous-writes", "--mirror-interval=1h", &upstream.flag()]);
    for version in ["1.0.0", "1.2.0"] {
        let text = format!("apiVersion: v2\nname: fat\nversion: {version}\ndescription: {}\n", "x".repeat(100_000));
        let body = packing::packed(&[("fat/Chart.yaml", text.as_bytes())]);
        assert_eq!(ask(server.address, "POST /api/charts", &[], &body).status, 201);
    }
    let index = get(&server, "/index.yaml").text();
    let versions: Vec<String> = shown(&index).into_iter().map(|(version, _)| version).collect();
    assert_eq!(versions, ["1.2.0", "1.1.0", "1.0.0"]);
    assert_eq!(index.matches(&"x".repeat(100_000)).count(), 2);
}

#[test]
fn an_index_comes_packed_and_whole() {
    let charts: Vec<(String, String)> =
        (0..400).map(|n| (format!("c{:02}", n / 10), format!("1.{}.0", n % 10))).collect();
    let charts: Vec<(&str, &str)> = charts.iter().map(|(name, version)| (name.as_str(), version.as_str())).collect();
    let upstream = Upstream::of(&charts);
    let server = Running::serve(&[&upstream.flag()]);
    let plain = get(&server, "/index.yaml");
    assert_eq!(plain.header("content-length"), Some(plain.body.len().to_string().as_str()));
    assert_eq!(shown(&plain.text()).len(), 400);
    let packed = ask(server.address, "GET /index.yaml", &[("Accept-Encoding".into(), "gzip".into())], b"");
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    let mut unpacked = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&packed.body[..]), &mut unpacked).expect("gzip");
    assert_eq!(unpacked, plain.body);
    let json = ask(server.address, "GET /index.yaml", &[("Accept".into(), "application/json".into())], b"");
    assert_eq!((json.status, json.header("content-type")), (200, Some("application/json")));
    let yaml = goyaml::from_yaml_strict(&plain.body).expect("YAML");
    let read = gostd::json::decode(&json.body).expect("JSON");
    assert_eq!(goyaml::to_yaml(&read).expect("YAML"), goyaml::to_yaml(&yaml).expect("YAML"));
    let tags: BTreeSet<_> = [&plain, &packed, &json].iter().map(|answer| answer.header("etag")).collect();
    assert_eq!(tags.len(), 3, "{tags:?}");
    for (name, answer) in [("Accept", &json), ("Accept-Encoding", &packed)] {
        let like = answer.header(if name == "Accept" { "content-type" } else { "content-encoding" });
        let tag = answer.header("etag").expect("a tag");
        let headers = [(name, like.expect("its form")), ("If-None-Match", tag)];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(ask(server.address, "GET /index.yaml", &headers, b"").status, 304, "{name}");
    }
}

#[test]
fn an_index_in_json_is_shown_in_yaml() {
    let upstream = Upstream::new(Options::default());
    upstream.put("x.tgz", &archive("a", "1.0.0"));
    upstream.index(
        r#"{"apiVersion":"v1","entries":{"a":[{"apiVersion":"v2","name":"a","version":"1.0.0","description":"ä: \"b\"","urls":["x.tgz"]}]},"generated":"2024-01-02T03:04:05Z"}"#,
    );
    let server = Running::serve(&[&upstream.flag()]);
    let index = get(&server, "/index.yaml").text();
    let expected = "apiVersion: v1\nentries:\n  a:\n  - apiVersion: v2\n    created: \"0001-01-01T00:00:00Z\"\n    \
                    description: 'ä: \"b\"'\n    name: a\n    urls:\n    - charts/a-1.0.0.tgz\n    version: 1.0.0\n";
    assert!(index.starts_with(expected), "{index}");
    assert_eq!(get(&server, "/charts/a-1.0.0.tgz").body, archive("a", "1.0.0"));
}

#[test]
fn tenants_have_mirrors_of_their_own() {
    let (one, two) = (Upstream::of(&[("a", "1.0.0")]), Upstream::of(&[("b", "1.0.0")]));
    let flags = [format!("--mirror=x={}", one.server.url()), format!("--mirror=y={}", two.server.url())];
    let server = Running::serve(&["--depth=1", &flags[0], &flags[1]]);
    assert!(get(&server, "/x/index.yaml").text().contains("charts/a-1.0.0.tgz"));
    assert!(get(&server, "/y/index.yaml").text().contains("charts/b-1.0.0.tgz"));
    assert_eq!(get(&server, "/x/charts/b-1.0.0.tgz").status, 404);
    assert_eq!(get(&server, "/y/charts/b-1.0.0.tgz").body, archive("b", "1.0.0"));
    let all: Value = serde_json::from_str(&get(&server, "/api/mirrors").text()).expect("JSON");
    let tenants: Vec<_> = all["mirrors"].as_array().expect("a list").iter().map(|one| &one["repository"]).collect();
    assert_eq!(tenants, ["x", "y"]);
}
