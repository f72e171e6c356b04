//! What commands have to do with plugins: warnings about broken ones, and `--post-renderer`.

use std::path::Path;

use chart::log::Log;
use download::PluginGetter;
use post_render::PostRenderer;

use crate::command::Invocation;
use crate::commands::{ROOT, variables};
use crate::failure::Failure;
use crate::log::Stderr;
use crate::settings::{Settings, plugins_directory};

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

/// Returns the plugins that fetch things; those that cannot be read are told. Helm loads them all wherever something may be
/// fetched.
pub fn getters(settings: &Settings) -> Vec<PluginGetter> {
    // Helm drops an error here, and with it all plugins. It does not take this for a list of folders.
    let plugins = plugin::load_folder(Path::new(&settings.plugins_directory), &mut Stderr).unwrap_or_default();
    let is_getter = |plugin: &plugin::Plugin| plugin.metadata.kind == "getter/v1";
    let variables = if plugins.iter().any(is_getter) { variables(settings) } else { Vec::new() };
    let variables: Vec<(String, String)> =
        variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    PluginGetter::all(plugins, &variables)
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
