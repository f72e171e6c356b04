//! `upgrade --diff`: shown, asked, done.

use std::fs::File;
use std::io::{Read, Write};
use std::process::Stdio;

use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

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

/// Runs a command on a terminal, answers its question; returns what followed on the terminal, and the exit code.
fn answered(bench: &Bench, args: &[&str], answer: &str) -> (String, i32) {
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&terminal).expect("access");
    unlockpt(&terminal).expect("access");
    let name = ptsname(&terminal, Vec::new()).expect("a name");
    let end = open(name.as_c_str(), OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).expect("the other end");
    let mut command = bench.command(bench.namespace.name(), args);
    command.stdin(end.try_clone().expect("the other end")).stderr(end).stdout(Stdio::null());
    let mut child = command.spawn().expect("it starts");
    // Holds the other end too, which would stay open.
    drop(command);
    let mut terminal = File::from(terminal);
    let mut shown = String::new();
    let mut byte = [0];
    while !shown.ends_with("Apply these changes? [y/N] ") {
        terminal.read_exact(&mut byte).expect("a question");
        shown.push(char::from(byte[0]));
    }
    terminal.write_all(answer.as_bytes()).expect("an answer");
    let mut rest = Vec::new();
    // The end of a terminal is an error.
    let _ = terminal.read_to_end(&mut rest);
    (bench.text(&rest), child.wait().expect("it ends").code().unwrap_or(-1))
}

#[test]
fn on_a_terminal_it_is_asked() {
    let bench = Bench::installed(&[]);
    let args = ["upgrade", "tour", "TOUR", "--diff", "--no-hooks", "--set=image=app:2"];
    let (told, code) = answered(&bench, &args, "n\n");
    assert_eq!((told.as_str(), code), ("n\r\nError: cancelled: nothing was changed\r\n", 1));
    assert_eq!(revisions(&bench), 1);
    let (told, code) = answered(&bench, &args, "y\n");
    assert_eq!((told.as_str(), code), ("y\r\n", 0));
    assert_eq!(revisions(&bench), 2);
    // Without a difference it is a revision all the same.
    let (_, code) = answered(&bench, &args, "yes\n");
    assert_eq!((code, revisions(&bench)), (0, 3));
    // Nobody has begun anything that would have to be stopped.
    let (told, code) = answered(&bench, &args, "\u{4}");
    assert_eq!((told.as_str(), code), ("Error: cancelled: nothing was changed\r\n", 1));
}
