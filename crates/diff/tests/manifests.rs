//! Manifests are read without a cluster.

use diff::documents;
use serde_json::json;

#[test]
fn documents_have_their_template_and_lists_are_taken_apart() {
    let manifest = b"---\n# Source: c/templates/a.yaml\na: 1\n---\n# Source: c/templates/b.yaml\napiVersion: v1\nkind: SecretList\nitems:\n- metadata: {name: x}\n- {kind: ConfigMap, apiVersion: v1, metadata: {name: z}}\n---\n\n---\nitems: no list\n";
    let found: Vec<_> = documents(manifest).expect("documents").into_iter().map(|d| (d.source, d.object)).collect();
    let b = "c/templates/b.yaml".to_string();
    let expected = vec![
        ("c/templates/a.yaml".to_string(), json!({"a": 1})),
        (b.clone(), json!({"kind": "Secret", "apiVersion": "v1", "metadata": {"name": "x"}})),
        (b, json!({"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "z"}})),
        (String::new(), json!({"items": "no list"})),
    ];
    assert_eq!(found, expected);
}

#[test]
fn lists_in_lists_have_a_limit() {
    let mut text = "{kind: X}".to_string();
    for _ in 0..40 {
        text = format!("{{kind: List, apiVersion: v1, items: [{text}]}}");
    }
    assert_eq!(documents(text.as_bytes()).expect_err("an error").text, "lists in a manifest are nested too deeply");
}
