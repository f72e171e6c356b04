//! `--post-renderer`: a plugin that changes what was rendered.

mod command;
mod comment;
mod inline;
mod literal;
mod merge;
mod metadata;
mod plugin;
mod read;
mod scalar;
mod tree;
mod write;

use chart::log::Log;
use gostd::GoError;
use render::Files;

use crate::command::Invocation;
use crate::failure::Failure;
use crate::log::Stderr;
use metadata::quoted;
use plugin::Plugin;

/// A post-renderer with its arguments.
pub struct PostRenderer {
    plugin: Plugin,
    args: Vec<String>,
}

impl PostRenderer {
    /// Finds the plugin that the flags ask for.
    pub fn of(invocation: &Invocation) -> Result<Option<Self>, Failure> {
        let mut names = invocation.flags.all("post-renderer").filter(|name| !name.is_empty());
        let Some(name) = names.next() else { return Ok(None) };
        let folders = &invocation.settings.plugins_directory;
        warn_of_plugins(folders);
        let failed = |name: &str, cause: &str| {
            Failure::new(format!("invalid argument {} for \"--post-renderer\" flag: {cause}", quoted(name)))
        };
        let mut plugin = plugin::find(folders, name).map_err(|error| failed(name, &error.text))?;
        if let Some(second) = names.next() {
            return Err(failed(second, "cannot specify --post-renderer flag more than once"));
        }
        let args: Vec<String> = invocation.flags.array("post-renderer-args").iter().map(ToString::to_string).collect();
        for arg in &args {
            // Helm looks for it again, and warns again, with every argument.
            plugin = plugin::find(folders, name).map_err(|error| failed(arg, &error.text))?;
        }
        if plugin.metadata.runtime != "subprocess" {
            let text = "post-renderers with the runtime extism/v1 are not built yet in this version of Pilothouse; \
                        use helm for them";
            return Err(text.into());
        }
        Ok(Some(PostRenderer { plugin, args }))
    }

    /// Returns the files that the plugin makes of the rendered ones.
    pub fn apply(&self, files: &Files) -> Result<Files, GoError> {
        let failed = |what: &str, cause: String| GoError::new(format!("error {what}: {cause}"));
        let merged = merge::merge(files).map_err(|error| failed("merging manifests", error.text))?;
        let output = self.run(merged).map_err(|error| failed("while running post render on files", error.text))?;
        merge::split(&output).map_err(|error| failed("while parsing post rendered output", error.text))
    }

    fn run(&self, input: String) -> Result<Vec<u8>, GoError> {
        let name = quoted(&self.plugin.metadata.name);
        let output = command::run(&self.plugin, &self.args, input)
            .map_err(|error| GoError::new(format!("failed to invoke post-renderer plugin {name}: {}", error.text)))?;
        if render::manifest::is_blank(&output) {
            return Err(GoError::new(format!("post-renderer {name} produced empty output")));
        }
        Ok(output)
    }
}

/// Before it reads values Helm loads all plugins once more, as some of them could download values.
pub fn look_for_getters(folders: &str) {
    // Helm drops this error too; the warnings are what is left.
    let _ = plugin::load(folders);
}

/// Every command of Helm loads all plugins first, in search of new commands.
fn warn_of_plugins(folders: &str) {
    if std::env::var_os("HELM_NO_PLUGINS").is_some_and(|value| value == "1") {
        return;
    }
    if let Err(error) = plugin::load(folders) {
        Stderr.error("failed to load plugins", &[("error", &error.text)]);
    }
}
