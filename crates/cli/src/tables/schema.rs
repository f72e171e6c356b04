//! Whether and how values are checked against the schemas of charts.

use crate::flags::{Flag, Kind};

pub static SCHEMA: &[Flag] = &[
    Flag::bool("skip-schema-validation", "do not check values against the chart's JSON schema"),
    Flag::new(
        "schema-references",
        Kind::String,
        "\"none\"",
        "references that JSON schemas may follow: none, file, all (files and URLs); also $PILOTHOUSE_SCHEMA_REFERENCES",
    ),
];
