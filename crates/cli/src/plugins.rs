//! What commands have to do with plugins: warnings about broken ones, and `--post-renderer`.

use chart::log::Log;
use post_render::PostRenderer;

use crate::command::Invocation;
use crate::failure::Failure;
use crate::log::Stderr;

/// Finds the post-renderer that the flags ask for.
pub fn post_renderer(invocation: &Invocation) -> Result<Option<PostRenderer>, Failure> {
    let mut names = invocation.flags.all("post-renderer").filter(|name| !name.is_empty());
    let Some(name) = names.next() else { return Ok(None) };
    let folders = &invocation.settings.plugins_directory;
    warn_of_plugins(folders);
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

/// Before it reads values Helm loads all plugins once more, as some of them could download values.
pub fn look_for_getters(folders: &str) {
    // Helm drops this error too; the warnings are what is left.
    let _ = plugin::load(folders, &mut Stderr);
}

/// Every command of Helm loads all plugins first, in search of new commands.
fn warn_of_plugins(folders: &str) {
    if std::env::var_os("HELM_NO_PLUGINS").is_some_and(|value| value == "1") {
        return;
    }
    if let Err(error) = plugin::load(folders, &mut Stderr) {
        Stderr.error("failed to load plugins", &[("error", &error.text)]);
    }
}
