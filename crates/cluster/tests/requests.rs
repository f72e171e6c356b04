//! What is asked of the server: never more than real Helm asks for the same.

mod support;

use cluster::{Apply, Form, Right, Update};
use support::{chart, client_of, cluster, deployment, helm, namespace, resources};

fn requests(mark: testbed::Mark, user: &str) -> Vec<String> {
    let requests = cluster().audit(mark).expect("an audit log");
    requests.iter().filter(|request| request.user == user).map(ToString::to_string).collect()
}

#[test]
fn fewer_requests_than_helm() {
    let namespaces = [namespace(), namespace()];
    let manifest = |version: u8| {
        let configs: Vec<String> = (0..20)
            .map(|number| {
                format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{number}}}\ndata: {{v: '{version}'}}\n")
            })
            .collect();
        format!("{}---\n{}", configs.join("---\n"), deployment("web", &format!("v: 'v{version}'")))
    };
    let (theirs, ours) = (
        cluster().admin(namespaces[0].name()).expect("an admin"),
        cluster().admin(namespaces[1].name()).expect("an admin"),
    );
    let mark = cluster().mark().expect("a mark");
    for (version, command) in [(1, "install"), (2, "upgrade")] {
        let folder = chart(&manifest(version));
        let arguments = [command, "r", folder.path().to_str().expect("a path"), "--wait"];
        let ran = helm(theirs.kubeconfig.to_str().expect("a path"), &namespaces[0], &arguments);
        assert!(ran.success, "{}", ran.stderr);
    }
    let their_requests = requests(mark, &theirs.name);
    let mark = cluster().mark().expect("a mark");
    let client = client_of(ours.kubeconfig.to_str().expect("a path"), &namespaces[1]);
    let limit = || cluster::Wait::new(cluster::Strategy::Watcher, std::time::Duration::from_secs(60));
    client.capabilities().expect("capabilities");
    let first = resources(&client, &manifest(1));
    let live = client.create(&first, Apply::default()).expect("created");
    client.wait(&live, limit()).expect("ready");
    let second = resources(&client, &manifest(2));
    let changes = client.update(&first, &second, Update::default()).expect("updated");
    assert_eq!((changes.created.len(), changes.updated.len(), changes.adopted.len()), (0, 21, 0));
    client.wait(&changes.updated, limit()).expect("ready");
    let our_requests = requests(mark, &ours.name);
    // Records are not written here: Helm writes and reads some of them.
    let records = their_requests.iter().filter(|request| request.contains("secrets")).count();
    eprintln!("helm: {} ({records} for records), ours: {}", their_requests.len(), our_requests.len());
    assert!(our_requests.len() < their_requests.len() - records, "{our_requests:#?}\n{their_requests:#?}");
}

