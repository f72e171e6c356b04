//! A wait that fails says why, on stderr after Helm's line.

mod life;

use life::Life;

#[test]
fn an_image_that_cannot_be_pulled_is_told_at_once() {
    let life = Life::new();
    let ran = life.run("install r CHART --wait --set outcome=image-pull");
    let lines: Vec<&str> = ran.stderr.lines().collect();
    let starts = |start: &str| lines.iter().any(|line| line.starts_with(start));
    assert!(ran.stderr.starts_with("Error: INSTALLATION FAILED: resource Deployment/NAMESPACE/web not ready. status: Failed, message: container main cannot get its image example.com/web:1: "), "{}", ran.stderr);
    assert!(
        starts("Deployment web in namespace NAMESPACE will not get ready: container main cannot get its image"),
        "{}",
        ran.stderr
    );
    assert!(starts("  condition Available is False: MinimumReplicasUnavailable: "), "{}", ran.stderr);
    assert!(starts("    container main (example.com/web:1) is waiting: "), "{}", ran.stderr);
    assert!(starts("    Pod/web-"), "{}", ran.stderr);
    // Helm's words alone, for whoever compares them.
    let ran = life.run("upgrade r CHART --wait --set outcome=image-pull --explain=false");
    assert_eq!(ran.stderr.lines().count(), 2, "{}", ran.stderr);
}

#[test]
fn a_hook_that_fails_shows_its_last_words() {
    let life = Life::new();
    let ran = life.run("install r CHART --set hook=fail");
    assert!(ran.stderr.starts_with("Error: INSTALLATION FAILED: failed pre-install: resource Job/NAMESPACE/hook not ready. status: Failed, message: Job Failed. failed: 1/1\n"), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("\nJob hook in namespace NAMESPACE: Failed: Job Failed. failed: 1/1\n"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains(", exit code 1\n"), "{}", ran.stderr);
    assert!(ran.stderr.contains("\n      | last line of the log"), "{}", ran.stderr);
}

#[test]
fn what_will_not_go_names_its_finalizers() {
    let life = Life::new();
    life.well("install r CHART");
    let namespace = life.namespace.name();
    let patch = "{\"metadata\":{\"finalizers\":[\"example.com/never\"]}}";
    let patched = |patch| {
        life::cluster().kubectl(&[
            "patch",
            "statefulset",
            "db",
            "--namespace",
            namespace,
            "--patch",
            patch,
            "--type",
            "merge",
        ])
    };
    patched(patch).expect("patched");
    let ran = life.run("uninstall r --wait --timeout 3s");
    patched("{\"metadata\":{\"finalizers\":null}}").expect("patched");
    assert!(ran.stderr.contains("\n  held by finalizers: example.com/never\n"), "{}", ran.stderr);
}

#[test]
fn a_removed_api_is_named_with_its_successor() {
    let life = Life::new();
    let folder = std::env::temp_dir().join(format!("removed-{}", life.namespace.name()));
    std::fs::create_dir_all(folder.join("templates")).expect("a folder");
    std::fs::write(folder.join("Chart.yaml"), "apiVersion: v2\nname: old\nversion: 1.0.0\n").expect("a file");
    let old = "apiVersion: policy/v1beta1\nkind: PodDisruptionBudget\nmetadata: {name: budget}\n";
    std::fs::write(folder.join("templates/all.yaml"), old).expect("a file");
    let ran = life.run(&format!("install r {}", folder.display()));
    std::fs::remove_dir_all(&folder).expect("removed");
    assert!(ran.stderr.starts_with("Error: INSTALLATION FAILED: unable to build kubernetes objects from release manifest: resource mapping not found for name: \"budget\" "), "{}", ran.stderr);
    assert!(
        ran.stderr
            .ends_with("\n\n  PodDisruptionBudget of policy/v1beta1 is gone since Kubernetes 1.25: use policy/v1\n"),
        "{}",
        ran.stderr
    );
}

/// A record from before an upgrade of the cluster names what the server no longer knows.
#[test]
fn a_removed_api_in_a_record_is_followed_to_its_successor() {
    let life = Life::new();
    let folder = std::env::temp_dir().join(format!("moved-{}", life.namespace.name()));
    let write = |version: &str| {
        std::fs::create_dir_all(folder.join("templates")).expect("a folder");
        std::fs::write(folder.join("Chart.yaml"), "apiVersion: v2\nname: old\nversion: 1.0.0\n").expect("a file");
        let manifest = format!(
            "apiVersion: {version}\nkind: PodDisruptionBudget\nmetadata: {{name: budget}}\nspec: {{minAvailable: 1}}\n"
        );
        std::fs::write(folder.join("templates/all.yaml"), manifest).expect("a file");
    };
    let chart = folder.to_str().expect("a path");
    write("policy/v1");
    life.well(&format!("install r {chart}"));
    life::rewrite_record(&life, 1, "policy/v1\n", "policy/v1beta1\n");
    let ran = life.run(&format!("upgrade r {chart}"));
    std::fs::remove_dir_all(&folder).expect("removed");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(
        ran.stderr,
        "level=WARN msg=\"the release's record names a removed API\" kind=PodDisruptionBudget name=budget api=policy/v1beta1 successor=policy/v1\n"
    );
    life::rewrite_record(&life, 2, "policy/v1\n", "policy/v1beta1\n");
    life.well("uninstall r");
    assert!(life.all("/apis/policy/v1/poddisruptionbudgets").is_empty());
}
