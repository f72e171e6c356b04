//! Records are written back as they were read, and summaries say what records say.
//!
//! `data/fields.jsonl`: a Go 1.27.2 program filled every field of the types of helm.sh/helm/v4 v4.3.1, and printed what
//! `json.Marshal` makes of them after they were read back once.

use gostd::json;
use release::{
    Known, Packer, Phase, Release, Status, Summary, SummaryReader, decode, encode, from_yaml, pack, summary, to_json,
    unpack,
};

fn records() -> impl Iterator<Item = &'static str> {
    include_str!("data/fields.jsonl").lines()
}

fn read(json: &str) -> Release {
    decode(pack(json.as_bytes()).expect("packed").as_bytes()).expect("a record")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn what_was_read_is_written_back() {
    for json in records() {
        let release = read(json);
        assert_eq!(text(&to_json(&release).expect("JSON")), json);
        let stored = encode(&release).expect("packed");
        assert_eq!(text(&unpack(stored.as_bytes()).expect("unpacked")), json);
    }
}

#[test]
fn packed_records_start_as_those_of_helm() {
    // Known by sight, and looked for by scripts: gzip without a time, at the best level, of an unknown system.
    assert!(pack(b"{}").expect("packed").starts_with("H4sIAAAAAAAC/"));
}

/// A record whose chart and manifest are worth keeping packed.
fn large() -> Release {
    let mut release = records().map(read).find(|release| !release.hooks.is_empty()).expect("a record with hooks");
    let manifest: String = (0..20_000u64).map(|n| format!("key{n}: {:x}\n", n.wrapping_mul(0x9E37_79B9))).collect();
    release.manifest = manifest.as_str().into();
    release
}

#[test]
fn records_of_one_operation_are_packed_as_alone() {
    let mut packer = Packer::default();
    let mut other = large();
    other.manifest = format!("{}other: 1\n", text(&other.manifest)).as_str().into();
    let mut one = large();
    for step in 0..6 {
        // What changes between writes, in every order: the status, the hooks, then the manifest too.
        one.info.description = format!("step {step}");
        one.hooks[0].last_run.phase = if step % 2 == 0 { Phase::Unknown } else { Phase::Succeeded };
        for release in [&one, &other] {
            let stored = packer.encode(release).expect("packed");
            assert_eq!(unpack(stored.as_bytes()).expect("unpacked"), to_json(release).expect("JSON"));
            let alone = encode(release).expect("packed");
            assert!(stored.len() < alone.len() + 1024, "{} for {}", stored.len(), alone.len());
            assert!(stored.starts_with("H4sIAAAAAAAC/"));
            let summary = summary(stored.as_bytes()).expect("a summary");
            assert_eq!(format!("{summary:?}"), format!("{:?}", release.summary()));
        }
    }
}

#[test]
fn small_and_very_large_records_are_packed_as_a_whole() {
    let mut packer = Packer::default();
    let mut state = 1u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+/"[(state >> 58) as usize]
    })
    .take(1 << 20)
    .collect();
    let mut release = large();
    for manifest in [&b"a: 1"[..], &noise] {
        release.manifest = manifest.into();
        assert!(packer.encode(&release).expect("packed") == encode(&release).expect("packed"), "{}", manifest.len());
    }
}

#[test]
fn summaries_are_those_of_the_whole_record() {
    let mut reader = SummaryReader::default();
    for json in records() {
        let stored = pack(json.as_bytes()).expect("packed");
        let from_record = read(json).summary();
        assert_eq!(format!("{:?}", reader.read(stored.as_bytes()).expect("a summary")), format!("{from_record:?}"));
        // Records of old are not packed.
        let plain = data_encoding::BASE64.encode(json.as_bytes());
        assert_eq!(format!("{:?}", summary(plain.as_bytes()).expect("a summary")), format!("{from_record:?}"));
        assert_eq!(text(&to_json(&decode(plain.as_bytes()).expect("a record")).expect("JSON")), json);
    }
}

