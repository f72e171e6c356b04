//! Runs the command of a plugin (`internal/plugin/subprocess_commands.go`, `runtime_subprocess.go`).

use std::collections::HashMap;
use std::io::Write;
use std::process::{Command, Output, Stdio};

use chart::log::Log;
use chart::os_error::reason;
use gostd::GoError;

use crate::installed::Plugin;
use crate::metadata::{PlatformCommand, quoted};

/// Gives `input` to the plugin and returns what it prints.
///
/// # Errors
/// No command is for this computer, its program cannot be started, or it fails.
pub fn run(plugin: &Plugin, args: &[String], input: Vec<u8>, log: &mut dyn Log) -> Result<Vec<u8>, GoError> {
    let name = &plugin.metadata.name;
    let mut variables: HashMap<String, String> = std::env::vars_os()
        .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
        .collect();
    let own = [("HELM_PLUGIN_NAME", name.clone()), ("HELM_PLUGIN_DIR", plugin.folder.to_string_lossy().into_owned())];
    variables.extend(own.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    let mut words = words(&plugin.metadata.commands, &variables)?;
    words.extend(args.iter().cloned());
    log.debug("executing plugin command", &[("pluginName", name), ("command", &words.join(" "))]);
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).envs(own);
    let output = communicate(command, input).map_err(|error| not_started(&words[0], &error))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    log.debug("plugin execution failed", &[("pluginName", name), ("error", &output.status.to_string())]);
    Err(GoError::new(format!("plugin {} exited with error", quoted(name))))
}

/// The command for this computer and its arguments with variables filled in; never empty.
fn words(commands: &[PlatformCommand], variables: &HashMap<String, String>) -> Result<Vec<String>, GoError> {
    let command = choose(commands).filter(|command| !command.command.is_empty() && !command.command.starts_with(' '));
    let Some(command) = command else {
        return Err(GoError::new("failed to prepare plugin command: no plugin command is applicable"));
    };
    let words = command.command.split(' ').chain(command.args.iter().map(String::as_str));
    Ok(words.map(|word| expand(word, variables)).collect())
}

/// Prefers a command for this system and architecture, then one for the system, then one for all.
pub(crate) fn choose(commands: &[PlatformCommand]) -> Option<&PlatformCommand> {
    let is_system = |c: &&PlatformCommand| c.os.eq_ignore_ascii_case(system());
    let of_any = |c: &&PlatformCommand| c.arch.is_empty();
    commands
        .iter()
        .find(|c| is_system(c) && c.arch.eq_ignore_ascii_case(architecture()))
        .or_else(|| commands.iter().filter(of_any).find(is_system))
        .or_else(|| commands.iter().filter(of_any).find(|c| c.os.is_empty()))
}

/// The name that Go has for this operating system.
fn system() -> &'static str {
    match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    }
}

fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        other => other,
    }
}

/// Replaces `$name` and `${name}` as Go's `os.Expand` does.
pub(crate) fn expand(text: &str, variables: &HashMap<String, String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(start) = rest.find('$') {
        out.push_str(&rest[..start]);
        let after = &rest[start + 1..];
        let (name, length) = variable(after);
        match name {
            None if length == 0 => out.push('$'),
            None => {}
            Some(name) => out.push_str(variables.get(name).map_or("", String::as_str)),
        }
        rest = &after[length..];
    }
    out + rest
}

/// The name behind a `$` and the bytes that it takes; those without a name vanish.
fn variable(text: &str) -> (Option<&str>, usize) {
    let special = |text: &str| {
        text.starts_with(['*', '#', '$', '@', '!', '?', '-']) || text.starts_with(|c: char| c.is_ascii_digit())
    };
    if let Some(inner) = text.strip_prefix('{') {
        return match inner.find('}') {
            None => (None, 1),
            Some(0) => (None, 2),
            Some(end) => (Some(&inner[..end]), end + 2),
        };
    }
    if special(text) {
        return (Some(&text[..1]), 1);
    }
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
    if end == 0 { (None, 0) } else { (Some(&text[..end]), end) }
}

/// Writes the input while the output is read: a plugin may begin to print before it has read everything.
fn communicate(mut command: Command, input: Vec<u8>) -> std::io::Result<Output> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let stdin = child.stdin.take();
    let writer = std::thread::spawn(move || {
        // A plugin need not read what it gets.
        stdin.map(|mut stdin| stdin.write_all(&input))
    });
    let output = child.wait_with_output();
    let _ = writer.join();
    output
}

pub(crate) fn not_started(program: &str, error: &std::io::Error) -> GoError {
    if !program.contains('/') && error.kind() == std::io::ErrorKind::NotFound {
        return GoError::new(format!("exec: {}: executable file not found in $PATH", quoted(program)));
    }
    GoError::new(format!("fork/exec {program}: {}", reason(error)))
}
