//! `cargo xtask TASK`: every task of this repository as plain Rust, from a bare machine with cargo.
//! This file only chooses the task; each task is a module named after it.

mod bench;
mod check;
mod conformance;
mod corpus;
mod fuzz;
mod machine;
mod packages;
mod parallel;
mod peers;
mod progress;
mod scenarios;
mod tally;
mod test;
mod testbed;
mod workspace;

use std::process::ExitCode;

use tally::Tally;
use workspace::Workspace;

/// What a task answers: its counts, or why it could not run at all.
pub type Outcome = Result<Tally, String>;

struct Task {
    name: &'static str,
    usage: &'static str,
    about: &'static str,
    run: fn(&Workspace, &[String]) -> Outcome,
}

const TASKS: &[Task] = &[
    Task { name: "test", usage: "", about: "everything, as CI runs it", run: test::run },
    Task { name: "check", usage: "", about: "format, clippy, layers, sizes, dependencies, words", run: check::run },
    Task { name: "layers", usage: "", about: "crate edges against layers.toml", run: check::layers },
    Task {
        name: "conformance",
        usage: "[--only REGEX] [--bless] [--bin PATH] [--list]",
        about: "our cases against goldens made by real Helm",
        run: conformance::run,
    },
    Task {
        name: "limits",
        usage: "[--only REGEX] [--bin PATH]",
        about: "hostile charts end in a clear error, soon",
        run: conformance::limits::run,
    },
    Task {
        name: "growth",
        usage: "[--only REGEX] [--bin PATH]",
        about: "twice the input costs twice the time",
        run: conformance::growth::run,
    },
    Task {
        name: "corpus",
        usage: "[--bin PATH] [ARGUMENTS OF run_corpus.py]",
        about: "real charts, where ../shared/corpus is there",
        run: corpus::run,
    },
    Task {
        name: "probes",
        usage: "[--bin PATH]",
        about: "single functions, where ../shared/corpus is there",
        run: corpus::run_probes,
    },
    Task { name: "peers", usage: "", about: "fetch the real helm and kubectl, print their paths", run: peers::run },
    Task {
        name: "testbed",
        usage: "build | up [--dir FOLDER]",
        about: "a real Kubernetes control plane for tests and for trying things",
        run: testbed::run,
    },
    Task {
        name: "scenarios",
        usage: "[--only REGEX] [--bless] [--bin PATH] [--list]",
        about: "lives of releases on a cluster, alone and in turn with real Helm",
        run: scenarios::run,
    },
    Task {
        name: "bench",
        usage: "[ARGUMENTS OF bench.py]",
        about: "speed against real Helm, where ../shared/bench is there",
        run: bench::run,
    },
    Task {
        name: "fuzz",
        usage: "TARGET [SECONDS] | keep TARGET | seeds",
        about: "fuzz one parser (template, yaml, regex, archive, set, schema)",
        run: fuzz::run,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let task = arguments.first().and_then(|name| TASKS.iter().find(|task| task.name == name));
    let Some(task) = task else {
        eprint!("{}", usage());
        return ExitCode::from(2);
    };
    let outcome = Workspace::locate().and_then(|workspace| (task.run)(&workspace, &arguments[1..]));
    match outcome {
        Ok(tally) if tally.is_clean() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(reason) => {
            eprintln!("cargo xtask {}: {reason}", task.name);
            ExitCode::FAILURE
        }
    }
}

fn usage() -> String {
    let mut text = String::from("usage: cargo xtask TASK [ARGUMENTS]\n\n");
    for task in TASKS {
        let call = format!("{} {}", task.name, task.usage);
        text.push_str(&format!("  {:<66} {}\n", call.trim_end(), task.about));
    }
    text
}
