//! The stack that commands run on: what is said where it cannot be had.

#![cfg(target_os = "linux")]

use std::process::{Command, Output};

#[test]
fn too_little_address_space_is_an_error_and_no_panic() {
    for kibibytes in [100_000, 500_000, 1_100_000] {
        let output = version_within(kibibytes);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{kibibytes}: {told}");
        assert!(told.starts_with("Error: cannot reserve 1073741824 bytes for the stack"), "{kibibytes}: {told}");
    }
}

#[test]
fn four_gigabytes_are_enough() {
    let output = version_within(4_000_000);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// `version` in a process whose address space has a limit.
fn version_within(kibibytes: u32) -> Output {
    let line = format!("ulimit -v {kibibytes} && exec \"$0\" version");
    Command::new("sh").args(["-c", &line, env!("CARGO_BIN_EXE_pilothouse")]).output().expect("sh runs")
}
