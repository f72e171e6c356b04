//! Moves archives that were fetched into the folder `charts`, and takes out those that are no longer wanted
//! (`safeMoveDeps` of `pkg/downloader/manager.go`).

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;

use chart::Dependency;
use chart::log::Log;
use chart::os_error::{path_error, reason};
use gostd::GoError;

use crate::write;

/// An entry of a folder.
struct Entry {
    name: String,
    is_folder: bool,
}

/// Moves what is in `source` to `charts`, and deletes archives of `charts` that `source` has not.
///
/// What is no chart stays where it is; charts that have no repository are not deleted.
///
/// # Errors
/// One of the folders cannot be listed. All else is told on `out`.
pub fn all(
    dependencies: &[Dependency],
    (source, charts): (&Path, &Path),
    out: &mut dyn Write,
    log: &mut dyn Log,
) -> Result<(), GoError> {
    let new = entries(source)?;
    let old = entries(charts)?;
    for entry in new.iter().filter(|entry| !entry.is_folder) {
        move_one(&source.join(&entry.name), &charts.join(&entry.name), out, log);
    }
    say(out, "Deleting outdated charts\n");
    let kept: BTreeSet<&str> = new.iter().filter(|entry| !entry.is_folder).map(|entry| entry.name.as_str()).collect();
    let local: BTreeSet<&str> =
        dependencies.iter().filter(|d| d.repository.is_empty()).map(|d| d.name.as_str()).collect();
    for entry in old.iter().filter(|entry| !entry.is_folder && !kept.contains(entry.name.as_str())) {
        delete(&charts.join(&entry.name), &local, out, log);
    }
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<Entry>, GoError> {
    let failed = |error| path_error("open", folder, &error);
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        entries.push(Entry { name: entry.file_name().to_string_lossy().into_owned(), is_folder });
    }
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(entries)
}

fn move_one(from: &Path, to: &Path, out: &mut dyn Write, log: &mut dyn Log) {
    let name = from.to_string_lossy();
    if let Err(error) = chart::load_any_version(from, log) {
        say(out, &format!("Could not verify {name} for moving: {} (Skipping)", error.text));
    } else if let Err(error) = write::rename(from, to) {
        say(out, &format!("Unable to move {name} to charts dir {} (Skipping)", error.text));
    }
}

fn delete(path: &Path, local: &BTreeSet<&str>, out: &mut dyn Write, log: &mut dyn Log) {
    let name = path.to_string_lossy();
    match chart::load_any_version(path, log) {
        Err(error) => say(out, &format!("Could not verify {name} for deletion: {} (Skipping)\n", error.text)),
        Ok(chart) if local.contains(chart.name()) => {}
        Ok(_) => {
            if let Err(error) = fs::remove_file(path) {
                let reason = reason(&error);
                say(out, &format!("Could not delete {name}: remove {name}: {reason} (Skipping)"));
            }
        }
    }
}

/// Tells something; that nobody listens is no reason to stop half way.
pub fn say(out: &mut dyn Write, text: &str) {
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
