//! `peers registry ACCESS` and `peers files FOLDER …`: what `cargo xtask conformance` runs.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use peers::files::Server;
use peers::registry::{Access, Line, Registry};

const USAGE: &str = "usage: peers registry everybody|basic|tokens|distribution-tokens
       peers files FOLDER [tls|mtls|self-signed|password|packed|etag]... [PATH=ANSWER]...

  registry  starts a registry, prints its host and port, and ends when standard input does
  files     serves a folder, prints its URL, and ends when standard input does; certificates are written to FOLDER/tls, the
            password is that of u:p, ANSWER is 'status 404 Not Found', 'redirect 302 URL' ($OTHER is this
            server by the name localhost), 'cut BYTES' or 'silence', and counts
            for the next request, with 'always' before it for all
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["registry", "everybody"] => serve(Access::Everybody),
        ["registry", "basic"] => serve(Access::Basic),
        ["registry", "tokens"] => serve(Access::Tokens),
        ["registry", "distribution-tokens"] => serve(Access::DistributionTokens),
        ["files", folder, how @ ..] => serve_files(folder, how),
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

fn serve_files(folder: &str, how: &[&str]) -> Result<(), String> {
    let server = peers::files::Options::parse(Path::new(folder), how).and_then(Server::start);
    let server = server.map_err(|error| format!("cannot serve {folder}: {error}"))?;
    println!("{}", server.url());
    wait();
    Ok(())
}

/// Waits for the end of standard input. What comes is of no interest; an error ends it too.
fn wait() {
    let _ = std::io::stdin().lock().read_to_end(&mut Vec::new());
}

fn serve(access: Access) -> Result<(), String> {
    let registry = Registry::try_start(access, &Line::Plain)?;
    println!("{}", registry.host());
    wait();
    Ok(())
}
