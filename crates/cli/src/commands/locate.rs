//! Finds the chart that an argument names (`LocateChart` in Helm's `pkg/action/install.go`).

use std::path::{Path, PathBuf};

use download::{Locate, verify};

use crate::command::Invocation;
use crate::failure::Failure;
use crate::folder;
use crate::remote::{self, Remote};
use crate::tables::keyring;

/// Returns the absolute path of a chart folder or archive; what is not on this computer is fetched.
///
/// # Errors
/// Helm's texts.
pub fn chart_path(reference: &str, invocation: &Invocation, remote: &Remote) -> Result<PathBuf, Failure> {
    let flags = &invocation.flags;
    let (reference, repository) = (reference.trim(), flags.string("repo"));
    let version = remote::version(flags);
    let keyring = keyring(flags);
    if repository.is_empty() {
        if Path::new(reference).exists() {
            let path = folder::absolute(reference)?;
            if flags.bool("verify") {
                verify::chart_file(&path, &beside(&path), &keyring)?;
            }
            return Ok(path);
        }
        if reference.starts_with('/') || reference.starts_with('.') {
            let quoted = String::from_utf8_lossy(&gostd::strconv::quote(reference.as_bytes())).into_owned();
            return Err(Failure::new(format!("path {quoted} not found")));
        }
    }
    let locate = Locate {
        sources: &remote.sources(invocation),
        repository,
        version: version.trim(),
        options: remote::options(flags),
        verify: remote::verify(flags),
        keyring: &keyring,
    };
    Ok(remote.with_console(|console| locate.fetch(reference, console))?)
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".prov");
    name.into()
}
