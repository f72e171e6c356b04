//! `testbed build|up|requests`: what `cargo xtask` runs.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use testbed::{Cluster, Options};

const USAGE: &str = "usage: testbed build | up [--dir FOLDER] [--with-parent] | requests FOLDER

  build           builds the programs of the test bed, and prints their paths
  requests        passes requests on to the cluster in FOLDER, a line each, until standard input ends
  up              starts a cluster, prints the path of its kubeconfig, and ends with Ctrl-C
  --dir FOLDER    where the cluster lives; it stays there when the cluster has ended
  --with-parent   the cluster ends when standard input does
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["build"] => build(),
        ["up", rest @ ..] => up(rest),
        ["requests", folder] => requests(Path::new(folder)),
        _ => Err(USAGE.to_string()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{}", reason.trim_end());
            ExitCode::FAILURE
        }
    }
}

fn build() -> Result<(), String> {
    let binaries = testbed::build()?;
    println!("{}\n{}", binaries.controlplane.display(), binaries.kwok.display());
    // Last: what they have in common with the cluster is compiled by then.
    testbed::programs()?.iter().for_each(|program| println!("{}", program.display()));
    Ok(())
}

fn requests(folder: &Path) -> Result<(), String> {
    let cluster = Cluster::open(folder)?;
    let answered = testbed::answer_requests(&cluster.steady_api()?, std::io::stdin().lock(), std::io::stdout().lock());
    answered.map_err(|e| format!("requests: {e}"))
}

fn up(words: &[&str]) -> Result<(), String> {
    let (mut options, mut with_parent) = (Options::default(), false);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--dir" => options.folder = Some(PathBuf::from(words.next().ok_or(USAGE)?)),
            "--with-parent" => with_parent = true,
            _ => return Err(USAGE.to_string()),
        }
    }
    let cluster = Cluster::start(options)?;
    println!("{}", cluster.kubeconfig().display());
    if with_parent {
        // What comes is of no interest, only that it ends; an error ends it too.
        let _ = std::io::stdin().lock().read_to_end(&mut Vec::new());
        return Ok(());
    }
    eprintln!("the cluster is ready: export KUBECONFIG={}", cluster.kubeconfig().display());
    eprintln!("Ctrl-C ends it");
    loop {
        // Ctrl-C ends this process, and its pipes with it, which the parts of the cluster wait for.
        std::thread::park();
    }
}
