//! The types into which Helm reads `plugin.yaml`, under Go's names, which its errors tell.

use crate::typed::{Struct, Type};

/// What is looked at first.
pub static PEEK: Struct = Struct { name: "plugin.apiVersion", fields: &[("apiVersion", Type::Text)] };

pub static V1: Struct = Struct {
    name: "plugin.MetadataV1",
    fields: &[
        ("apiVersion", Type::Text),
        ("name", Type::Text),
        ("type", Type::Text),
        ("runtime", Type::Text),
        ("version", Type::Text),
        ("sourceURL", Type::Text),
        ("config", Type::Map("map[string]interface {}", &Type::Any)),
        ("runtimeConfig", Type::Map("map[string]interface {}", &Type::Any)),
    ],
};

/// Plugins without an `apiVersion`.
pub static LEGACY: Struct = Struct {
    name: "plugin.MetadataLegacy",
    fields: &[
        ("name", Type::Text),
        ("version", Type::Text),
        ("usage", Type::Text),
        ("description", Type::Text),
        ("platformCommand", COMMANDS),
        ("command", Type::Text),
        ("ignoreFlags", Type::Truth),
        ("platformHooks", HOOKS),
        ("hooks", Type::Map("plugin.Hooks", &Type::Text)),
        ("downloaders", Type::List("[]plugin.Downloaders", &Type::Struct(&DOWNLOADERS))),
    ],
};

static DOWNLOADERS: Struct =
    Struct { name: "plugin.Downloaders", fields: &[("protocols", TEXTS), ("command", Type::Text)] };

const TEXTS: Type = Type::List("[]string", &Type::Text);
const COMMANDS: Type = Type::List("[]plugin.PlatformCommand", &Type::Struct(&COMMAND));
const HOOKS: Type = Type::Map("plugin.PlatformHooks", &COMMANDS);

static COMMAND: Struct = Struct {
    name: "plugin.PlatformCommand",
    fields: &[("os", Type::Text), ("arch", Type::Text), ("command", Type::Text), ("args", TEXTS)],
};

/// The configuration of a plugin that is a command.
pub static CLI: Struct = Struct {
    name: "schema.ConfigCLIV1",
    fields: &[("usage", Type::Text), ("shortHelp", Type::Text), ("longHelp", Type::Text), ("ignoreFlags", Type::Truth)],
};

/// The configuration of a plugin that downloads.
pub static GETTER: Struct = Struct { name: "schema.ConfigGetterV1", fields: &[("protocols", TEXTS)] };

pub static POST_RENDERER: Struct = Struct { name: "schema.ConfigPostRendererV1", fields: &[] };

/// The configuration of a plugin for Helm's own tests.
pub static EMPTY: Struct = Struct { name: "schema.ConfigTestV1", fields: &[] };

pub static SUBPROCESS: Struct = Struct {
    name: "plugin.RuntimeConfigSubprocess",
    fields: &[
        ("platformCommand", COMMANDS),
        ("platformHooks", HOOKS),
        ("protocolCommands", Type::List("[]plugin.SubprocessProtocolCommand", &Type::Struct(&PROTOCOL_COMMAND))),
    ],
};

static PROTOCOL_COMMAND: Struct =
    Struct { name: "plugin.SubprocessProtocolCommand", fields: &[("protocols", TEXTS), ("platformCommand", COMMANDS)] };

pub static EXTISM: Struct = Struct {
    name: "plugin.RuntimeConfigExtismV1",
    fields: &[
        ("memory", Type::Struct(&MEMORY)),
        ("config", Type::Map("map[string]string", &Type::Text)),
        ("allowedHosts", TEXTS),
        ("fileSystem", Type::Struct(&FILE_SYSTEM)),
        ("timeout", Type::Number("uint64")),
        ("hostFunctions", TEXTS),
        ("entryFuncName", Type::Text),
    ],
};

static MEMORY: Struct = Struct {
    name: "plugin.RuntimeConfigExtismV1Memory",
    fields: &[
        ("maxPages", Type::Number("uint32")),
        ("maxHttpResponseBytes", Type::Number("int64")),
        ("maxVarBytes", Type::Number("int64")),
    ],
};

static FILE_SYSTEM: Struct =
    Struct { name: "plugin.RuntimeConfigExtismV1FileSystem", fields: &[("createTempDir", Type::Truth)] };
