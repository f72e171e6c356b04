//! Finds the plugin with a name among those that are installed (`internal/plugin/loader.go`).

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use chart::log::Log;
use chart::os_error::reason;
use gostd::GoError;

use crate::metadata::{self, Metadata, quoted};

/// A plugin in its folder.
pub struct Plugin {
    pub metadata: Metadata,
    pub folder: PathBuf,
}

/// Returns the post-renderer `name` below one of the folders in the list `folders`.
///
/// # Errors
/// There is none, or [`load`] fails.
pub fn find(folders: &str, name: &str, log: &mut dyn Log) -> Result<Plugin, GoError> {
    let wanted = |plugin: &Plugin| plugin.metadata.name == name && plugin.metadata.kind == "postrenderer/v1";
    let plugin = load(folders, log)?.into_iter().find(wanted);
    plugin.ok_or_else(|| GoError::new(format!("plugin: {{Name:{name} Type:postrenderer/v1}} not found")))
}

/// Loads all plugins of a list of folders; those with a problem only give a warning.
///
/// # Errors
/// Two plugins of a folder have the same name.
pub fn load(folders: &str, log: &mut dyn Log) -> Result<Vec<Plugin>, GoError> {
    let mut all = Vec::new();
    for folder in std::env::split_paths(folders).filter(|_| !folders.is_empty()) {
        all.extend(load_folder(&folder, log)?);
    }
    Ok(all)
}

/// Loads the plugins of a folder as [`load`] does; an empty path is the current folder.
///
/// # Errors
/// Two plugins have the same name.
pub fn load_folder(folder: &Path, log: &mut dyn Log) -> Result<Vec<Plugin>, GoError> {
    let mut plugins = Vec::new();
    for folder in children(folder) {
        let file = folder.join("plugin.yaml");
        match load_one(&folder, &file) {
            Ok(metadata) => plugins.push(Plugin { metadata, folder }),
            Err(error) => {
                let fields = [("plugin_yaml", &*file.to_string_lossy()), ("error", &error.text)];
                log.warn("failed to load plugin (ignoring)", &fields);
            }
        }
    }
    check_names(&plugins)?;
    Ok(plugins)
}

/// The folders with a `plugin.yaml`, in the order of their names.
fn children(folder: &Path) -> Vec<PathBuf> {
    let readable = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = std::fs::read_dir(readable).into_iter().flatten().flatten();
    let mut children: Vec<PathBuf> = entries.map(|entry| folder.join(entry.file_name())).collect();
    children.retain(|child| child.join("plugin.yaml").symlink_metadata().is_ok());
    children.sort();
    children
}

fn load_one(folder: &Path, file: &Path) -> Result<Metadata, GoError> {
    let failed = |what: &str, path: &Path, cause: &str| {
        GoError::new(format!("failed to {what} plugin {}{cause}", quoted(&path.to_string_lossy())))
    };
    let text = std::fs::read(file).map_err(|error| {
        let cause = format!("{}: {}", file.to_string_lossy(), reason(&error));
        failed("read", file, &format!(": open {cause}")).text.replacen("plugin ", "plugin at ", 1)
    });
    let text = text.map_err(GoError::new)?;
    let metadata = metadata::parse(&text).map_err(|error| failed("load", folder, &format!(": {}", error.text)))?;
    let binary = folder.join("plugin.wasm");
    if metadata.runtime == "extism/v1" && !binary.exists() {
        let binary = quoted(&binary.to_string_lossy());
        return Err(GoError::new(format!("wasm binary missing for extism/v1 plugin: {binary}")));
    }
    Ok(metadata)
}

fn check_names(plugins: &[Plugin]) -> Result<(), GoError> {
    let mut names: HashMap<&str, &Path> = HashMap::new();
    for plugin in plugins {
        if let Some(first) = names.insert(&plugin.metadata.name, &plugin.folder) {
            return Err(GoError::new(format!(
                "two plugins claim the name {} at {} and {}",
                quoted(&plugin.metadata.name),
                quoted(&first.to_string_lossy()),
                quoted(&plugin.folder.to_string_lossy()),
            )));
        }
    }
    Ok(())
}
