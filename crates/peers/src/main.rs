//! `peers registry ACCESS`: what `cargo xtask conformance` runs.

use std::io::Read;
use std::process::ExitCode;

use peers::registry::{Access, Registry};

const USAGE: &str = "usage: peers registry everybody|basic|tokens|distribution-tokens

  registry  starts a registry, prints its host and port, and ends when standard input does
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["registry", "everybody"] => serve(Access::Everybody),
        ["registry", "basic"] => serve(Access::Basic),
        ["registry", "tokens"] => serve(Access::Tokens),
        ["registry", "distribution-tokens"] => serve(Access::DistributionTokens),
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{}", reason.trim_end());
            ExitCode::FAILURE
        }
    }
}

fn serve(access: Access) -> Result<(), String> {
    let registry = Registry::try_start(access)?;
    println!("{}", registry.host());
    // What comes is of no interest, only that it ends; an error ends it too.
    let _ = std::io::stdin().lock().read_to_end(&mut Vec::new());
    Ok(())
}
