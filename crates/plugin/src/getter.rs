//! Runs plugins that download (`internal/plugin/runtime_subprocess_getter.go`): what they print is what was wanted.

use std::collections::HashMap;
use std::io::Read;
use std::process::{Command, Stdio};

use chart::log::Log;
use gostd::GoError;

use crate::command::{choose, expand, not_started};
use crate::installed::Plugin;
use crate::metadata::quoted;

/// The longest content: what is longer is no chart.
const LIMIT_BYTES: u64 = 256 << 20;

/// What a plugin is asked for.
pub struct Wanted<'a> {
    pub url: &'a str,
    pub protocol: &'a str,
    pub username: &'a str,
    pub password: &'a str,
    pub pass_credentials_all: bool,
    /// Files of the certificate, its key and the authority.
    pub certificates: [&'a str; 3],
    /// What the plugin is told of Helm's settings.
    pub variables: &'a [(String, String)],
}

/// Returns what the plugin prints for a URL.
///
/// # Errors
/// No command of the plugin is for this computer or protocol, its program cannot be started, or it fails.
pub fn get(plugin: &Plugin, wanted: &Wanted<'_>, log: &mut dyn Log) -> Result<Vec<u8>, GoError> {
    let name = &plugin.metadata.name;
    if plugin.metadata.runtime != "subprocess" {
        let text = format!("plugins of runtime {} cannot download yet", quoted(&plugin.metadata.runtime));
        return Err(GoError::new(text));
    }
    let own = variables(plugin, wanted);
    let words = words(plugin, wanted.protocol, &own)?;
    let program = plugin.folder.join(words.first().map_or("", String::as_str)).to_string_lossy().into_owned();
    let mut args: Vec<&str> = words.iter().skip(1).map(String::as_str).collect();
    args.extend(wanted.certificates);
    args.push(wanted.url);
    let shown = format!("{program} {}", args.join(" "));
    log.debug("executing plugin command", &[("pluginName", name), ("command", &shown)]);
    let mut command = Command::new(&program);
    command.args(&args).envs(own).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|error| not_started(&program, &error))?;
    let mut content = Vec::new();
    let read = child.stdout.take().map_or(Ok(0), |out| out.take(LIMIT_BYTES + 1).read_to_end(&mut content));
    if content.len() as u64 > LIMIT_BYTES {
        // It ends with its first write that nobody reads; waiting for it only tidies up.
        let _ = child.kill().and_then(|()| child.wait());
        let text = format!("plugin {} gave more than {} MiB", quoted(name), LIMIT_BYTES >> 20);
        return Err(GoError::new(text));
    }
    let status = read.and_then(|_| child.wait()).map_err(|error| not_started(&program, &error))?;
    if status.success() {
        return Ok(content);
    }
    log.debug("plugin execution failed", &[("pluginName", name), ("error", &status.to_string())]);
    Err(GoError::new(format!("plugin {} exited with error", quoted(name))))
}

fn variables(plugin: &Plugin, wanted: &Wanted<'_>) -> HashMap<String, String> {
    let folder = plugin.folder.to_string_lossy().into_owned();
    let own = [
        ("HELM_PLUGIN_NAME", plugin.metadata.name.clone()),
        ("HELM_PLUGIN_DIR", folder),
        ("HELM_PLUGIN_USERNAME", wanted.username.to_owned()),
        ("HELM_PLUGIN_PASSWORD", wanted.password.to_owned()),
        ("HELM_PLUGIN_PASS_CREDENTIALS_ALL", wanted.pass_credentials_all.to_string()),
    ];
    let mut variables: HashMap<String, String> = wanted.variables.iter().cloned().collect();
    variables.extend(own.map(|(name, value)| (name.to_owned(), value)));
    variables
}

/// Returns the program, below the folder of the plugin, and its arguments, in which nothing is filled in.
fn words(plugin: &Plugin, protocol: &str, own: &HashMap<String, String>) -> Result<Vec<String>, GoError> {
    let mut commands = plugin.metadata.protocol_commands.iter();
    let found = commands
        .find(|command| command.protocols.iter().any(|name| name == protocol))
        .ok_or_else(|| GoError::new(format!("no downloader found for protocol {}", quoted(protocol))))?;
    let command = choose(&found.commands).filter(|command| !command.command.is_empty());
    let command = command.filter(|command| !command.command.starts_with(' ')).ok_or_else(|| {
        let protocol = quoted(protocol);
        GoError::new(format!("failed to prepare commands for protocol {protocol}: no plugin command is applicable"))
    })?;
    let mut known: HashMap<String, String> = std::env::vars_os()
        .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
        .collect();
    known.extend(own.iter().map(|(name, value)| (name.clone(), value.clone())));
    let mut words: Vec<String> = command.command.split(' ').map(str::to_owned).collect();
    if let Some(program) = words.first_mut() {
        *program = expand(program, &known);
    }
    words.extend(command.args.iter().cloned());
    Ok(words)
}
