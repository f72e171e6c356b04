//! `template --dry-run=server` and its kin on a real API server: every answer is real Helm's.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use testbed::{Cluster, Namespace};

/// Files of the charts; `NAME/Chart.yaml` is made for each.
const FILES: &[(&str, &str)] = &[
    (
        "seen/templates/hook.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: h\n  annotations: {helm.sh/hook: pre-install}\n",
    ),
    ("seen/templates/a.yaml", SEEN),
    ("crd/crds/x.yaml", CRD),
    ("crd/templates/x.yaml", "apiVersion: dry.example/v1\nkind: X\nmetadata: {name: x}\n"),
    (
        "field/templates/a.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: f}\nspec: {replicas: many, nonsense: 1}\n",
    ),
    ("nokind/templates/a.yaml", "apiVersion: v1\nmetadata: {name: a}\n"),
    ("generated/templates/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: g-}\n"),
    ("unknown/templates/a.yaml", "x: {{ lookup \"nope/v1\" \"Nope\" \"a\" \"b\" | toJson }}\n"),
    ("future/templates/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n"),
    ("broken/templates/a.yaml", "a: b: c\n"),
];

const SEEN: &str = r#"apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Values.name | default "cm" }}}
data:
  namespace: {{ (lookup "v1" "Namespace" "" "kube-system").metadata.name | quote }}
  none: {{ lookup "v1" "ConfigMap" "default" "nope" | toJson | quote }}
  list: {{ (lookup "v1" "ConfigMap" "kube-system" "").kind }}
  version: {{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.KubeVersion.Minor }}
  has: "{{ range list "apps/v1/Deployment" "apps/v1" "nope/v1" "given/v1" }}{{ $.Capabilities.APIVersions.Has . }} {{ end }}"
  release: {{ .Release | toJson | quote }}
"#;

const CRD: &str = r"apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: xs.dry.example}
spec:
  group: dry.example
  scope: Namespaced
  names: {plural: xs, singular: x, kind: X}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object}}}]
";

/// Command lines; `-n` and the kubeconfig are added. `kube-root-ca.crt` is in every namespace, and nobody's release.
const LINES: &[&str] = &[
    "template r seen --dry-run=server",
    "template r seen --validate",
    "template r seen --dry-run=client",
    "template r seen --dry-run=server --is-upgrade",
    "template r seen --dry-run=server -a given/v1 --kube-version 1.20 --debug",
    "template r seen --dry-run=server --set name=kube-root-ca.crt",
    "template r seen --dry-run=server --set name=kube-root-ca.crt --is-upgrade",
    "template r seen --dry-run=server --set name=kube-root-ca.crt --take-ownership",
    "template r seen --dry-run=server --show-only templates/a.yaml",
    "template r crd --dry-run=server",
    "template r crd --dry-run=server --include-crds",
    "template r crd --dry-run=server --skip-crds",
    "template r field --dry-run=server",
    "template r field --dry-run=server --disable-openapi-validation",
    "template r nokind --dry-run=server",
    "template r generated --dry-run=server",
    "template r unknown --dry-run=server",
    "template r future --dry-run=server",
    "template r future --dry-run=server --debug",
    "template r broken --dry-run=server",
    "template r broken --dry-run=server --debug",
    "template No_Name seen --dry-run=server",
    "install r field --dry-run=server",
    "install r seen --dry-run=server --set name=kube-root-ca.crt",
    "install r unknown --dry-run=server",
];

fn write_charts(folder: &Path) {
    for (path, content) in FILES {
        let name = path.split('/').next().unwrap_or_default();
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("room for files");
        fs::write(path, content).expect("room for files");
        let constraint = if name == "future" { "kubeVersion: \">=1.99\"\n" } else { "" };
        let metadata = format!("apiVersion: v2\nname: {name}\nversion: 0.1.0\n{constraint}");
        fs::write(folder.join(name).join("Chart.yaml"), metadata).expect("room for files");
    }
}

/// Returns exit code, stdout without times, and stderr.
fn run(
    program: &Path,
    line: &str,
    (folder, cluster, namespace): (&Path, &Cluster, &Namespace),
) -> (Option<i32>, String, String) {
    let output = Command::new(program)
        .arg0("helm")
        .args(line.split(' '))
        .args(["-n", namespace.name()])
        .current_dir(folder)
        .env("KUBECONFIG", cluster.kubeconfig())
        .env("HOME", folder)
        .output()
        .expect("a program that starts");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (output.status.code(), without_times(&text(output.stdout)), text(output.stderr))
}

/// The two programs may run in two seconds.
fn without_times(text: &str) -> String {
    let is_time = |line: &&str| line.starts_with("LAST DEPLOYED: ");
    text.split_inclusive('\n').filter(|line| !is_time(line)).collect()
}

#[test]
fn a_server_answers_us_as_it_answers_helm() {
    let cluster = Cluster::shared().expect("the shared cluster");
    let namespace = cluster.namespace().expect("a namespace");
    let folder = tempfile::tempdir().expect("a folder");
    write_charts(folder.path());
    testbed::until("the first object of the namespace", std::time::Duration::from_secs(180), || {
        let path = format!("/api/v1/namespaces/{namespace}/configmaps/kube-root-ca.crt");
        Ok(cluster.api().find(&path)?.map(drop))
    })
    .expect("the first object of the namespace");
    let helm = testbed::helm().expect("real Helm");
    let ours = Path::new(env!("CARGO_BIN_EXE_pilothouse"));
    for line in LINES {
        let place = (folder.path(), cluster, &namespace);
        assert_eq!(run(ours, line, place), run(&helm, line, place), "{line}");
    }
}
