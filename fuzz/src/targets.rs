//! The targets themselves. Results are dropped: what counts is that each call returns.

use std::io::Write;
use std::path::Path;
use std::sync::OnceLock;

use chart::log::Silent;
use chart::strvals;
use flate2::Compression;
use flate2::write::GzEncoder;
use gostd::Map;
use provenance::Keyring;
use repo::policy::Policies;

/// Parses a template with all functions of Sprig known.
pub fn template(data: &[u8]) {
    let mut set = gotemplate::Set::new(&[sprig::FUNCS]);
    let _ = set.parse("fuzz/templates/a.yaml", data);
}

/// Reads YAML, and writes what it read with both writers; as nodes with their comments too; reads the head and the documents of a manifest.
pub fn yaml(data: &[u8]) {
    if let Ok(value) = goyaml::from_yaml(data) {
        let _ = goyaml::to_yaml(&value);
        let _ = goyaml::to_yaml_pretty(&value);
    }
    let _ = goyaml::from_yaml_map(data);
    let _ = goyaml::head(data);
    let _ = goyaml::documents(data);
    if let Ok(Some(document)) = yamlnode::read(data) {
        let _ = yamlnode::Writer::new().document(&document, yamlnode::SequenceIndent::Compact);
    }
}

/// Compiles the first line as a pattern and matches the rest with it.
pub fn regex(data: &[u8]) {
    let (pattern, text) = split_line(data);
    if let Ok(regex) = gostd::regexp::Regexp::new(pattern) {
        let _ = regex.is_match(text);
        let _ = regex.find_submatch_index(text);
        let _ = regex.find_all(text, 10);
        let _ = regex.replace_all_within(text, b"<$1${name}>", 1 << 20);
        let _ = regex.split(text, 10);
    }
}

/// Loads a chart archive, and looks into it as a server does: gzip as it is, anything else as a tar file that is packed
/// first.
pub fn archive(data: &[u8]) {
    if data.starts_with(b"\x1f\x8b") {
        return load_and_inspect(data);
    }
    let mut gzip = GzEncoder::new(Vec::new(), Compression::none());
    if gzip.write_all(data).is_ok()
        && let Ok(packed) = gzip.finish()
    {
        load_and_inspect(&packed);
    }
}

/// What can be loaded a server must take, unless its format is a newer one.
fn load_and_inspect(archive: &[u8]) {
    let inspected = chart::inspect(archive);
    assert!(inspected.is_ok() || chart::inspect_small(archive).is_none(), "taken at once, not in steps");
    let Ok(loaded) = chart::load_archive(archive, &mut Silent) else { return };
    if let Err(refused) = inspected {
        assert_eq!(refused.text, "unsupported chart version", "loaded, but not taken");
        assert!(!matches!(loaded.metadata().api_version.as_str(), "v1" | "v2"));
    }
}

/// Reads the lines as one `--set` argument after the other, with each of the grammars.
pub fn set(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for parse in [strvals::parse_into, strvals::parse_into_string, strvals::parse_json, strvals::parse_literal_into] {
        let values = Map::default();
        for line in text.lines() {
            let _ = parse(line, &values);
        }
    }
}

/// Compiles the first line as a JSON schema and checks the rest, JSON too, with it.
pub fn schema(data: &[u8]) {
    let (schema, document) = split_line(data);
    let Ok(schema) = jsonschema::compile(schema, &mut jsonschema::NoLoader) else { return };
    if let Ok(document) = gostd::json::decode(document)
        && let Err(invalid) = schema.validate(&document)
    {
        let _ = invalid.helm_text();
    }
}

/// Reads a keyring, and checks a signature with it; reads a signed text, and checks it with known keys.
pub fn openpgp(data: &[u8]) {
    const ARCHIVE: &[u8] = include_bytes!("../../conformance/keys/app-0.1.0.tgz");
    const SIGNED: &[u8] = include_bytes!("../../conformance/keys/rsa.prov");
    const KEYS: &[u8] = include_bytes!("../../conformance/keys/all.pub");
    static KNOWN: OnceLock<Option<Keyring>> = OnceLock::new();
    let name = Path::new("fuzz");
    if let Ok(keys) = Keyring::parse(data, name) {
        let _ = provenance::verify(ARCHIVE, "app-0.1.0.tgz", SIGNED, &keys);
        let _ = keys.find("example.org");
    }
    if let Some(known) = KNOWN.get_or_init(|| Keyring::parse(KEYS, name).ok()) {
        let _ = provenance::verify(ARCHIVE, "app-0.1.0.tgz", data, known);
        let _ = provenance::verify_content(ARCHIVE, data, known);
    }
}

/// Reads an index in pieces and as a whole: what both can read must be the same.
pub fn index(data: &[u8]) {
    let _ = repo::index::agree(data);
}

/// Reads what registries send: manifests, lists, refusals, challenges, addresses of next pages; and references to them.
pub fn registry(data: &[u8]) {
    registry::strangers::read_body(data);
    if let Ok(text) = std::str::from_utf8(data) {
        text.lines().for_each(registry::strangers::read_text);
    }
}

/// Reads repositories.yaml, and the file of signature policies: what we write of them must be read again, with as many
/// entries. (go-yaml, and ours after it, writes some rare line breaks as blanks.)
pub fn repositories(data: &[u8]) {
    if let Ok(file) = repo::File::parse(data)
        && let Ok(text) = file.to_yaml()
    {
        assert_eq!(repo::File::parse(&text).map(|read| read.entries.len()).ok(), Some(file.entries.len()));
    }
    if let Ok(policies) = Policies::parse(data)
        && let Ok(text) = policies.to_yaml()
    {
        let read = Policies::parse(&text).map(|read| read.entries().len());
        assert_eq!(read.ok(), Some(policies.entries().len()));
        let demands = policies.demands(&[]);
        demands.policies().for_each(|policy| assert!(demands.of_url(&policy.url).contains(&policy)));
    }
}

fn split_line(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|&byte| byte == b'\n') {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[]),
    }
}
