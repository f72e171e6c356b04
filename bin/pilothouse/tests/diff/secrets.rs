//! Values of Secrets are never shown: in no form, in no command, also where the server quotes them.

use crate::bench::Bench;

/// The values, as text and as base64.
const HIDDEN: [&str; 6] = ["hunter2", "aHVudGVyMg", "swordfish", "c3dvcmRmaXNo", "steady", "c3RlYWR5"];

#[test]
fn values_are_never_shown() {
    let bench = Bench::installed(&[]);
    bench.well(&["upgrade", "tour", "TOUR", "--set=token=swordfish"]);
    // kubectl remembers the values in an annotation.
    bench.kubectl(&["get", "secret", "secret", "-o", "name"]);
    bench.kubectl(&[
        "annotate",
        "secret",
        "secret",
        "kubectl.kubernetes.io/last-applied-configuration={\"kind\":\"Secret\",\"data\":{\"token\":\"c3dvcmRmaXNo\"}}",
    ]);
    let upgrade = ["diff", "upgrade", "tour", "TOUR", "--set=token=hunter2", "-C-1"];
    let commands: &[&[&str]] = &[
        &upgrade,
        &["diff", "upgrade", "tour", "TOUR", "--set=token=hunter2,extra=false,image=app:2", "-C-1", "--include-tests"],
        &["diff", "upgrade", "tour", "TOUR", "--set=token=hunter2", "--force-replace", "--server-side=false", "-C-1"],
        &["diff", "rollback", "tour", "1", "-C-1"],
        &["diff", "revision", "tour", "1", "-C-1"],
        &["upgrade", "tour", "TOUR", "--diff", "--set=token=hunter2", "-C-1"],
    ];
    for command in commands {
        let ran = bench.run(command);
        assert!(ran.stdout.contains("++++++++ # (7 bytes)") || ran.stdout.contains("++++++++ # (9 bytes)"), "{ran:?}");
        hidden(&ran);
        if command[0] == "diff" {
            hidden(&bench.run(&[*command, &["-o=json"]].concat()));
        }
    }
    let shown = bench.well(&[&upgrade[..], &["--show-secrets"]].concat());
    assert!(shown.contains("-   token: c3dvcmRmaXNo\n+   token: aHVudGVyMg==\n"), "{shown}");
    let decoded = bench.well(&[&upgrade[..], &["--show-secrets-decoded"]].concat());
    assert!(decoded.contains("-   token: swordfish\n+   token: hunter2\n"), "{decoded}");
}

#[test]
fn what_the_server_says_of_a_secret_is_not_repeated() {
    let bench = Bench::installed(&[]);
    bench.kubectl(&["patch", "secret", "secret", "-p", "{\"immutable\":true}"]);
    let args = ["diff", "upgrade", "tour", "TOUR", "--set=token=swordfish", "--no-hooks"];
    let ran = bench.run(&args);
    let expected = "NS, secret, Secret (v1) is refused by the server:
! Invalid (422); data FieldValueForbidden; the server's words may quote the Secret; --show-secrets shows them
Plan: 0 to add, 0 to change, 0 to destroy, 1 refused by the server.
";
    assert_eq!((ran.stdout.as_str(), ran.code), (expected, 1));
    hidden(&bench.run(&[&args[..], &["-o=json"]].concat()));
    let ran = bench.run(&[&args[..], &["--show-secrets"]].concat());
    assert!(ran.stdout.contains("! server-side apply failed for object NS/secret /v1, Kind=Secret: Secret \"secret\" is invalid: data: Forbidden: field is immutable when `immutable` is set\n"), "{ran:?}");
}

fn hidden(ran: &crate::bench::Ran) {
    let all = format!("{}{}", ran.stdout, ran.stderr);
    let found = HIDDEN.iter().find(|value| all.contains(**value));
    assert!(found.is_none(), "{found:?} in {all}");
}
