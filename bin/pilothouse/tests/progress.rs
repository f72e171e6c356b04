//! On a terminal, a wait shows how it goes and leaves nothing behind; elsewhere stderr stays empty.
#![cfg(unix)]

mod life;

use std::fs::File;
use std::io::Read;
use std::process::Stdio;

use life::Life;
use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// Runs a command whose stderr is a terminal; returns all that went to it.
fn on_terminal(life: &Life, line: &str) -> String {
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&terminal).expect("access");
    unlockpt(&terminal).expect("access");
    let name = ptsname(&terminal, Vec::new()).expect("a name");
    let end = open(name.as_c_str(), OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).expect("the other end");
    let mut command = life.command(line);
    command.stderr(Stdio::from(end)).env("TERM", "xterm");
    let child = command.spawn().expect("it starts");
    // Holds the other end too, which would stay open.
    drop(command);
    let mut bytes = Vec::new();
    // The end of a terminal is an error.
    let _ = File::from(terminal).read_to_end(&mut bytes);
    life.end_of(child);
    String::from_utf8_lossy(&bytes).replace(life.namespace.name(), "NAMESPACE")
}

#[test]
fn a_terminal_shows_how_a_wait_goes() {
    let life = Life::new();
    let shown = on_terminal(&life, "install r CHART --wait --set outcome=slow --timeout 2m");
    assert!(shown.starts_with("waiting for objects to be ready: "), "{shown:?}");
    assert!(shown.contains(" of 2:00\r\n  Deployment/NAMESPACE/web  InProgress  "), "{shown:?}");
    assert!(shown.ends_with("A\r\u{1b}[J"), "{shown:?}");
    let elsewhere = life.well("upgrade r CHART --wait --set outcome=slow,service=first");
    assert_eq!(elsewhere.stderr, "");
}
