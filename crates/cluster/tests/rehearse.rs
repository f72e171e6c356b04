//! What a rehearsal foretells is what the update then does, and it changes nothing itself.

mod support;

use cluster::{Apply, Client, Outcome, Propagation, Rehearsed, Resource, Update, Validation};
use serde_json::Value;
use support::{client, cluster, namespace};

const CONFIG_1: &str =
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, labels: {a: '1'}}\ndata: {a: '1', b: '2'}\n";
const CONFIG_2: &str =
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, labels: {b: '1'}}\ndata: {b: '3', c: '4'}\n";
// A StatefulSet: its controller writes nothing into it but its status.
const WEB_1: &str = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web}\nspec:\n  serviceName: web\n  replicas: 0\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: one, image: 'i:1', env: [{name: A, value: '1'}]}]}\n";
const WEB_2: &str = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web}\nspec:\n  serviceName: web\n  replicas: 0\n  selector: {matchLabels: {app: web}}\n  template:\n    metadata: {labels: {app: web}}\n    spec: {containers: [{name: one, image: 'i:2', env: [{name: B, value: '1'}]}]}\n";
const WEB_OTHER: &str = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: web}\nspec:\n  serviceName: web\n  replicas: 0\n  selector: {matchLabels: {app: other}}\n  template:\n    metadata: {labels: {app: other}}\n    spec: {containers: [{name: one, image: 'i:1'}]}\n";
const TWO: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: gone}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: kept, annotations: {helm.sh/resource-policy: keep}}\n";
const NOT_THERE: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: []}\n";

const SERVER: Update = Update {
    server_side: true,
    force_conflicts: false,
    force_replace: false,
    three_way_unstructured: false,
    upgrade_managers: false,
    dry_run: false,
};
const MIGRATE: Update = Update { upgrade_managers: true, ..SERVER };
const FORCE: Update = Update { force_conflicts: true, ..SERVER };
const CLIENT: Update = Update { server_side: false, ..SERVER };
const REPLACE: Update = Update { force_replace: true, ..CLIENT };

struct Case {
    name: &'static str,
    first: &'static str,
    created_by_server: bool,
    /// Done with kubectl in between.
    between: &'static [&'static str],
    second: &'static str,
    how: Update,
    outcomes: &'static [&'static str],
}

const EDIT: &[&str] = &["patch", "configmap", "c", "-p", "{\"data\":{\"a\":\"edit\",\"b\":\"edit\",\"mine\":\"1\"}}"];

const CASES: &[Case] = &[
    case("applied again", CONFIG_1, true, CONFIG_2, SERVER, &["written"]),
    case("applied without a change", CONFIG_1, true, CONFIG_1, SERVER, &["written"]),
    Case { between: EDIT, ..case("a conflict", CONFIG_1, true, CONFIG_2, SERVER, &["refused, could be forced"]) },
    Case { between: EDIT, ..case("forced", CONFIG_1, true, CONFIG_2, FORCE, &["written"]) },
    case("patched", CONFIG_1, false, CONFIG_2, CLIENT, &["written"]),
    Case { between: EDIT, ..case("patched over an edit", CONFIG_1, false, CONFIG_2, CLIENT, &["written"]) },
    case("replaced", CONFIG_1, false, CONFIG_2, REPLACE, &["replaced"]),
    case("moved to apply", CONFIG_1, false, CONFIG_2, MIGRATE, &["written"]),
    case("moved to apply, lists", WEB_1, false, WEB_2, MIGRATE, &["written"]),
    Case {
        between: EDIT,
        ..case("moved to apply, a conflict", CONFIG_1, false, CONFIG_2, MIGRATE, &["refused, could be forced"])
    },
    case("a list of apps", WEB_1, true, WEB_2, SERVER, &["written"]),
    case("an immutable field", WEB_1, true, WEB_OTHER, SERVER, &["refused"]),
    case("an immutable field, patched", WEB_1, false, WEB_OTHER, CLIENT, &["refused"]),
    case("an immutable field, replaced", WEB_1, false, WEB_OTHER, REPLACE, &["refused"]),
    case("others come, these go", TWO, true, CONFIG_1, SERVER, &["written", "deleted", "kept"]),
    case("others come by the client", TWO, false, CONFIG_1, CLIENT, &["written", "deleted", "kept"]),
    case("an invalid object", TWO, true, NOT_THERE, SERVER, &["refused", "deleted", "kept"]),
];

