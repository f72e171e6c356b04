//! Brings cached indexes up to date before versions are picked (`parallelRepoUpdate` of `pkg/downloader/manager.go`).

use std::path::Path;
use std::thread;

use gostd::GoError;
use gostd::strconv::quote;
use repo::Entry;
use repo::update::{self, Freshness};

use super::names::{UNMANAGED, distinct};
use crate::console::Console;
use crate::getters::Getters;
use crate::recorder::Recorder;
use crate::sources::Sources;

/// Indexes that are fetched at a time; each may be long.
const PARALLEL: usize = 8;

/// Fetches the indexes of repositories that the user has added.
///
/// # Errors
/// Only for a URL of which there is no getter: that an index cannot be had is told on the console.
pub fn managed(sources: &Sources, known: &[Entry], console: &mut Console<'_>) -> Result<(), GoError> {
    if known.is_empty() {
        return Ok(());
    }
    console.say("Hang tight while we grab the latest from your chart repositories...\n");
    all(sources, known, console)?;
    console.say("Update Complete. ⎈Happy Helming!⎈\n");
    Ok(())
}

/// Fetches the indexes of repositories that only Chart.yaml names.
///
/// # Errors
/// As [`managed`].
pub fn unmanaged(sources: &Sources, entries: &[Entry], console: &mut Console<'_>) -> Result<(), GoError> {
    if entries.is_empty() {
        return Ok(());
    }
    console.say("Getting updates for unmanaged Helm repositories...\n");
    all(sources, entries, console)
}

/// Fetches indexes beside each other. What came of each is told in the order of the file.
fn all(sources: &Sources, entries: &[Entry], console: &mut Console<'_>) -> Result<(), GoError> {
    let entries = distinct(entries);
    entries.iter().try_for_each(|entry| update::check(entry, &sources.getters))?;
    let folder = sources.places.repository_cache.as_path();
    for entries in entries.chunks(PARALLEL) {
        thread::scope(|scope| {
            let getters = &sources.getters;
            let fetch = |entry| move || fetched(entry, folder, getters);
            let started: Vec<_> = entries.iter().map(|entry| scope.spawn(fetch(entry))).collect();
            for (entry, started) in entries.iter().zip(started) {
                let (told, result) = started.join().unwrap_or_else(|_| lost());
                told.replay(console.log);
                console.say(&line(entry, &result));
            }
        });
    }
    sources.refreshed(entries.into_iter().map(|entry| entry.name));
    Ok(())
}

/// Errors of a thread are texts: they cross to another.
fn fetched(entry: &Entry, folder: &Path, getters: &Getters) -> (Recorder, Result<(), String>) {
    let mut told = Recorder::default();
    let result = update::download(entry, folder, getters, Freshness::IfChanged, &mut told);
    (told, result.map(drop).map_err(|error| error.text))
}

fn lost() -> (Recorder, Result<(), String>) {
    (Recorder::default(), Err("the download broke off".to_owned()))
}

/// Of a repository that nobody has added, the URL is its name.
fn line(entry: &Entry, result: &Result<(), String>) -> String {
    let is_unmanaged = entry.name.starts_with(UNMANAGED);
    let name = quoted(if is_unmanaged { &entry.url } else { &entry.name });
    match result {
        Ok(()) => format!("...Successfully got an update from the {name} chart repository\n"),
        Err(text) if is_unmanaged => {
            format!("...Unable to get an update from the {name} chart repository:\n\t{text}\n")
        }
        Err(text) => {
            format!("...Unable to get an update from the {name} chart repository ({}):\n\t{text}\n", entry.url)
        }
    }
}

fn quoted(text: &str) -> String {
    String::from_utf8_lossy(&quote(text.as_bytes())).into_owned()
}
