//! Commands of Helm that Pilothouse does not have yet: each says so in one line and fails.

use crate::command::{Command, Invocation};
use crate::failure::Failure;

macro_rules! unbuilt {
    ($name:ident, $word:literal, $aliases:expr, $suggest:expr, $short:literal) => {
        pub static $name: Command = Command {
            name: $word,
            aliases: $aliases,
            suggest_for: $suggest,
            short: $short,
            run: Some({
                fn run(_: &Invocation) -> Result<(), Failure> {
                    Err(not_built($word))
                }
                run
            }),
            lenient: true,
            ..Command::EMPTY
        };
    };
}

fn not_built(word: &str) -> Failure {
    Failure::new(format!("`{word}` is not built yet in this version of Pilothouse; use helm for it"))
}

unbuilt!(COMPLETION, "completion", &[], &[], "completion scripts for a shell");
unbuilt!(PLUGIN, "plugin", &[], &[], "plugins");
