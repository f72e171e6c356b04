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
mod retired;
mod schema_references;
mod selector;
mod session;
mod settings;
mod show_only;
mod source_date;
mod stack;
mod suggest;
mod tables;

pub use outside::Outside;

/// Runs a command line without its first word; returns the exit code unless the command has ended the process.
///
/// `outside` are commands that the binary brings along: they are asked first, and only by their names.
pub fn run(args: Vec<String>, outside: &[Outside]) -> u8 {
    if let Some((command, rest)) = outside::find(outside, &args) {
        return (command.run)(rest);
    }
    // What did the work ends the process: nothing is taken apart that the end of the process takes anyway.
    stack::with(move || std::process::exit(i32::from(dispatch::run(&args))))
}
