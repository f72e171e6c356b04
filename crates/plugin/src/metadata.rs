//! `plugin.yaml`: what is read of it, and what Helm finds wrong with it (`internal/plugin/metadata*.go`).

use gostd::strconv::quote;
use gostd::{GoError, Value, semver::Version};

use crate::expand::expand;
use crate::go_types::{CLI, EMPTY, EXTISM, GETTER, LEGACY, PEEK, POST_RENDERER, SUBPROCESS, V1};
use crate::typed::{Type, Unknown, decode};

/// What a plugin says about itself.
pub struct Metadata {
    pub name: String,
    pub kind: String,
    pub runtime: String,
    /// How a plugin that is a command is used; its name where this is empty.
    pub usage: String,
    pub commands: Vec<PlatformCommand>,
    /// The schemes of URLs that the plugin can get.
    pub protocols: Vec<String>,
    pub protocol_commands: Vec<ProtocolCommand>,
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

/// What gets things of some schemes.
pub struct ProtocolCommand {
    pub protocols: Vec<String>,
    pub commands: Vec<PlatformCommand>,
}

/// Reads a description in the format `v1` or the one of older plugins.
///
/// # Errors
/// What Helm warns of, without the folder.
pub fn parse(text: &[u8]) -> Result<Metadata, GoError> {
    let peeked = read(text, &Type::Struct(&PEEK), Unknown::Allowed)
        .map_err(|error| GoError::new(format!("failed to peek plugin.yaml API version: {}", error.text)))?;
    match string(&peeked, "apiVersion").as_str() {
        "" => legacy(&read(text, &Type::Struct(&LEGACY), Unknown::Allowed)?),
        "v1" => v1(&read(text, &Type::Struct(&V1), Unknown::Wrong)?),
        other => Err(GoError::new(format!("invalid plugin apiVersion: {}", quoted(other)))),
    }
}

fn read(text: &[u8], wanted: &Type, unknown: Unknown) -> Result<Value, GoError> {
    let document = yamlnode::read(text)?.ok_or_else(|| GoError::new("EOF"))?;
    decode(&expand(document.root)?, wanted, unknown)
}

fn v1(value: &Value) -> Result<Metadata, GoError> {
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
        () => {
            let failed =
                |error: GoError| GoError::new(format!("failed to convert MetadataV1 to Metadata: {}", error.text));
            let config = config(&kind, &field(value, "config")).map_err(failed)?;
            let runtime_config = runtime_config(&runtime, &field(value, "runtimeConfig")).map_err(failed)?;
            check_protocols(&kind, &config)?;
            let (usage, protocols) = (string(&config, "usage"), texts(&config, "protocols"));
            let commands = commands(&runtime_config);
            let protocol_commands = list(&runtime_config, "protocolCommands").iter().map(protocol_command).collect();
            return Ok(Metadata { name, kind, runtime, usage, commands, protocols, protocol_commands });
        }
    };
    Err(GoError::new(problem))
}

/// Reads what is special to a kind of plugins.
fn config(kind: &str, value: &Value) -> Result<Value, GoError> {
    let wanted = match kind {
        "test/v1" => &EMPTY,
        "cli/v1" => &CLI,
        "getter/v1" => &GETTER,
        "postrenderer/v1" => &POST_RENDERER,
        _ => return Err(GoError::new(format!("unknown plugin type {}", quoted(kind)))),
    };
    written_again(value, &Type::Struct(wanted), Unknown::Wrong)
}

fn runtime_config(runtime: &str, value: &Value) -> Result<Value, GoError> {
    let wanted = match runtime {
        "subprocess" => &SUBPROCESS,
        "extism/v1" => &EXTISM,
        _ => return Err(GoError::new(format!("unsupported plugin runtime type: {}", quoted(runtime)))),
    };
    written_again(value, &Type::Struct(wanted), Unknown::Allowed).map_err(|error| {
        GoError::new(format!("failed to unmarshal runtimeConfig for {runtime} runtime: {}", error.text))
    })
}

