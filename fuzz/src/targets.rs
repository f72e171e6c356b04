//! The targets themselves. Results are dropped: what counts is that each call returns.

/// Parses a template with all functions of Sprig known.
pub fn template(data: &[u8]) {
    let mut set = gotemplate::Set::new(&[sprig::FUNCS]);
    let _ = set.parse("fuzz/templates/a.yaml", data);
}

/// Reads YAML, and writes what it read with both writers; reads the head and the documents of a manifest.
pub fn yaml(data: &[u8]) {
    if let Ok(value) = goyaml::from_yaml(data) {
        let _ = goyaml::to_yaml(&value);
        let _ = goyaml::to_yaml_pretty(&value);
    }
    let _ = goyaml::from_yaml_map(data);
    let _ = goyaml::head(data);
    let _ = goyaml::documents(data);
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

fn split_line(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|&byte| byte == b'\n') {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[]),
    }
}
