//! Ways to a cluster: files, contexts, plugins, settings; and what is said when there is none. Compared with real Helm.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use cluster::{Cancel, Client, Config, Request};
use support::{client, cluster, helm, namespace};

/// The test bed's kubeconfig, cut into pieces to be put together otherwise.
struct Parts {
    server: String,
    authority: String,
    certificate: String,
    key: String,
}

fn parts() -> Parts {
    let text = fs::read_to_string(cluster().kubeconfig()).expect("a file");
    let after = |name: &str| {
        let at = text.find(&format!("{name}: ")).unwrap_or_else(|| panic!("{name} in {text}")) + name.len() + 2;
        text[at..].split(['\n', ',', '}']).next().unwrap_or_default().trim_matches(['"', ' ']).to_owned()
    };
    Parts {
        server: after("server"),
        authority: after("certificate-authority-data"),
        certificate: after("client-certificate-data"),
        key: after("client-key-data"),
    }
}

fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).expect("a file");
    path
}

fn who(client: &Client) -> String {
    let review = serde_json::json!({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"});
    let answer = client.request(&Request::post("/apis/authentication.k8s.io/v1/selfsubjectreviews", &review));
    let answer = answer.unwrap_or_else(|error| panic!("{error}")).json().expect("JSON");
    answer["status"]["userInfo"]["username"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn files_are_merged_and_the_first_that_names_something_wins() {
    let folder = tempfile::tempdir().expect("a folder");
    let parts = parts();
    let users = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: ''\nusers:\n- name: me\n  user: {{client-certificate-data: {}, client-key-data: {}}}\ncontexts:\n- name: two\n  context: {{cluster: there, user: me, namespace: first}}\n",
        parts.certificate, parts.key
    );
    let clusters = format!(
        "current-context: two\nclusters:\n- name: there\n  cluster: {{server: '{}', certificate-authority-data: {}}}\ncontexts:\n- name: two\n  context: {{cluster: none, user: none, namespace: second}}\n",
        parts.server, parts.authority
    );
    let files =
        [write(folder.path(), "a", &users), folder.path().join("missing"), write(folder.path(), "b", &clusters)];
    let list = std::env::join_paths(files).expect("a list");
    let client = Client::connect(&Config { kubeconfig_list: Some(list), ..Config::default() }, Cancel::new());
    assert_eq!(client.namespace(), "first");
    client.reachable().expect("a reachable cluster");
}

#[test]
fn settings_stand_above_files() {
    let config = || Config { kubeconfig: Some(cluster().kubeconfig()), ..Config::default() };
    let connect = |config: Config| Client::connect(&config, Cancel::new());
    let mine = who(&connect(config()));
    let impersonated =
        connect(Config { as_user: "someone".into(), as_groups: vec!["system:masters".into()], ..config() });
    assert_ne!(mine, "someone");
    assert_eq!(who(&impersonated), "someone");
    assert_eq!(connect(Config { namespace: "other".into(), ..config() }).namespace(), "other");
    let named = |name: &str| Config { tls_server_name: name.into(), ..config() };
    assert!(connect(named("wrong.example.com")).reachable().is_err());
    connect(named("localhost")).reachable().expect("a name that fits");
    connect(Config { insecure: true, ..named("wrong.example.com") }).reachable().expect("no look at names");
}

#[test]
fn a_plugin_gives_credentials() {
    let folder = tempfile::tempdir().expect("a folder");
    let parts = parts();
    let decode = |text: &str| {
        data_encoding::BASE64
            .decode(text.as_bytes())
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .expect("base64")
    };
    let credential = serde_json::json!({
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": {"clientCertificateData": decode(&parts.certificate), "clientKeyData": decode(&parts.key)},
    });
    let answer = write(folder.path(), "answer.json", &credential.to_string());
    let text = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{{name: c, context: {{cluster: c, user: u}}}}]\nclusters: [{{name: c, cluster: {{server: '{}', certificate-authority-data: {}}}}}]\nusers:\n- name: u\n  user: {{exec: {{apiVersion: client.authentication.k8s.io/v1, command: cat, args: ['{}'], interactiveMode: Never}}}}\n",
        parts.server,
        parts.authority,
        answer.display()
    );
    let path = write(folder.path(), "config", &text);
    let client = Client::connect(&Config { kubeconfig: Some(path), ..Config::default() }, Cancel::new());
    client.reachable().unwrap_or_else(|error| panic!("{error}"));
}

/// What is no way to a cluster, and what Helm says of it.
#[test]
fn failures_are_told_as_helm_does() {
    let folder = tempfile::tempdir().expect("a folder");
    let parts = parts();
    let config = |server: &str, more: &str| {
        format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: c\ncontexts: [{{name: c, context: {{cluster: c, user: u}}}}]\nclusters: [{{name: c, cluster: {{server: '{server}'{more}}}}}]\nusers: [{{name: u, user: {{}}}}]\n"
        )
    };
    let cases = [
        ("refused", config("https://127.0.0.1:1", "")),
        ("refused, plain", config("http://127.0.0.1:1", "")),
        ("unknown authority", config(&parts.server, "")),
        ("no such user", config(&parts.server, ", insecure-skip-tls-verify: true").replace("user: u", "user: x")),
        ("no such cluster", config(&parts.server, "").replace("cluster: c,", "cluster: x,")),
        ("nothing", String::new()),
        ("no scheme", config("127.0.0.1:1", "")),
        (
            "both authorities",
            config(&parts.server, ", insecure-skip-tls-verify: true, certificate-authority-data: eA=="),
        ),
        ("no such authority", config(&parts.server, ", certificate-authority: nowhere.pem")),
        ("no YAML", "a: [".to_owned()),
        ("no such context", config(&parts.server, "").replace("current-context: c", "current-context: x")),
    ];
    let mut wrong = Vec::new();
    for (name, text) in cases {
        let path = write(folder.path(), "config", &text);
        let namespace = namespace();
        let ran = helm(path.to_str().expect("a path"), &namespace, &["list"]);
        let client = support::client_of(path.to_str().expect("a path"), &namespace);
        let secrets = || client.request(&Request::get(format!("/api/v1/namespaces/{namespace}/secrets")));
        let ours = match client.reachable().map(|()| secrets()) {
            Err(error) => format!("Error: {error}"),
            Ok(Err(error)) => format!("Error: list: failed to list: {error}"),
            Ok(Ok(_)) => String::new(),
        };
        if ran.stderr.trim_end() != ours {
            wrong.push(format!("{name}\n  helm: {}\n  ours: {ours}", ran.stderr.trim_end()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_token_stops_what_runs() {
    let namespace = namespace();
    let client = client(&namespace);
    let cancel = client.cancel().clone();
    let path = format!("/api/v1/namespaces/{namespace}/configmaps");
    let waiting = std::thread::spawn(move || client.request(&Request::get(path).query("watch", "true")));
    cancel.cancel();
    assert!(waiting.join().expect("a thread").expect_err("an error").is_cancelled());
}
