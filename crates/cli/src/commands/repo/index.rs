//! `repo index`: makes the index of a folder of packaged charts.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use repo::build::{Built, Form};
use repo::index::Index;

use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::flags::Flag;
use crate::log::Stderr;

static FLAGS: &[Flag] = &[
    Flag::string("url", "URL of the chart repository"),
    Flag::string("merge", "index whose charts are kept, where the folder has no newer ones"),
    Flag::bool("json", "write the index in JSON"),
];

pub static COMMAND: Command = Command {
    name: "index",
    operands: "[DIR]",
    short: "generate an index file given a directory containing packaged charts",
    long: "Reads the packaged charts of a folder, and of the folders in it, and writes their index.yaml.",
    args: Args::Exactly(1),
    flags: &[FLAGS],
    run: Some(run),
    ..Command::EMPTY
};

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let flags = &invocation.flags;
    let dir = absolute(flags.args.first().map(String::as_str).unwrap_or_default())?;
    let form = if flags.bool("json") { Form::Json } else { Form::Yaml };
    let mut built = Built::of_folder(&dir, flags.string("url"), form, &mut Stderr)?;
    let merge = Path::new(flags.string("merge"));
    if !merge.as_os_str().is_empty() {
        match std::fs::metadata(merge) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                // Helm does not mind when this fails.
                let _ = Built::new(form).save(merge);
            }
            _ => {
                let other = Index::load_without_trace(merge, &mut Stderr)
                    .map_err(|error| Failure::new(format!("merge failed: {}", error.text)))?;
                built.merge(&other, &mut Stderr)?;
            }
        }
    }
    Ok(built.save(&dir.join("index.yaml"))?)
}

fn absolute(path: &str) -> Result<PathBuf, Failure> {
    let path = if path.is_empty() { "." } else { path };
    let absolute =
        std::path::absolute(path).map_err(|error| Failure::new(format!("cannot find the path of {path}: {error}")))?;
    let cleaned = gostd::path::clean(absolute.as_os_str().as_encoded_bytes());
    Ok(PathBuf::from(String::from_utf8_lossy(&cleaned).into_owned()))
}