#[test]
fn rights_are_told_before() {
    let namespace = namespace();
    let rules = [testbed::Rule::new("", &["configmaps"], &["get", "create"])];
    let user = cluster().user(namespace.name(), &rules).expect("a user");
    let client = client_of(user.kubeconfig.to_str().expect("a path"), &namespace);
    let config = resources(&client, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n");
    let rights: Vec<Right> = ["get", "create", "delete"].iter().map(|verb| Right::to(verb, &config[0])).collect();
    assert_eq!(client.can(&rights).expect("answers"), [true, true, false]);
}

#[test]
fn previews_change_nothing() {
    let namespace = namespace();
    let client = support::client(&namespace);
    let first = resources(&client, &deployment("web", ""));
    let preview = client.preview(&first, false).expect("previews");
    assert_eq!(preview[0].as_ref().expect("a preview").object["spec"]["replicas"], 1);
    assert!(client.get(&first[0]).expect("an answer").is_none());
    client.create(&first, Apply::default()).expect("created");
    let mut changed = first.clone();
    changed[0].object["spec"]["selector"]["matchLabels"]["app"] = "x".into();
    changed[0].object["spec"]["template"]["metadata"]["labels"]["app"] = "x".into();
    let preview = client.preview(&changed, false).expect("previews");
    let error = preview[0].as_ref().expect_err("an immutable field");
    assert!(error.api().is_some_and(cluster::ApiError::is_invalid), "{error}");
}

#[test]
fn related_pods_come_with_their_workload() {
    let namespace = namespace();
    let client = support::client(&namespace);
    let all = resources(&client, &deployment("web", ""));
    let live = client.create(&all, Apply::default()).expect("created");
    client
        .wait(&live, cluster::Wait::new(cluster::Strategy::Watcher, std::time::Duration::from_secs(60)))
        .expect("ready");
    let tables = client.related(&all, Form::Tables).expect("tables");
    assert_eq!(tables["v1/Deployment"][0]["kind"], "Table");
    assert_eq!(tables["v1/Pod(related)"][0]["rows"].as_array().map(Vec::len), Some(1));
    let objects = client.related(&all, Form::Objects).expect("objects");
    let pod = objects["v1/Pod(related)"][0]["items"][0]["metadata"]["name"].as_str().expect("a name").to_owned();
    let mut log = Vec::new();
    client.logs(namespace.name(), &pod, "main", cluster::LogQuery::default(), &mut log).expect("a log");
    assert!(String::from_utf8_lossy(&log).contains("first line of the log"));
}

#[test]
fn definitions_can_be_used_at_once() {
    let namespace = namespace();
    let client = support::client(&namespace);
    let group = format!("{namespace}.example.com");
    let definition = format!(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: foos.{group}}}\nspec:\n  group: {group}\n  scope: Namespaced\n  names: {{kind: Foo, plural: foos}}\n  versions: [{{name: v1, served: true, storage: true, schema: {{openAPIV3Schema: {{type: object, x-kubernetes-preserve-unknown-fields: true}}}}}}]\n"
    );
    let foo = format!("apiVersion: {group}/v1\nkind: Foo\nmetadata: {{name: f}}\nspec: {{a: 1, b: 2}}\n");
    assert!(client.build(foo.as_bytes(), cluster::Validation::Strict).is_err());
    let definitions = resources(&client, &definition);
    assert_eq!(client.define(&definitions, Apply::default()).expect("defined"), []);
    client.wait_found(&definitions).expect("found");
    let foos = resources(&client, &foo);
    client.create(&foos, Apply { server_side: false, ..Apply::default() }).expect("created");
    // Client-side, custom resources get JSON merge patches.
    let next = resources(&client, &foo.replace("b: 2", "c: 3"));
    let how = Update { server_side: false, ..Update::default() };
    let changes = client.update(&foos, &next, how).expect("updated");
    assert_eq!(changes.updated[0].object["spec"], serde_json::json!({"a": 1, "c": 3}));
    // What was there before may have conditions of its own; other objects are waited for as such.
    assert_eq!(client.define(&definitions, Apply::default()).expect("defined"), definitions);
    let others = resources(&client, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n");
    assert_eq!(client.define(&others, Apply::default()).expect("made"), others);
    client.delete(&definitions, cluster::Propagation::Background);
}

#[test]
fn definitions_that_are_refused_are_told_by_the_watch() {
    let namespace = namespace();
    let client = support::client(&namespace);
    let group = format!("{namespace}.example.com");
    let definition = |plural: &str| {
        let text = format!(
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: {plural}.{group}}}\nspec:\n  group: {group}\n  scope: Namespaced\n  names: {{kind: Foo, plural: {plural}}}\n  versions: [{{name: v1, served: true, storage: true, schema: {{openAPIV3Schema: {{type: object}}}}}}]\n"
        );
        resources(&client, &text)
    };
    let (foos, bars) = (definition("foos"), definition("bars"));
    assert_eq!(client.define(&foos, Apply::default()).expect("defined"), []);
    let unsure = client.define(&bars, Apply::default()).expect("made");
    assert_eq!(unsure, bars);
    let wait = cluster::Wait::new(cluster::Strategy::Watcher, std::time::Duration::from_secs(60));
    let refused = client.wait(&unsure, wait).expect_err("the kind is taken").to_string();
    assert!(refused.contains("is already in use"), "{refused}");
    for definitions in [foos, bars] {
        client.delete(&definitions, cluster::Propagation::Background);
    }
}
