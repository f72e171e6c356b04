//! What is told of changes: the whole output beside the objects.

use diff::{Fate, Hook, Identity, Look, Refusal, Secrets, Subject, Tense, changes, json, simple, text};
use serde_json::{Value, json as object};

fn subject(before: Option<Value>, after: Option<Value>) -> Subject {
    let known = after.as_ref().or(before.as_ref()).expect("an object");
    Subject { identity: Identity::of(known, "ns"), earlier: None, hook: None, before, after, fate: Fate::Written }
}

fn config(data: Value) -> Value {
    object!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c"}, "data": data})
}

fn deployment(replicas: i64) -> Value {
    object!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {
            "name": "web", "namespace": "prod", "uid": "1", "resourceVersion": replicas.to_string(), "generation": replicas,
            "creationTimestamp": "2026-01-01T00:00:00Z", "managedFields": [{"manager": replicas.to_string()}],
        },
        "spec": {"a": 1, "b": 2, "c": 3, "replicas": replicas, "s": 1, "t": 2},
        "status": {"replicas": replicas},
    })
}

struct Case {
    name: &'static str,
    subject: Subject,
    context: Option<usize>,
    text: &'static str,
}

fn differences() -> Vec<Case> {
    vec![
        Case {
            name: "what the server keeps for itself is no difference",
            subject: subject(
                Some(deployment(2)),
                Some({
                    let mut after = deployment(9);
                    after["spec"]["replicas"] = 2.into();
                    after
                }),
            ),
            context: None,
            text: "Plan: 0 to add, 0 to change, 0 to destroy.\n",
        },
        Case {
            name: "a change has lines around it",
            subject: subject(Some(deployment(2)), Some(deployment(3))),
            context: Some(1),
            text: "prod, web, Deployment (apps) has changed:\n...\n    c: 3\n-   replicas: 2\n+   replicas: 3\n    s: 1\n...\nPlan: 0 to add, 1 to change, 0 to destroy.\n",
        },
        Case {
            name: "no lines around it",
            subject: subject(Some(deployment(2)), Some(deployment(3))),
            context: Some(0),
            text: "prod, web, Deployment (apps) has changed:\n...\n-   replicas: 2\n+   replicas: 3\n...\nPlan: 0 to add, 1 to change, 0 to destroy.\n",
        },
        Case {
            name: "a new object is all new",
            subject: subject(None, Some(config(object!({"a": "x\ny\n"})))),
            context: Some(3),
            text: "ns, c, ConfigMap (v1) has been added:\n+ apiVersion: v1\n+ data:\n+   a: |\n+     x\n+     y\n+ kind: ConfigMap\n+ metadata:\n+   name: c\nPlan: 1 to add, 0 to change, 0 to destroy.\n",
        },
        Case {
            name: "an object that goes",
            subject: subject(Some(config(Value::Null)), None),
            context: Some(3),
            text: "ns, c, ConfigMap (v1) has been removed:\n- apiVersion: v1\n- data: null\n- kind: ConfigMap\n- metadata:\n-   name: c\nPlan: 0 to add, 0 to change, 1 to destroy.\n",
        },
    ]
}

/// What is more than a difference.
fn fates() -> Vec<Case> {
    let refused = Fate::Refused(Refusal { text: "field is immutable\nsecond".into(), guarded: "Invalid".into() });
    vec![
        Case {
            name: "an object that is replaced",
            subject: Subject {
                fate: Fate::Replaced,
                ..subject(Some(config(object!({"a": "1"}))), Some(config(object!({"a": "2"}))))
            },
            context: Some(0),
            text: "ns, c, ConfigMap (v1) has changed and is replaced:\n...\n-   a: \"1\"\n+   a: \"2\"\n...\nPlan: 0 to add, 0 to change, 0 to destroy, 1 to replace.\n",
        },
        Case {
            name: "an object that the server refuses",
            subject: Subject { fate: refused, ..subject(None, Some(config(Value::Null))) },
            context: Some(0),
            text: "ns, c, ConfigMap (v1) is refused by the server:\n! field is immutable\n! second\nPlan: 0 to add, 0 to change, 0 to destroy, 1 refused by the server.\n",
        },
        Case {
            name: "an object that stays",
            subject: Subject {
                fate: Fate::Untouched("stays".into()),
                ..subject(Some(config(Value::Null)), Some(config(Value::Null)))
            },
            context: Some(0),
            text: "ns, c, ConfigMap (v1) stays.\nPlan: 0 to add, 0 to change, 0 to destroy.\n",
        },
        Case {
            name: "a hook is marked and counted apart",
            subject: Subject {
                hook: Some(Hook { events: vec!["pre-upgrade".into(), "post-install".into()], runs: true }),
                ..subject(Some(config(object!({"a": 1}))), Some(config(object!({"a": 2}))))
            },
            context: Some(0),
            text: "ns, c, ConfigMap (v1), hook pre-upgrade,post-install has changed:\n...\n-   a: 1\n+   a: 2\n...\nPlan: 0 to add, 0 to change, 0 to destroy; hooks: 1 to run, 1 changed.\n",
        },
        Case {
            name: "names do not steer a terminal",
            subject: subject(None, Some(object!({"apiVersion": "v1", "kind": "K", "metadata": {"name": "\u{1b}[2J"}}))),
            context: Some(0),
            text: "ns, \u{fffd}[2J, K (v1) has been added:\n+ apiVersion: v1\n+ kind: K\n+ metadata:\n+   name: \"\\e[2J\"\nPlan: 1 to add, 0 to change, 0 to destroy.\n",
        },
    ]
}

