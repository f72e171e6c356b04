//! What the record of a release says while its hooks run.

mod life;

use std::time::Duration;

use life::{Life, cluster};
use serde_json::Value;
use testbed::until;

const PATIENCE: Duration = Duration::from_secs(180);

/// Hooks that are there at once, and one that takes its time; `c` is not removed before it is made.
const HOOKS: &str = r#"
{{- $first := "before-hook-creation" }}
{{- range list (list "a" $first) (list "b" $first) (list "c" "hook-succeeded") (list "d" $first) }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ index . 0 }}
  annotations: {helm.sh/hook: pre-install, helm.sh/hook-delete-policy: {{ index . 1 }}}
---
{{- end }}
apiVersion: batch/v1
kind: Job
metadata: {name: e, annotations: {helm.sh/hook: pre-install}}
spec:
  template:
    metadata: {annotations: {testbed/outcome: hang}}
    spec: {restartPolicy: Never, containers: [{name: main, image: "example.com/hook:1"}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: f, annotations: {helm.sh/hook: pre-install}}
"#;

fn phases(life: &Life) -> Vec<String> {
    let status: Value = serde_json::from_str(&life.well("status r -o json").stdout).expect("JSON");
    let mut phases: Vec<String> = status["hooks"].as_array().into_iter().flatten().map(phase).collect();
    phases.sort();
    phases
}

fn phase(hook: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    format!("{} {}", text(&hook["name"]), text(&hook["last_run"]["phase"]))
}

#[test]
fn hooks_that_follow_each_other_at_once_share_a_record() {
    let life = Life::new();
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("templates")).expect("made");
    std::fs::write(folder.path().join("Chart.yaml"), "apiVersion: v2\nname: hooks\nversion: 1.0.0\n").expect("written");
    std::fs::write(folder.path().join("templates/hooks.yaml"), HOOKS).expect("written");
    let line = format!("install r {}", folder.path().display());
    let mark = cluster().mark().expect("a mark");
    let mut child = life.command(&line).spawn().expect("it starts");
    until("the job", PATIENCE, || Ok((!life.all("/apis/batch/v1/jobs").is_empty()).then_some(()))).expect("the job");
    assert_eq!(phases(&life), ["a Succeeded", "b Succeeded", "c Running", "d Running", "e Running", "f "]);
    child.kill().expect("killed");
    child.wait().expect("ended");
    let requests = cluster().audit(mark).expect("the audit log");
    let records = requests.iter().filter(|request| request.user == life.user && request.resource == "secrets");
    let writes: Vec<&str> =
        records.map(|request| request.verb.as_str()).filter(|verb| matches!(*verb, "create" | "update")).collect();
    assert_eq!(writes, ["create", "update", "update"], "the release, a and b, c to e");
    let ran = life.well("uninstall r --wait");
    assert!(ran.stderr.contains("did not come to its end"), "{}", ran.stderr);
    assert!(life.all("/apis/batch/v1/jobs").is_empty());
}
