//! What commands have to do with plugins: warnings about broken ones, and `--post-renderer`.

use std::path::Path;

use chart::log::Log;
use post_render::PostRenderer;

use crate::command::Invocation;
use crate::commands::ROOT;
use crate::failure::Failure;
use crate::log::Stderr;
use crate::settings::plugins_directory;

/// Finds the post-renderer that the flags ask for.
pub fn post_renderer(invocation: &Invocation) -> Result<Option<PostRenderer>, Failure> {
    let mut names = invocation.flags.all("post-renderer").filter(|name| !name.is_empty());
    let Some(name) = names.next() else { return Ok(None) };
    let folders = &invocation.settings.plugins_directory;
    let failed = |name: &str, cause: &str| {
        let name = String::from_utf8_lossy(&gostd::strconv::quote(name.as_bytes())).into_owned();
        Failure::new(format!("invalid argument {name} for \"--post-renderer\" flag: {cause}"))
    };
    let find = || plugin::find(folders, name, &mut Stderr);
    let mut plugin = find().map_err(|error| failed(name, &error.text))?;
    if let Some(second) = names.next() {
        return Err(failed(second, "cannot specify --post-renderer flag more than once"));
    }
    let args: Vec<String> = invocation.flags.array("post-renderer-args").iter().map(ToString::to_string).collect();
    for arg in &args {
        // Helm looks for it again, and warns again, with every argument.
        plugin = find().map_err(|error| failed(arg, &error.text))?;
    }
    Ok(Some(PostRenderer::new(plugin, args)?))
}

/// Before Helm reads values or fetches a chart it loads all plugins, as some of them could download.
pub fn look_for_getters(folder: &str) {
    // Helm drops this error too; the warnings are what is left. It does not take this for a list of folders.
    let _ = plugin::load_folder(Path::new(folder), &mut Stderr);
}

/// Every command of Helm begins with a look for plugins that are commands. It costs one look for the folder.
pub fn look_for_commands() {
    if std::env::var_os("HELM_NO_PLUGINS").is_some_and(|value| value == "1") {
        return;
    }
    let plugins = match plugin::load(&plugins_directory(), &mut Stderr) {
        Ok(plugins) => plugins,
        Err(error) => return Stderr.error("failed to load plugins", &[("error", &error.text)]),
    };
    let mut names: Vec<&str> = ROOT.sub.iter().map(|command| command.name).collect();
    for plugin in plugins.iter().filter(|plugin| plugin.metadata.kind == "cli/v1") {
        let name = plugin.metadata.command_name();
        if names.contains(&name) {
            return Stderr.error("failed to load plugins: name conflicts", &[("name", name)]);
        }
        names.push(name);
    }
}