#[test]
fn changes_are_told_as_lines() {
    for case in differences().into_iter().chain(fates()) {
        let changes = changes(vec![case.subject], Secrets::Masked);
        let look = Look { context: case.context, ..Look::default() };
        assert_eq!(text(&changes, &[], Tense::Planned, &look), case.text, "{}", case.name);
    }
}

#[test]
fn one_line_an_object_and_notes() {
    let subjects = vec![
        subject(None, Some(config(object!({"a": "1"})))),
        subject(Some(deployment(1)), Some(deployment(2))),
        subject(Some(deployment(1)), None),
    ];
    let changes = changes(subjects, Secrets::Masked);
    let expected = "ns, c, ConfigMap (v1) to be added.\nprod, web, Deployment (apps) to be changed.\nprod, web, Deployment (apps) to be removed.\na note\nChanges: 1 added, 1 changed, 1 removed.\n";
    assert_eq!(simple(&changes, &["a note".into()], Tense::Recorded, &Look::default()), expected);
}

#[test]
fn colours_are_around_whole_lines() {
    let changes = changes(vec![subject(Some(deployment(1)), Some(deployment(2)))], Secrets::Masked);
    let look = Look { color: true, context: Some(0), ..Look::default() };
    let expected = "\u{1b}[33mprod, web, Deployment (apps) has changed:\u{1b}[0m\n...\n\u{1b}[31m-   replicas: 1\u{1b}[0m\n\u{1b}[32m+   replicas: 2\u{1b}[0m\n...\n";
    assert!(text(&changes, &[], Tense::Planned, &look).starts_with(expected));
}

#[test]
fn a_suppressed_kind_only_says_that_it_changes() {
    let changes = changes(vec![subject(Some(deployment(1)), Some(deployment(2)))], Secrets::Masked);
    let suppressed = vec!["Deployment".to_string()];
    let look = Look { suppressed: suppressed.clone(), ..Look::default() };
    let expected = "prod, web, Deployment (apps) has changed:\n+ Changes suppressed on sensitive content of type Deployment\nPlan: 0 to add, 1 to change, 0 to destroy.\n";
    assert_eq!(text(&changes, &[], Tense::Planned, &look), expected);
    let told: Value = serde_json::from_str(&json(&changes, &suppressed)).expect("JSON");
    assert_eq!((&told[0]["suppressed"], &told[0]["paths"]), (&object!(true), &object!([])));
}

#[test]
fn programs_get_the_paths_that_differ() {
    let mut after = config(object!({"same": "1", "a/b": "2", "list": [1, {"x": 2}, 3]}));
    after["metadata"]["labels"] = object!({"new": "1"});
    let before = config(object!({"same": "1", "gone~": null, "list": [1, {"x": 1}]}));
    let subjects = vec![
        subject(Some(before), Some(after)),
        subject(Some(deployment(1)), Some(deployment(1))),
        subject(None, Some(config(Value::Null))),
    ];
    let told: Value = serde_json::from_str(&json(&changes(subjects, Secrets::Masked), &[])).expect("JSON");
    let expected = object!([
        {"apiVersion": "v1", "kind": "ConfigMap", "namespace": "ns", "name": "c", "change": "update", "hook": false, "paths": [
            {"path": "/data/a~1b", "after": "2"},
            {"path": "/data/gone~0", "before": null},
            {"path": "/data/list/1/x", "before": 1, "after": 2},
            {"path": "/data/list/2", "after": 3},
            {"path": "/metadata/labels", "after": {"new": "1"}},
        ]},
        {"apiVersion": "apps/v1", "kind": "Deployment", "namespace": "prod", "name": "web", "change": "none", "hook": false, "paths": []},
        {"apiVersion": "v1", "kind": "ConfigMap", "namespace": "ns", "name": "c", "change": "create", "hook": false, "paths": [
            {"path": "", "after": config(Value::Null)},
        ]},
    ]);
    assert_eq!(told, expected);
}

#[test]
fn long_texts_are_compared_in_time() {
    let lines = |from: usize| (from..from + 60_000).map(|n| format!("line {}\n", n % 977 * n)).collect::<String>();
    let pair = subject(Some(config(object!({"a": lines(0)}))), Some(config(object!({"a": lines(30_000)}))));
    let shown = text(&changes(vec![pair], Secrets::Masked), &[], Tense::Planned, &Look::default());
    assert!(shown.lines().count() > 60_000);
}
