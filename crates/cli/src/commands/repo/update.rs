//! `repo update`: fetches the indexes of repositories, several at a time.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use repo::update::{self, Freshness};
use repo::{Entry, File};

use super::Source;
use super::add::TIMEOUT;
use crate::command::{Args, Command, Invocation};
use crate::failure::Failure;
use crate::flags::Flag;
use crate::log::{self, Stderr};
use crate::out;
use crate::settings::Settings;

static FLAGS: &[Flag] = &[TIMEOUT];

pub static COMMAND: Command = Command {
    name: "update",
    aliases: &["up"],
    operands: "[REPO1 [REPO2 ...]]",
    short: "update information of available charts locally from chart repositories",
    long: "Fetches the indexes of chart repositories, of all or of those that are named.",
    args: Args::AtLeast(0),
    flags: &[FLAGS],
    run: Some(run),
    ..Command::EMPTY
};

const NONE: &str = "no repositories found. You must add one before updating";

/// Helm fetches all at once; more than these only wait for each other.
const THREADS: usize = 8;

fn run(invocation: &Invocation) -> Result<(), Failure> {
    let (flags, settings) = (&invocation.flags, &invocation.settings);
    let wanted = wanted(&settings.repository_config, &flags.args)?;
    let mut sources = Vec::with_capacity(wanted.len());
    for entry in wanted {
        // Plugins are looked for, and those with problems told, for each repository.
        let source = Source::of(flags, settings);
        update::check(&entry, &source)?;
        sources.push((entry, source));
    }
    out::write(b"Hang tight while we grab the latest from your chart repositories...\n")?;
    let failed = fetch(&sources, settings)?;
    if !failed.is_empty() {
        let urls = failed.join(" ");
        return Err(Failure::new(format!("failed to update the following repositories: [{urls}]")));
    }
    out::write("Update Complete. ⎈Happy Helming!⎈\n".as_bytes())
}

fn wanted(path: &str, names: &[String]) -> Result<Vec<Entry>, Failure> {
    let file = File::load(Path::new(path)).map_err(|error| match error {
        repo::LoadError::Missing(_) => Failure::new(NONE),
        repo::LoadError::Other(error) => Failure::new(format!("failed loading file: {path}: {}", error.text)),
    })?;
    if file.entries.is_empty() {
        return Err(NONE.into());
    }
    if let Some(name) = names.iter().find(|name| file.get(name).is_none()) {
        let text = format!("no repositories found matching '{name}'.  Nothing will be updated");
        return Err(Failure::new(text));
    }
    Ok(file.entries.into_iter().filter(|entry| names.is_empty() || names.contains(&entry.name)).collect())
}

/// Fetches the indexes; returns the URLs of repositories that failed.
fn fetch(entries: &[(Entry, Source)], settings: &Settings) -> Result<Vec<String>, Failure> {
    let next = AtomicUsize::new(0);
    let told = Mutex::new((Vec::new(), Ok(())));
    let is_debug = log::is_debug();
    std::thread::scope(|scope| {
        for _ in 0..entries.len().min(THREADS) {
            scope.spawn(|| {
                log::set_debug(is_debug);
                while let Some((entry, source)) = entries.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let folder = Path::new(&settings.repository_cache);
                    let outcome = update::download(entry, folder, source, Freshness::IfChanged, &mut Stderr);
                    let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
                    let written = tell(entry, outcome.map(drop).map_err(|error| error.text), &mut told.0);
                    told.1 = std::mem::replace(&mut told.1, Ok(())).and(written);
                }
            });
        }
    });
    let (failed, written) = told.into_inner().unwrap_or_else(PoisonError::into_inner);
    written.map(|()| failed)
}

fn tell(entry: &Entry, outcome: Result<(), String>, failed: &mut Vec<String>) -> Result<(), Failure> {
    let Entry { name, url, .. } = entry;
    let name = String::from_utf8_lossy(&gostd::strconv::quote(name.as_bytes())).into_owned();
    match outcome {
        Ok(()) => out::write(format!("...Successfully got an update from the {name} chart repository\n").as_bytes()),
        Err(error) => {
            failed.push(url.clone());
            let text = format!("...Unable to get an update from the {name} chart repository ({url}):\n\t{error}\n");
            out::write(text.as_bytes())
        }
    }
}
