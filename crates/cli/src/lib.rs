//! Helm-compatible commands: arguments in, text and an exit code out.

mod command;
mod commands;
mod dispatch;
mod explain;
mod failure;
mod flags;
mod folder;
mod helm2;
mod help;
mod hints;
mod interrupt;
mod journal;
mod jsonpath;
mod kubeconfig;
mod log;
mod out;
mod output;
mod output_dir;
mod outside;
mod passphrase;
mod password;
mod plugins;
mod progress;
mod remote;
mod schema_references;
mod selector;
mod session;
mod settings;
mod show_only;
mod source_date;
mod suggest;
mod tables;

/// Stack of the thread that does the work: Go's limit, since charts that Helm renders may nest as deep. Only what is
/// used is ever committed.
const STACK_BYTES: usize = 1 << 30;

pub use outside::Outside;

/// Runs a command line without its first word; returns the exit code unless the command has ended the process.
///
/// `outside` are commands that the binary brings along: they are asked first, and only by their names.
pub fn run(args: Vec<String>, outside: &[Outside]) -> u8 {
    if let Some((command, rest)) = outside::find(outside, &args) {
        return (command.run)(rest);
    }
    // The thread that did the work ends the process: there is nothing left to wait for.
    let work = move || std::process::exit(i32::from(dispatch::run(&args)));
    match std::thread::Builder::new().stack_size(STACK_BYTES).spawn(work) {
        Ok(thread) => thread.join().unwrap_or(2),
        Err(error) => {
            eprintln!("Error: cannot start the working thread: {error}");
            1
        }
    }
}
