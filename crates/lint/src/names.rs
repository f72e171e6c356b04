//! Kubernetes' rules for `metadata.name`, by kind (k8s.io/apimachinery 0.37 `pkg/api/validation`).

use gostd::strconv;

const DNS1123_LABEL: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const MAX_LABEL: usize = 63;
const MAX_SUBDOMAIN: usize = 253;

/// Checks the name of an object of a kind.
pub fn check(kind: &str, name: &str) -> Result<(), String> {
    let problems = match kind.to_lowercase().as_str() {
        "service" => dns1035_label(name),
        "namespace" => dns1123_label(name),
        "certificatesigningrequest" => Vec::new(),
        "role" | "clusterrole" | "rolebinding" | "clusterrolebinding" => path_segment(name),
        _ => dns1123_subdomain(name),
    };
    if problems.is_empty() {
        return Ok(());
    }
    let quoted = String::from_utf8_lossy(&strconv::quote(name.as_bytes())).into_owned();
    let errors: Vec<_> = problems.iter().map(|p| format!("metadata.name: Invalid value: {quoted}: {p}")).collect();
    let errors = if errors.len() == 1 { errors.concat() } else { format!("[{}]", errors.join(", ")) };
    Err(format!("object name does not conform to Kubernetes naming requirements: {quoted}: {errors}"))
}

fn is_inner(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

fn is_label(label: &str, first: impl Fn(u8) -> bool) -> bool {
    let bytes = label.as_bytes();
    bytes.first().is_some_and(|b| first(*b))
        && bytes.last().is_some_and(|b| is_inner(*b))
        && bytes.iter().all(|b| is_inner(*b) || *b == b'-')
}

fn too_long(limit: usize) -> String {
    format!("must be no more than {limit} characters")
}

fn dns1123_subdomain(name: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if name.len() > MAX_SUBDOMAIN {
        problems.push(too_long(MAX_SUBDOMAIN));
    }
    if name.is_empty() || !name.split('.').all(|label| is_label(label, is_inner)) {
        problems.push(format!(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must \
             start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is \
             '{DNS1123_LABEL}(\\.{DNS1123_LABEL})*')"
        ));
    }
    problems
}

fn dns1123_label(name: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if name.len() > MAX_LABEL {
        problems.push(too_long(MAX_LABEL));
    }
    if is_label(name, is_inner) {
        return problems;
    }
    if !name.is_empty() && name.split('.').all(|label| is_label(label, is_inner)) {
        problems.push("must not contain dots".to_string());
    } else {
        problems.push(format!(
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and \
             end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is \
             '{DNS1123_LABEL}')"
        ));
    }
    problems
}

fn dns1035_label(name: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if name.len() > MAX_LABEL {
        problems.push(too_long(MAX_LABEL));
    }
    if !is_label(name, |b| b.is_ascii_lowercase()) {
        problems.push(
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic \
             character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for \
             validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
                .to_string(),
        );
    }
    problems
}

fn path_segment(name: &str) -> Vec<String> {
    if name == "." || name == ".." {
        return vec![format!("may not be '{name}'")];
    }
    ['/', '%'].iter().filter(|c| name.contains(**c)).map(|c| format!("may not contain '{c}'")).collect()
}
