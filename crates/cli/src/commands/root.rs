//! The root of the command tree.

use super::{
    create, dependency, diff, env, get, history, install, lint, list, package, pull, push, registry, repo, rollback,
    search, show, status, template, test, unbuilt, uninstall, upgrade, verify, version,
};
use crate::command::Command;
use crate::tables::GLOBAL;

/// Named `helm`, whatever the binary is called: scripts read these messages.
pub static ROOT: Command = Command {
    name: "helm",
    short: "Pilothouse: Helm and what belongs around it, in one binary.",
    long: "Pilothouse runs applications on Kubernetes with Helm charts. Called as `helm` it is a drop-in for Helm 4.3.1.",
    flags: &[GLOBAL],
    // In Helm's order: suggestions are listed in it.
    sub: &[
        &create::COMMAND,
        &dependency::COMMAND,
        &pull::COMMAND,
        &show::COMMAND,
        &lint::COMMAND,
        &package::COMMAND,
        &repo::COMMAND,
        &search::COMMAND,
        &verify::COMMAND,
        &get::COMMAND,
        &history::COMMAND,
        &install::COMMAND,
        &list::COMMAND,
        &test::COMMAND,
        &rollback::COMMAND,
        &status::COMMAND,
        &template::COMMAND,
        &uninstall::COMMAND,
        &upgrade::COMMAND,
        &unbuilt::COMPLETION,
        &env::COMMAND,
        &unbuilt::PLUGIN,
        &version::COMMAND,
        &registry::COMMAND,
        &push::COMMAND,
        // Ours alone.
        &diff::COMMAND,
    ],
    ..Command::EMPTY
};
