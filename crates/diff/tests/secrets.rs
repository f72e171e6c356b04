//! Nothing of a Secret's values is ever shown, wherever the Secret is, in either form.

use diff::{Fate, Identity, Look, Refusal, Secrets, Subject, Tense, changes, json, text};
use serde_json::{Value, json as object};

/// Values that must not be seen, as text and as base64.
const HIDDEN: [&str; 6] = ["hunter2", "aHVudGVyMg==", "swordfish", "c3dvcmRmaXNo", "steady", "c3RlYWR5"];

fn secret(token: &str) -> Value {
    object!({
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "annotations": {
            "kubectl.kubernetes.io/last-applied-configuration": format!("{{\"kind\":\"Secret\",\"data\":{{\"t\":\"{token}\"}}}}"),
        }},
        "data": {"t": token, "same": "c3RlYWR5"},
    })
}

/// Where Secrets hide: each with a value that changes and one that does not.
fn places() -> Vec<(&'static str, Value, Value)> {
    let wrap = |with: &dyn Fn(Value) -> Value| (with(secret("aHVudGVyMg==")), with(secret("c3dvcmRmaXNo")));
    let place = |name, (before, after)| (name, before, after);
    let without_kind = |secret: Value| {
        let mut secret = secret;
        let fields = secret.as_object_mut().expect("an object");
        fields.remove("kind");
        fields.remove("apiVersion");
        object!({"apiVersion": "v1", "kind": "SecretList", "metadata": {"name": "l"}, "items": [secret]})
    };
    let applied = |secret: Value| {
        object!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "annotations": {
            "kubectl.kubernetes.io/last-applied-configuration": object!({"kind": "List", "items": [secret]}).to_string(),
        }}})
    };
    let text = |value: &str| {
        object!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"},
            "stringData": {"t": value, "same": "steady", "number": 42}})
    };
    let odd = |value: &str| object!({"apiVersion": "v1", "kind": "secret", "metadata": {"name": "s"}, "data": value, "stringData": [value]});
    vec![
        place("a Secret", wrap(&|secret| secret)),
        place(
            "in a list",
            wrap(&|secret| object!({"apiVersion": "v1", "kind": "List", "metadata": {"name": "l"}, "items": [secret]})),
        ),
        place("in a list of Secrets, without a kind", wrap(&without_kind)),
        place(
            "in another object",
            wrap(
                &|secret| object!({"apiVersion": "x/v1", "kind": "X", "metadata": {"name": "x"}, "spec": {"a": [[secret]]}}),
            ),
        ),
        place("in what kubectl remembers of a list", wrap(&applied)),
        place("as text", (text("hunter2"), text("swordfish"))),
        place("in the wrong form", (odd("hunter2"), odd("swordfish"))),
    ]
}

fn subject(before: Option<Value>, after: Option<Value>, fate: Fate) -> Subject {
    let known = after.as_ref().or(before.as_ref()).expect("an object");
    Subject { identity: Identity::of(known, "ns"), earlier: None, hook: None, before, after, fate }
}

fn shown(subject: Subject, secrets: Secrets) -> String {
    let changes = changes(vec![subject], secrets);
    text(&changes, &[], Tense::Planned, &Look::default()) + &json(&changes, &[])
}

fn refusal() -> Fate {
    let text = "data.t: Invalid value: \"hunter2\" is not swordfish, nor steady".to_string();
    Fate::Refused(Refusal { text, guarded: "Invalid (422); data.t FieldValueInvalid".into() })
}

#[test]
fn values_are_never_shown_but_their_change_is() {
    for (name, before, after) in places() {
        let pairs = [
            (Some(before.clone()), Some(after.clone())),
            (None, Some(after.clone())),
            (Some(before.clone()), None),
            (Some(before.clone()), Some(before.clone())),
        ];
        for (before, after) in pairs {
            for fate in [Fate::Written, Fate::Replaced, Fate::Untouched("stays".into()), refusal()] {
                let shown = shown(subject(before.clone(), after.clone(), fate), Secrets::Masked);
                let found = HIDDEN.iter().find(|value| shown.contains(**value));
                assert!(found.is_none(), "{name}: {found:?} in {shown}");
            }
        }
        let changed = shown(subject(Some(before), Some(after), Fate::Written), Secrets::Masked);
        for mark in ["-------- # (", "++++++++ # ("] {
            assert!(changed.contains(mark), "{name}: no {mark} in {changed}");
        }
    }
}

#[test]
fn sizes_are_told() {
    let shown =
        shown(subject(Some(secret("aHVudGVyMg==")), Some(secret("c3dvcmRmaXNo")), Fate::Written), Secrets::Masked);
    let expected = "ns, s, Secret (v1) has changed:\n  apiVersion: v1\n  data:\n    same: 'REDACTED # (6 bytes)'\n-   t: '-------- # (7 bytes)'\n+   t: '++++++++ # (9 bytes)'\n  kind: Secret\n";
    assert!(shown.starts_with(expected), "{shown}");
}

#[test]
fn values_are_shown_when_asked_for() {
    let pair = || subject(Some(secret("aHVudGVyMg==")), Some(secret("c3dvcmRmaXNo")), Fate::Written);
    assert!(shown(pair(), Secrets::Shown).contains("-   t: aHVudGVyMg==\n+   t: c3dvcmRmaXNo\n"));
    assert!(shown(pair(), Secrets::Decoded).contains("-   t: hunter2\n+   t: swordfish\n"));
    let refused = subject(None, Some(secret("aHVudGVyMg==")), refusal());
    assert!(shown(refused, Secrets::Shown).contains("! data.t: Invalid value"));
}
