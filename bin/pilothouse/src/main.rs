//! The binary: arguments in, exit code out.

use std::process::ExitCode;

/// Half of the time of a rendering goes into small allocations of one thread.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = std::env::args_os().skip(1).map(|arg| arg.to_string_lossy().into_owned()).collect();
    ExitCode::from(cli::run(args))
}