#[test]
fn times_are_written_as_go_writes_them() {
    for (given, kept) in [
        ("2026-11-21T12:00:00.100Z", "2026-11-21T12:00:00.1Z"),
        ("2026-11-21T12:00:00+00:00", "2026-11-21T12:00:00Z"),
        ("2026-11-21T12:00:00.000-07:00", "2026-11-21T12:00:00-07:00"),
        ("", ""),
        ("0001-01-01T00:00:00Z", ""),
    ] {
        let release = read(&format!(r#"{{"info":{{"first_deployed":"{given}"}}}}"#));
        let kept = if kept.is_empty() { String::new() } else { format!(r#""first_deployed":"{kept}""#) };
        assert_eq!(text(&to_json(&release).expect("JSON")), format!(r#"{{"info":{{{kept}}}}}"#));
    }
}

#[test]
fn what_is_not_a_record_is_told() {
    let packed = pack(b"{").expect("packed");
    let cut = packed.get(..packed.len() - 8).expect("a start").to_owned();
    for (stored, want) in [
        ("%", "illegal base64 data at input byte 0"),
        ("e30", "illegal base64 data at input byte 0"),
        ("H4sI/w==", "gzip: invalid header"),
        (&packed, "unexpected end of JSON input"),
        (&cut, "unexpected EOF"),
        ("", "unexpected end of JSON input"),
        ("W10=", "json: cannot unmarshal array into Go value of type v1.Release"),
    ] {
        let error = decode(stored.as_bytes()).err().map(|error| error.text).unwrap_or_default();
        assert_eq!(error, want, "{stored}");
        assert!(summary(stored.as_bytes()).is_err(), "{stored}");
    }
}

#[test]
fn damage_is_noticed() {
    let stored = pack(records().next().expect("a record").as_bytes()).expect("packed");
    let mut bytes = data_encoding::BASE64.decode(stored.as_bytes()).expect("base64");
    let sum = bytes.len() - 8;
    bytes[sum] ^= 1;
    let damaged = data_encoding::BASE64.encode(&bytes);
    assert_eq!(decode(damaged.as_bytes()).err().expect("an error").text, "gzip: invalid checksum");
}

#[test]
fn nesting_has_an_end() {
    let deep = format!("{{\"config\":{}", "[".repeat(20_000));
    let stored = pack(deep.as_bytes()).expect("packed");
    assert!(summary(stored.as_bytes()).is_err());
    // The program's own stack is larger than that of a test.
    let whole = std::thread::Builder::new().stack_size(256 << 20).spawn(move || decode(stored.as_bytes()).is_err());
    assert!(whole.expect("a thread").join().expect("no overflow"));
}

#[test]
fn summaries_read_any_json() {
    let record = r#" { "x" : [ 1.5e3 , { "\"}" : "\\\"]" } , null , true ] , "name" : "\u0061\n" ,
        "info":null,"chart":{"metadata":{"version":"1","name":null}},"version" : 3 ,"namespace":"n" } "#;
    let Summary { name, version, namespace, chart_version, status, chart_is_missing, .. } =
        summary(data_encoding::BASE64.encode(record.as_bytes()).as_bytes()).expect("a summary");
    assert_eq!((name.as_str(), version, namespace.as_str(), chart_version.as_str()), ("a\n", 3, "n", "1"));
    assert_eq!((status, chart_is_missing), (Status::None, false));
    for broken in ["{", "{\"name\"", "{\"name\":1}", "{\"version\":\"1\"}", "{\"version\":1 2}", "[]", "{\"x\":]}"] {
        assert!(summary(data_encoding::BASE64.encode(broken.as_bytes()).as_bytes()).is_err(), "{broken}");
    }
}

#[test]
fn records_of_tests_come_from_yaml() {
    let text = "- name: athos\n  version: 1\n  namespace: default\n  info:\n    status: deployed\n    last_deployed: \"\"\n  \
                chart:\n    metadata:\n      name: athos-chart\n      version: 1.0.0\n      appversion: 1.1.0\n- null\n";
    let releases = from_yaml(text.as_bytes()).expect("releases");
    let json: Vec<_> = releases.iter().map(|release| to_json(release).expect("JSON")).collect();
    let want = r#"{"name":"athos","info":{"status":"deployed"},"chart":{"metadata":{"name":"athos-chart","version":"1.0.0","appVersion":"1.1.0"},"lock":null,"templates":null,"values":null,"schema":null,"schemamodtime":"0001-01-01T00:00:00Z","files":null},"version":1,"namespace":"default"}"#;
    assert_eq!(json.iter().map(|json| text_of(json)).collect::<Vec<_>>(), [want]);
    assert!(json::decode(&json[0]).is_ok());
}

fn text_of(json: &[u8]) -> &str {
    std::str::from_utf8(json).expect("UTF-8")
}

#[test]
fn the_start_of_a_record_is_enough_for_lists() {
    let mut reader = SummaryReader::default();
    let json = records().next().expect("a record");
    let stored = pack(json.as_bytes()).expect("packed");
    let whole = reader.read(stored.as_bytes()).expect("a summary");
    let known = Known { namespace: "space", version: 7 };
    assert_eq!(format!("{:?}", reader.read_start(stored.as_bytes(), known).expect("a summary")), format!("{whole:?}"));
    let most = stored.get(..stored.len() / 16 * 12).expect("a start");
    assert_eq!(format!("{:?}", reader.read_start(most.as_bytes(), known).expect("a summary")), format!("{whole:?}"));
    let little = stored.get(..64).expect("a start");
    assert!(reader.read_start(little.as_bytes(), known).is_err());
    let other_order = r#"{"chart":{"metadata":{"name":"c"}},"name":"n","info":{}}"#;
    assert!(reader.read_start(pack(other_order.as_bytes()).expect("packed").as_bytes(), known).is_err());
}
