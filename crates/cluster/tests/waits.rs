//! Waits on a real control plane: what is ready, what is not yet, what will never be; Helm's words for it.

mod support;

use std::time::{Duration, Instant};

use cluster::{Apply, Client, Patience, Strategy, Unready, Wait};
use support::{chart, client, cluster, deployment, helm, namespace, resources};

fn wait(client: &Client, manifest: &str, how: Wait<'_>) -> Result<(), Box<Unready>> {
    let resources = resources(client, manifest);
    let live = client.create(&resources, Apply::default()).expect("created");
    client.wait(&live, how)
}

fn limit(seconds: u64) -> Wait<'static> {
    Wait::new(Strategy::Watcher, Duration::from_secs(seconds))
}

fn job(name: &str, annotations: &str) -> String {
    format!(
        "apiVersion: batch/v1\nkind: Job\nmetadata: {{name: {name}}}\nspec:\n  backoffLimit: 0\n  template:\n    \
         metadata: {{annotations: {{{annotations}}}}}\n    \
         spec: {{restartPolicy: Never, containers: [{{name: main, image: i}}]}}\n"
    )
}

#[test]
fn ready_objects_end_a_wait() {
    for strategy in [Strategy::Watcher, Strategy::Legacy] {
        let namespace = namespace();
        let client = client(&namespace);
        let manifest = [
            deployment("web", ""),
            "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: web}, ports: [{port: 80}]}\n".into(),
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n".into(),
            "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n  serviceName: db\n  replicas: 2\n  selector: {matchLabels: {app: db}}\n  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: main, image: i}]}}\n".into(),
            job("job", ""),
        ]
        .join("---\n");
        let how = Wait { jobs: true, ..Wait::new(strategy, Duration::from_secs(60)) };
        wait(&client, &manifest, how).unwrap_or_else(|error| panic!("{strategy:?}: {error}: {:?}", error.diagnoses));
    }
}

#[test]
fn an_image_that_cannot_be_pulled_ends_a_wait_at_once() {
    let namespace = namespace();
    let started = Instant::now();
    let error =
        wait(&client(&namespace), &deployment("web", "testbed/outcome: image-pull"), limit(120)).expect_err("an error");
    assert!(started.elapsed() < Duration::from_secs(60));
    assert!(error.hopeless);
    let text = error.to_string();
    assert!(text.starts_with(&format!("resource Deployment/{namespace}/web not ready. status: Failed, message: container main cannot get its image example.com/web:1: ErrImagePull")), "{text}");
    let container = &error.diagnoses[0].pods[0].containers[0];
    assert_eq!((container.state.as_str(), container.image.as_str()), ("waiting", "example.com/web:1"));
    assert!(error.diagnoses[0].events.iter().any(|event| event.reason == "Failed"), "{:?}", error.diagnoses[0].events);
}

#[test]
fn a_crash_loop_ends_a_wait_with_the_last_words() {
    let namespace = namespace();
    let error =
        wait(&client(&namespace), &deployment("web", "testbed/outcome: crash-loop"), limit(120)).expect_err("an error");
    assert!(error.hopeless, "{error}");
    let container = &error.diagnoses[0].pods[0].containers[0];
    assert_eq!((container.reason.as_str(), container.restarts), ("CrashLoopBackOff", 5));
    assert_eq!(container.log.last().map(String::as_str), Some("last line of the log"));
}

#[test]
fn a_used_up_quota_ends_a_wait() {
    let namespace = namespace();
    let client = client(&namespace);
    let quota = "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\nspec: {hard: {pods: '0'}}\n";
    client.create(&resources(&client, quota), Apply::default()).expect("created");
    testbed::until("the quota is counted", Duration::from_secs(180), || {
        let quota = client.lookup("v1", "ResourceQuota", namespace.name(), "q").expect("an answer");
        Ok((!quota["status"]["hard"].is_null()).then_some(()))
    })
    .expect("a counted quota");
    let set = "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {name: db}\nspec:\n  serviceName: db\n  selector: {matchLabels: {app: db}}\n  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: main, image: i}]}}\n";
    for manifest in [deployment("web", ""), set.to_owned()] {
        let error = wait(&client, &manifest, limit(120)).expect_err("an error");
        assert!(error.hopeless && error.to_string().contains("exceeded quota"), "{error}");
    }
}

#[test]
fn patience_waits_as_long_as_helm_and_says_the_same() {
    let namespaces = [namespace(), namespace()];
    let manifest =
        [deployment("web", "testbed/outcome: hang"), deployment("bad", "testbed/outcome: image-pull")].join("---\n");
    let kubeconfig = cluster().kubeconfig();
    let kubeconfig = kubeconfig.to_str().expect("a path");
    let folder = chart(&manifest);
    let path = folder.path().to_str().expect("a path");
    let ran = helm(kubeconfig, &namespaces[0], &["install", "r", path, "--wait", "--timeout", "40s"]);
    let how = Wait { patience: Patience::Endless, ..limit(40) };
    let error = wait(&client(&namespaces[1]), &manifest, how).expect_err("an error");
    let expected = ran.stderr.replace(namespaces[0].name(), namespaces[1].name());
    let lines: Vec<&str> = expected.lines().filter(|line| !line.starts_with("level=")).collect();
    assert_eq!(format!("Error: INSTALLATION FAILED: {error}"), lines.join("\n"));
}

