//! The binary: arguments in, exit code out. What it is called decides whose words it takes.

use std::path::Path;
use std::process::ExitCode;

use chart_server::settings::Manner;
use cli::Outside;

/// Half of the time of a rendering goes into small allocations of one thread.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Servers: the command line must not know what they are made of.
static OUTSIDE: &[Outside] =
    &[Outside { words: &["repo", "serve"], run: serve }, Outside { words: &["serve"], run: serve }];

fn main() -> ExitCode {
    let mut words = std::env::args_os();
    let name = words.next().unwrap_or_default();
    let args: Vec<String> = words.map(|arg| arg.to_string_lossy().into_owned()).collect();
    if Path::new(&name).file_stem().is_some_and(|name| name == "chartmuseum") {
        return ExitCode::from(chart_server::command::run(Manner::Museum, &args));
    }
    ExitCode::from(cli::run(args, OUTSIDE))
}

fn serve(args: &[String]) -> u8 {
    chart_server::command::run(Manner::Serve, args)
}
