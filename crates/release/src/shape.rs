//! The Go types of a record, as error texts name them.

use chart::metadata::{LOCK, METADATA};
use gostd::json::{Field, Shape};

const STRINGS: Shape = Shape::List(&Shape::String, "[]string");
const VALUES: Shape = Shape::Map(&Shape::Any, "map[string]interface {}");

const fn field(name: &'static str, shape: Shape) -> Field {
    Field { name, shape }
}

/// `v1.Release`. Times and `[]byte` are read as texts: an empty time is allowed, base64 is decoded later.
pub const RELEASE: Shape = Shape::Struct(
    &[
        field("name", Shape::String),
        field("info", INFO),
        field("chart", CHART),
        field("config", VALUES),
        field("manifest", Shape::String),
        field("hooks", Shape::List(&HOOK, "[]*v1.Hook")),
        field("version", Shape::Int),
        field("namespace", Shape::String),
        field("apply_method", Shape::String),
    ],
    "v1.Release",
);

/// `[]*v1.Release`: the file of the memory driver.
pub const RELEASES: Shape = Shape::List(&RELEASE, "[]*v1.Release");

const INFO: Shape = Shape::Struct(
    &[
        field("first_deployed", Shape::String),
        field("last_deployed", Shape::String),
        field("deleted", Shape::String),
        field("description", Shape::String),
        field("status", Shape::String),
        field("rollback_revision", Shape::Int),
        field("notes", Shape::String),
    ],
    "v1.infoJSON",
);

const CHART: Shape = Shape::Struct(
    &[
        field("metadata", METADATA),
        field("lock", LOCK),
        field("templates", FILES),
        field("values", VALUES),
        field("schema", Shape::String),
        field("schemamodtime", Shape::Time),
        field("files", FILES),
        field("modtime", Shape::Time),
    ],
    "v2.Chart",
);

const FILES: Shape = Shape::List(
    &Shape::Struct(
        &[field("name", Shape::String), field("data", Shape::String), field("modtime", Shape::Time)],
        "common.File",
    ),
    "[]*common.File",
);

const HOOK: Shape = Shape::Struct(
    &[
        field("name", Shape::String),
        field("kind", Shape::String),
        field("path", Shape::String),
        field("manifest", Shape::String),
        field("events", STRINGS),
        field("last_run", LAST_RUN),
        field("weight", Shape::Int),
        field("delete_policies", STRINGS),
        field("output_log_policies", STRINGS),
    ],
    "v1.Hook",
);

const LAST_RUN: Shape = Shape::Struct(
    &[field("started_at", Shape::String), field("completed_at", Shape::String), field("phase", Shape::String)],
    "v1.hookExecutionJSON",
);