/// Helm writes the parts of a description as YAML and reads that: errors tell its lines.
fn written_again(value: &Value, wanted: &Type, unknown: Unknown) -> Result<Value, GoError> {
    let empty = Value::map(Default::default());
    read(&goyaml::to_yaml_pretty(if value.is_nil() { &empty } else { value })?, wanted, unknown)
}

fn check_protocols(kind: &str, config: &Value) -> Result<(), GoError> {
    if kind != "getter/v1" {
        return Ok(());
    }
    let protocols = list(config, "protocols");
    let problem = match protocols.iter().position(|protocol| text(protocol).is_empty()) {
        _ if protocols.is_empty() => "getter has no protocols".to_owned(),
        Some(index) => format!("getter has empty protocol at index {index}"),
        None => return Ok(()),
    };
    Err(GoError::new(format!("config validation failed: {problem}")))
}

/// Older plugins are commands or downloaders, never post-renderers.
fn legacy(value: &Value) -> Result<Metadata, GoError> {
    let (name, version) = (string(value, "name"), string(value, "version"));
    let has = |name: &str| match field(value, name) {
        Value::List(list) => !list.items().is_empty(),
        Value::Map(map) => !map.is_empty(),
        value => !text(&value).is_empty(),
    };
    let problem = match () {
        () if !is_name(&name) => {
            format!("invalid plugin name {}: must contain only a-z, A-Z, 0-9, _ and -", quoted(&name))
        }
        () if !version.is_empty() && Version::strict(version.as_bytes()).is_err() => {
            format!("invalid plugin version {}: must be valid semver", quoted(&version))
        }
        () if has("platformCommand") && has("command") => "both platformCommand and command are set".to_owned(),
        () if has("platformHooks") && has("hooks") => "both platformHooks and hooks are set".to_owned(),
        () => {
            check_downloaders(value)?;
            let kind = if has("downloaders") { "getter/v1" } else { "cli/v1" }.to_owned();
            let (runtime, usage) = ("subprocess".to_owned(), String::new());
            let downloaders = list(value, "downloaders");
            let protocols = downloaders.iter().flat_map(|downloader| texts(downloader, "protocols")).collect();
            let protocol_commands = downloaders.iter().map(downloader).collect();
            return Ok(Metadata { name, kind, runtime, usage, commands: Vec::new(), protocols, protocol_commands });
        }
    };
    Err(GoError::new(problem))
}

fn check_downloaders(value: &Value) -> Result<(), GoError> {
    for (i, downloader) in list(value, "downloaders").iter().enumerate() {
        let protocols = list(downloader, "protocols");
        let problem = match protocols.iter().position(|protocol| text(protocol).is_empty()) {
            _ if string(downloader, "command").is_empty() => format!("downloader {i} has empty command"),
            _ if protocols.is_empty() => format!("downloader {i} has no protocols"),
            Some(j) => format!("downloader {i} has empty protocol at index {j}"),
            None => continue,
        };
        return Err(GoError::new(problem));
    }
    Ok(())
}

fn protocol_command(item: &Value) -> ProtocolCommand {
    ProtocolCommand { protocols: texts(item, "protocols"), commands: commands(item) }
}

/// Older plugins have one command for all computers.
fn downloader(item: &Value) -> ProtocolCommand {
    let any = String::new;
    let command = PlatformCommand { os: any(), arch: any(), command: string(item, "command"), args: Vec::new() };
    ProtocolCommand { protocols: texts(item, "protocols"), commands: vec![command] }
}

fn commands(config: &Value) -> Vec<PlatformCommand> {
    let command = |item: &Value| PlatformCommand {
        os: string(item, "os"),
        arch: string(item, "arch"),
        command: string(item, "command"),
        args: texts(item, "args"),
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

fn texts(value: &Value, name: &str) -> Vec<String> {
    list(value, name).iter().map(text).collect()
}

fn string(value: &Value, name: &str) -> String {
    text(&field(value, name))
}

fn text(value: &Value) -> String {
    value.as_str().map(|text| text.to_text().into_owned()).unwrap_or_default()
}

pub fn quoted(text: &str) -> String {
    String::from_utf8_lossy(&quote(text.as_bytes())).into_owned()
}