const fn case(
    name: &'static str,
    first: &'static str,
    created_by_server: bool,
    second: &'static str,
    how: Update,
    outcomes: &'static [&'static str],
) -> Case {
    Case { name, first, created_by_server, between: &[], second, how, outcomes }
}

fn word(rehearsed: &Rehearsed) -> &'static str {
    match &rehearsed.outcome {
        Outcome::Written(_) => "written",
        Outcome::Replaced(_) => "replaced",
        Outcome::Deleted => "deleted",
        Outcome::Kept => "kept",
        Outcome::Refused(_, Some(_)) => "refused, could be forced",
        Outcome::Refused(_, None) => "refused",
    }
}

/// What a change is about: not when and by whom it was made.
fn plain(mut object: Value) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.remove("status");
    }
    if let Some(metadata) = object["metadata"].as_object_mut() {
        for field in ["managedFields", "resourceVersion", "uid", "generation", "creationTimestamp"] {
            metadata.remove(field);
        }
    }
    object
}

fn live(client: &Client, resources: &[Resource]) -> Vec<Option<Value>> {
    resources.iter().map(|resource| client.get(resource).expect("an answer").map(plain)).collect()
}

#[test]
fn an_update_does_what_its_rehearsal_said() {
    for case in CASES {
        check(case);
    }
}

fn check(case: &Case) {
    let namespace = namespace();
    let client = client(&namespace);
    let build = |text: &str| client.build(text.as_bytes(), Validation::Strict).expect("resources");
    let (first, second) = (build(case.first), build(case.second));
    client.create(&first, Apply { server_side: case.created_by_server, ..Apply::default() }).expect(case.name);
    if !case.between.is_empty() {
        let args = [&["-n", namespace.name()], case.between].concat();
        cluster().kubectl(&args).expect(case.name);
    }
    let all = [first.clone(), second.clone()].concat();
    let before = live(&client, &all);
    let rehearsed = client.rehearse(&first, &second, case.how).expect(case.name);
    assert_eq!(live(&client, &all), before, "{}: a rehearsal changed something", case.name);
    assert_eq!(rehearsed.iter().map(word).collect::<Vec<_>>(), case.outcomes, "{}", case.name);

    let updated = client.update(&first, &second, case.how);
    assert_eq!(updated.is_err(), case.outcomes.iter().any(|word| word.starts_with("refused")), "{}", case.name);
    for rehearsed in rehearsed {
        let after = client.get(&rehearsed.resource).expect("an answer").map(plain);
        let was_there = rehearsed.live.is_some();
        match rehearsed.outcome {
            Outcome::Written(said) | Outcome::Replaced(said) if was_there => {
                assert_eq!(after, Some(plain(said)), "{}", case.name);
            }
            // A new object is told as its manifest has it.
            Outcome::Written(said) => assert_eq!(said, rehearsed.resource.object, "{}", case.name),
            Outcome::Kept => assert_eq!(after, rehearsed.live.map(plain), "{}", case.name),
            Outcome::Refused(error, _) => {
                let told = updated.as_ref().expect_err(case.name).to_string();
                assert!(told.contains(&error.to_string()), "{}: {told}, not {error}", case.name);
            }
            _ => {}
        }
    }
    let _ = client.delete(&all, Propagation::Background);
}

#[test]
fn what_a_target_brings_itself_is_not_missing() {
    let namespace = namespace();
    let client = client(&namespace);
    let new = format!("{}-new", namespace.name());
    let text = format!(
        "apiVersion: v1\nkind: Namespace\nmetadata: {{name: {new}}}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c, namespace: {new}}}\n"
    );
    let targets = client.build(text.as_bytes(), Validation::Strict).expect("resources");
    let words = |targets: &[Resource]| -> Vec<&str> {
        client.rehearse(&[], targets, SERVER).expect("an answer").iter().map(word).collect()
    };
    assert_eq!(words(&targets), ["written", "written"]);
    assert_eq!(words(&targets[1..]), ["refused"]);
}
