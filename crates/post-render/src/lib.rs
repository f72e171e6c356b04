//! Post-rendering: all documents of a chart through a plugin, and back into their files.
//!
//! Knows nothing of command lines, nor how manifests are sorted afterwards.

mod annotations;
mod fields;
mod merge;
mod resources;

use chart::log::Log;
use gostd::GoError;
use gostd::strconv::quote;
use plugin::Plugin;
use render::Files;

use merge::{merge, split};

/// A post-renderer with its arguments.
pub struct PostRenderer {
    plugin: Plugin,
    args: Vec<String>,
}

impl PostRenderer {
    /// Prepares to run a plugin.
    ///
    /// # Errors
    /// A plugin that is no program of the system.
    pub fn new(plugin: Plugin, args: Vec<String>) -> Result<Self, GoError> {
        if plugin.metadata.runtime != "subprocess" {
            return Err(GoError::new(
                "post-renderers with the runtime extism/v1 are not built yet in this version of Pilothouse; use helm \
                 for them",
            ));
        }
        Ok(PostRenderer { plugin, args })
    }

    /// Returns the files that the plugin makes of the rendered ones.
    ///
    /// # Errors
    /// Text that is no YAML, documents that are no mapping, a plugin that fails or prints nothing.
    pub fn apply(&self, files: &Files, log: &mut dyn Log) -> Result<Files, GoError> {
        let failed = |what: &str, error: GoError| GoError::wrap(format!("error {what}: {}", error.text), error);
        let merged = merge(files).map_err(|error| failed("merging manifests", error))?;
        let output = self.run(merged, log).map_err(|error| failed("while running post render on files", error))?;
        split(&output).map_err(|error| failed("while parsing post rendered output", error))
    }

    fn run(&self, input: Vec<u8>, log: &mut dyn Log) -> Result<Vec<u8>, GoError> {
        let name = String::from_utf8_lossy(&quote(self.plugin.metadata.name.as_bytes())).into_owned();
        let output = plugin::run(&self.plugin, &self.args, input, log)
            .map_err(|error| GoError::new(format!("failed to invoke post-renderer plugin {name}: {}", error.text)))?;
        if render::manifest::is_blank(&output) {
            return Err(GoError::new(format!("post-renderer {name} produced empty output")));
        }
        Ok(output)
    }
}
