//! `upgrade --diff`: shown, asked, done.

use crate::bench::Bench;

const SHOWN: &str = "NS, web, StatefulSet (apps) has changed:
...
-       - image: app:1
+       - image: app:2
...
";

fn revisions(bench: &Bench) -> usize {
    bench.well(&["history", "tour"]).lines().count() - 1
}

#[test]
fn without_a_terminal_nothing_is_done_unless_yes_is_said() {
    let bench = Bench::installed(&[]);
    let args = ["upgrade", "tour", "TOUR", "--diff", "--no-hooks", "-C0", "--set=image=app:2"];
    let ran = bench.run(&args);
    let text = "Error: cannot ask whether to apply these changes: stdin is not a terminal. Nothing was changed; add --yes to apply without asking\n";
    assert_eq!((ran.stderr.as_str(), ran.code), (text, 1));
    assert!(ran.stdout.contains(SHOWN), "{ran:?}");
    assert_eq!(revisions(&bench), 1);

    let told = bench.well(&[&args[..], &["--dry-run=server", "--hide-notes"]].concat());
    assert!(told.contains(SHOWN) && told.contains("STATUS: pending-upgrade"), "{told}");
    assert_eq!(revisions(&bench), 1);

    let told = bench.well(&[&args[..], &["--yes"]].concat());
    assert!(told.contains(SHOWN) && told.contains("Release \"tour\" has been upgraded. Happy Helming!\n"), "{told}");
    assert_eq!(revisions(&bench), 2);

    let ran = bench.run(&[&args[..], &["-y", "-o=json"]].concat());
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).expect("JSON alone");
    assert_eq!(told["version"], 3);
    assert_eq!(ran.stderr, "Plan: 0 to add, 0 to change, 0 to destroy.\n");
}

#[test]
fn what_the_server_refuses_is_not_begun() {
    let bench = Bench::installed(&[]);
    let ran = bench.run(&["upgrade", "tour", "TOUR", "--diff", "--yes", "--no-hooks", "--set=app=other"]);
    assert_eq!((ran.stderr.as_str(), ran.code), ("Error: the server refuses 1 of 5 objects\n", 1));
    assert_eq!(revisions(&bench), 1);
}

#[test]
fn an_installation_is_shown_too() {
    let bench = Bench::new();
    let args = ["upgrade", "-i", "tour", "TOUR", "--diff", "--no-hooks", "--hide-notes"];
    let ran = bench.run(&args);
    assert_eq!(ran.code, 1, "{ran:?}");
    let told = bench.well(&[&args[..], &["--yes"]].concat());
    for line in [
        "NS, web, StatefulSet (apps) has been added:\n",
        "Release tour does not exist: this installs it.\nPlan: 5 to add, 0 to change, 0 to destroy.\n",
        "STATUS: deployed\n",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    assert_eq!(revisions(&bench), 1);
}
