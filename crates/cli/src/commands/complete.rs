//! Loads a chart that is to be rendered, with all that it depends on (`runInstall` in Helm's `pkg/cmd/install.go`).

use std::path::Path;

use chart::log::Log;
use chart::pack::Stamp;
use chart::{Chart, dependencies};
use download::{Manager, Sources, Verify};

use crate::command::Invocation;
use crate::failure::Failure;
use crate::log::Stderr;
use crate::remote::Remote;
use crate::source_date::stamp;
use crate::tables::keyring;

/// With what missing dependencies are fetched.
pub struct Completion<'a> {
    pub invocation: &'a Invocation,
    pub remote: &'a Remote,
    pub sources: &'a Sources,
}

/// Loads a chart; with `--dependency-update`, fetches what it lacks. Only what is installed must be an application.
///
/// # Errors
/// Helm's texts, as `library charts are not installable` and `an error occurred while checking for chart dependencies. …`.
pub fn chart(path: &Path, install: bool, completion: &Completion<'_>) -> Result<Chart, Failure> {
    let loaded = chart::load(path, &mut Stderr)?;
    let metadata = loaded.metadata();
    if install && !matches!(metadata.chart_type.as_str(), "" | "application") {
        return Err(Failure::new(format!("{} charts are not installable", metadata.chart_type)));
    }
    let warn = |wanted: bool| {
        if wanted && loaded.metadata().deprecated {
            Stderr.warn("this chart is deprecated", &[]);
        }
    };
    warn(install);
    // Helm looks at it even if there is nothing to pack.
    let stamp = if metadata.dependencies.is_empty() { Stamp::Files } else { stamp()? };
    let missing = dependencies::check(&loaded).err();
    let complete = match missing {
        None => None,
        Some(_) if completion.invocation.flags.bool("dependency-update") => {
            completion.update(path, stamp)?;
            Some(reloaded(path)?)
        }
        Some(missing) => {
            return Err(Failure::new(format!(
                "an error occurred while checking for chart dependencies. You may need to run 'helm dependency build' to \
                 fetch missing dependencies: {}",
                missing.text
            )));
        }
    };
    warn(!install);
    Ok(complete.unwrap_or(loaded))
}

fn reloaded(path: &Path) -> Result<Chart, Failure> {
    chart::load(path, &mut Stderr)
        .map_err(|error| Failure::new(format!("failed reloading chart after repo update: {}", error.text)))
}

impl Completion<'_> {
    fn update(&self, path: &Path, stamp: Stamp) -> Result<(), Failure> {
        let manager = Manager {
            chart: path.to_path_buf(),
            sources: self.sources,
            verify: Verify::Never,
            keyring: &keyring(&self.invocation.flags),
            skip_refresh: false,
            debug: self.invocation.settings.debug,
            stamp,
            digests: false,
        };
        Ok(self.remote.with_console(|console| manager.update(console))?)
    }
}
