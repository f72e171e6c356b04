//! `plugin.yaml`: what is read of it, and what Helm finds wrong with it (`internal/plugin/metadata*.go`).

use gostd::strconv::quote;
use gostd::{GoError, Value, semver::Version};

/// What a plugin says about itself.
pub struct Metadata {
    pub name: String,
    pub kind: String,
    pub runtime: String,
    /// How a plugin that is a command is used; its name where this is empty.
    pub usage: String,
    pub commands: Vec<PlatformCommand>,
}

impl Metadata {
    /// The name of the command that the plugin is.
    pub fn command_name(&self) -> &str {
        if self.usage.is_empty() { &self.name } else { self.usage.split(' ').next().unwrap_or_default() }
    }
}

/// A command for an operating system and architecture; empty is any.
pub struct PlatformCommand {
    pub os: String,
    pub arch: String,
    pub command: String,
    pub args: Vec<String>,
}

const FIELDS: [&str; 8] = ["apiVersion", "name", "type", "runtime", "version", "sourceURL", "config", "runtimeConfig"];

/// Reads a description in the format `v1` or the one of older plugins.
pub fn parse(text: &[u8]) -> Result<Metadata, GoError> {
    let value = goyaml::from_yaml(text).map_err(|error| {
        let cause = error.text.strip_prefix("error converting YAML to JSON: ").unwrap_or(&error.text);
        GoError::new(format!("failed to peek plugin.yaml API version: {cause}"))
    })?;
    if value.is_nil() {
        return Err(GoError::new("failed to peek plugin.yaml API version: EOF"));
    }
    match string(&value, "apiVersion").as_str() {
        "" => legacy(&value),
        "v1" => v1(&value, text),
        other => Err(GoError::new(format!("invalid plugin apiVersion: {}", quoted(other)))),
    }
}

fn v1(value: &Value, text: &[u8]) -> Result<Metadata, GoError> {
    check_fields(value, text)?;
    let (name, kind, runtime) = (string(value, "name"), string(value, "type"), string(value, "runtime"));
    let version = string(value, "version");
    let problem = match () {
        () if !is_name(&name) => "invalid plugin `name`".to_owned(),
        () if version.is_empty() => "plugin `version` is required".to_owned(),
        () if Version::strict(version.as_bytes()).is_err() => {
            format!("invalid plugin `version` {}: must be valid semver", quoted(&version))
        }
        () if kind.is_empty() => "`type` missing".to_owned(),
        () if runtime.is_empty() => "`runtime` missing".to_owned(),
        () if !["test/v1", "cli/v1", "getter/v1", "postrenderer/v1"].contains(&kind.as_str()) => {
            format!("failed to convert MetadataV1 to Metadata: unknown plugin type {}", quoted(&kind))
        }
        () if !["subprocess", "extism/v1"].contains(&runtime.as_str()) => {
            format!("failed to convert MetadataV1 to Metadata: unsupported plugin runtime type: {}", quoted(&runtime))
        }
        () if kind == "getter/v1" && list(&field(value, "config"), "protocols").is_empty() => {
            "config validation failed: getter has no protocols".to_owned()
        }
        () => {
            let commands = commands(&field(value, "runtimeConfig"));
            let usage = string(&field(value, "config"), "usage");
            return Ok(Metadata { name, kind, runtime, usage, commands });
        }
    };
    Err(GoError::new(problem))
}

/// Helm knows all fields of the newer format.
fn check_fields(value: &Value, text: &[u8]) -> Result<(), GoError> {
    let mut problems = String::new();
    for (number, line) in String::from_utf8_lossy(text).lines().enumerate() {
        let Some((key, _)) = line.split_once(':') else { continue };
        let known = FIELDS.contains(&key) || key.contains([' ', '#', '"', '\'']);
        if !known && value.as_map().is_some_and(|map| map.contains(key.as_bytes())) {
            let number = number + 1;
            problems.push_str(&format!("\n  line {number}: field {key} not found in type plugin.MetadataV1"));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(GoError::new(format!("yaml: unmarshal errors:{problems}"))) }
}

/// Older plugins are commands or downloaders, never post-renderers.
fn legacy(value: &Value) -> Result<Metadata, GoError> {
    let (name, version) = (string(value, "name"), string(value, "version"));
    if !is_name(&name) {
        let name = quoted(&name);
        return Err(GoError::new(format!("invalid plugin name {name}: must contain only a-z, A-Z, 0-9, _ and -")));
    }
    if !version.is_empty() && Version::strict(version.as_bytes()).is_err() {
        return Err(GoError::new(format!("invalid plugin version {}: must be valid semver", quoted(&version))));
    }
    if !list(value, "platformCommand").is_empty() && !string(value, "command").is_empty() {
        return Err(GoError::new("both platformCommand and command are set"));
    }
    let kind = if list(value, "downloaders").is_empty() { "cli/v1" } else { "getter/v1" };
    Ok(Metadata {
        name,
        kind: kind.to_owned(),
        runtime: "subprocess".to_owned(),
        usage: String::new(),
        commands: Vec::new(),
    })
}

fn commands(config: &Value) -> Vec<PlatformCommand> {
    let command = |item: &Value| PlatformCommand {
        os: string(item, "os"),
        arch: string(item, "arch"),
        command: string(item, "command"),
        args: list(item, "args").iter().map(text).collect(),
    };
    list(config, "platformCommand").iter().map(command).collect()
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
}

fn field(value: &Value, name: &str) -> Value {
    value.as_map().and_then(|map| map.get(name.as_bytes())).unwrap_or(Value::Nil)
}

fn list(value: &Value, name: &str) -> Vec<Value> {
    field(value, name).as_list().map(|list| list.items().to_vec()).unwrap_or_default()
}

fn string(value: &Value, name: &str) -> String {
    text(&field(value, name))
}

/// Scalars of all kinds go into Go's strings.
fn text(value: &Value) -> String {
    match value {
        Value::Str(text) => text.to_text().into_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Float(number) => number.to_string(),
        _ => String::new(),
    }
}

pub fn quoted(text: &str) -> String {
    String::from_utf8_lossy(&quote(text.as_bytes())).into_owned()
}
