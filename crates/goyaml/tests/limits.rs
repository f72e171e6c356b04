//! Documents and values made to hurt: each must end in go-yaml's error, and soon.
//!
//! The errors are those of Go 1.27.2 with sigs.k8s.io/yaml 1.6.0.

use gostd::Value;

/// Runs on a stack as large as the program's own.
fn with_large_stack(test: fn()) {
    let thread = std::thread::Builder::new().stack_size(1 << 30).spawn(test).expect("a thread");
    thread.join().expect("no panic");
}

fn read_error(document: &str) -> String {
    goyaml::from_yaml(document.as_bytes()).expect_err("an error").text
}

const READING: &str = "error converting YAML to JSON: ";

#[test]
fn collections_are_at_most_10000_deep() {
    with_large_stack(|| {
        let nested = |open: &str, close: &str, depth: usize| open.repeat(depth) + "x" + &close.repeat(depth);
        assert!(goyaml::from_yaml(nested("[", "]", 10_000).as_bytes()).is_ok());
        assert!(goyaml::from_yaml(nested("- ", "", 9_999).as_bytes()).is_ok());
        let too_deep = format!("{READING}yaml: exceeded max depth of 10000");
        for document in
            [nested("[", "]", 10_001), "[".repeat(1_000_000), "{".repeat(1_000_000), nested("- ", "", 10_001)]
        {
            assert_eq!(read_error(&document), too_deep);
        }
        assert_eq!(read_error(&("[a: ".repeat(6000) + &"]".repeat(6000))), format!("{READING}exceeded max depth"));
    });
}

#[test]
fn aliases_may_not_multiply() {
    let mut document = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned();
    for i in 1..9 {
        let aliases = vec![format!("*a{}", i - 1); 9].join(",");
        document += &format!("a{i}: &a{i} [{aliases}]\n");
    }
    assert_eq!(read_error(&document), format!("{READING}yaml: document contains excessive aliasing"));
    assert_eq!(read_error("a: &x\n  b: *x\n"), format!("{READING}yaml: anchor 'x' value contains itself"));
    assert_eq!(read_error("&a {[*a]: 1}"), format!("{READING}yaml: anchor 'a' value contains itself"));
}

#[test]
fn long_chains_of_aliases_and_merges_end() {
    with_large_stack(|| {
        let chain =
            |first: &str, link: fn(usize) -> String| first.to_owned() + &(1..30_000).map(link).collect::<String>();
        let lists = chain("k0: &k0 [x]\n", |i| format!("k{i}: &k{i} [*k{}]\n", i - 1));
        assert_eq!(read_error(&lists), format!("{READING}yaml: document contains excessive aliasing"));
        let merges = chain("k0: &k0 {x: 1}\n", |i| format!("k{i}: &k{i} {{<<: *k{}}}\n", i - 1));
        assert_eq!(read_error(&merges), format!("{READING}yaml: document contains excessive aliasing"));
    });
}

#[test]
fn values_that_hold_themselves_are_an_error() {
    with_large_stack(|| {
        let map = gostd::value::Map::default();
        map.insert("a", Value::Map(map.clone()));
        let error = goyaml::to_yaml(&Value::Map(map.clone())).expect_err("an error").text;
        let cycle = "json: unsupported value: encountered a cycle via map[string]interface {}";
        assert_eq!(error, format!("error marshaling into JSON: {cycle}"));
        assert!(goyaml::to_yaml_pretty(&Value::Map(map.clone())).is_err());
        map.remove(b"a");
    });
}

#[test]
fn values_are_written_up_to_10000_deep() {
    with_large_stack(|| {
        let nested = |depth| (0..depth).fold(Value::Nil, |inner, _| Value::list(vec![inner]));
        assert!(goyaml::to_yaml(&nested(10_000)).is_ok());
        let error = goyaml::to_yaml(&nested(10_001)).expect_err("an error").text;
        assert_eq!(error, "error marshaling into JSON: exceeded max depth");
    });
}

#[test]
fn long_lines_take_no_more_than_their_length() {
    let million = 1_000_000;
    for document in
        ["[a,".repeat(million / 3), "a: ".repeat(million / 3), "? ".repeat(million / 2), "a".repeat(million)]
    {
        // Reading may fail or not; that it returns is the test.
        let _ = goyaml::from_yaml(document.as_bytes()).is_ok();
    }
}