#[test]
fn hooks_are_done_when_they_have_ended() {
    let namespace = namespace();
    let client = client(&namespace);
    for (strategy, text) in [
        (
            Strategy::HookOnly,
            format!("resource Job/{namespace}/bad not ready. status: Failed, message: Job Failed. failed: 1/1"),
        ),
        (Strategy::Legacy, "job bad failed: BackoffLimitExceeded".to_owned()),
    ] {
        let good = resources(&client, &job("good", ""));
        let good = client.create(&good, Apply::default()).expect("created");
        client.watch_until_ready(&good, Wait::new(strategy, Duration::from_secs(60))).expect("a good end");
        let bad = resources(&client, &job("bad", "testbed/outcome: fail"));
        let bad = client.create(&bad, Apply::default()).expect("created");
        let error =
            client.watch_until_ready(&bad, Wait::new(strategy, Duration::from_secs(60))).expect_err("a bad end");
        assert_eq!(error.to_string(), text);
        for jobs in [good, bad] {
            client.delete(&jobs, cluster::Propagation::Background);
            client.wait_for_delete(&jobs, limit(60)).expect("gone");
        }
    }
}

#[test]
fn hooks_that_are_removed_are_done_when_their_pod_is() {
    let namespace = namespace();
    let client = client(&namespace);
    let how = || Wait { brief: true, ..Wait::new(Strategy::HookOnly, Duration::from_secs(60)) };
    let limited = job("limited", "").replace("backoffLimit: 0", "activeDeadlineSeconds: 600");
    let several = job("several", "").replace("backoffLimit: 0", "completions: 3\n  parallelism: 2");
    for manifest in [job("plain", ""), limited, several] {
        let created = client.create(&resources(&client, &manifest), Apply::default()).expect("created");
        client.watch_until_ready(&created, how()).expect("a good end");
        let pods = client.lookup("v1", "Pod", namespace.name(), "").expect("an answer");
        let pods = pods["items"].as_array().expect("a list").iter();
        let succeeded = pods.filter(|pod| pod["status"]["phase"] == "Succeeded").count();
        assert_eq!(succeeded, if manifest.contains("completions") { 3 } else { 1 }, "{manifest}");
        client.delete(&created, cluster::Propagation::Background);
        client.wait_for_delete(&created, limit(60)).expect("gone");
        testbed::until("its pods are gone", Duration::from_secs(180), || {
            let pods = client.lookup("v1", "Pod", namespace.name(), "").expect("an answer");
            Ok(pods["items"].as_array().is_some_and(Vec::is_empty).then_some(()))
        })
        .expect("no pods");
    }
    let bad = client.create(&resources(&client, &job("bad", "testbed/outcome: fail")), Apply::default());
    let error = client.watch_until_ready(&bad.expect("created"), how()).expect_err("a bad end");
    assert!(error.to_string().contains("message: Job Failed. failed: 1/1"), "{error}");
}

#[test]
fn what_will_not_go_is_told() {
    let namespace = namespace();
    let client = client(&namespace);
    let manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: stays, finalizers: [example.com/never]}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: goes}\n";
    let all = resources(&client, manifest);
    client.create(&all, Apply::default()).expect("created");
    client.delete(&all, cluster::Propagation::Background);
    let error = client.wait_for_delete(&all, limit(3)).expect_err("an error");
    let text = format!(
        "resource ConfigMap/{namespace}/stays still exists. status: Terminating, message: Resource scheduled for deletion\ncontext deadline exceeded"
    );
    assert_eq!(error.to_string(), text);
    client
        .request(&cluster::Request::patch(
            all[0].path(),
            "application/merge-patch+json",
            b"{\"metadata\":{\"finalizers\":null}}".to_vec(),
        ))
        .expect("patched");
    client.wait_for_delete(&all, limit(30)).expect("gone");
}

#[test]
fn an_upgrade_that_repairs_is_not_stopped_by_what_it_repairs() {
    for kind in ["Deployment", "DaemonSet"] {
        let namespace = namespace();
        let client = client(&namespace);
        let broken = deployment("web", "testbed/outcome: image-pull").replace("Deployment", kind);
        let first = resources(&client, &broken);
        let live = client.create(&first, Apply::default()).expect("created");
        client.wait(&live, limit(60)).expect_err("a broken one");
        let second = resources(&client, &deployment("web", "fixed: 'true'").replace("Deployment", kind));
        let changes = client.update(&first, &second, cluster::Update::default()).expect("updated");
        client.wait(&changes.updated, limit(60)).unwrap_or_else(|error| panic!("{kind}: {error}"));
    }
}

#[test]
fn a_hook_without_its_image_ends_at_once() {
    let namespace = namespace();
    let client = client(&namespace);
    let hook = resources(&client, &job("hook", "testbed/outcome: image-pull"));
    let live = client.create(&hook, Apply::default()).expect("created");
    let how = Wait::new(Strategy::HookOnly, Duration::from_secs(120));
    let error = client.watch_until_ready(&live, how).expect_err("an error");
    assert!(error.hopeless && error.to_string().contains("cannot get its image"), "{error}");
}
