//! The Go types of Chart.yaml and the lock file, as error texts name them.

use gostd::json::{Field, Shape};

const STRINGS: Shape = Shape::List(&Shape::String, "[]string");

/// `v2.Metadata` of Helm 4.3.
pub const METADATA: Shape = Shape::Struct(
    &[
        Field { name: "name", shape: Shape::String },
        Field { name: "home", shape: Shape::String },
        Field { name: "sources", shape: STRINGS },
        Field { name: "version", shape: Shape::String },
        Field { name: "description", shape: Shape::String },
        Field { name: "keywords", shape: STRINGS },
        Field { name: "maintainers", shape: Shape::List(&MAINTAINER, "[]*v2.Maintainer") },
        Field { name: "icon", shape: Shape::String },
        Field { name: "apiVersion", shape: Shape::String },
        Field { name: "condition", shape: Shape::String },
        Field { name: "tags", shape: Shape::String },
        Field { name: "appVersion", shape: Shape::String },
        Field { name: "deprecated", shape: Shape::Bool },
        Field { name: "annotations", shape: Shape::Map(&Shape::String, "map[string]string") },
        Field { name: "kubeVersion", shape: Shape::String },
        Field { name: "dependencies", shape: Shape::List(&DEPENDENCY, "[]*v2.Dependency") },
        Field { name: "type", shape: Shape::String },
    ],
    "v2.Metadata",
);

/// `v2.Lock`.
pub const LOCK: Shape = Shape::Struct(
    &[
        Field { name: "generated", shape: Shape::Time },
        Field { name: "digest", shape: Shape::String },
        Field { name: "dependencies", shape: Shape::List(&DEPENDENCY, "[]*v2.Dependency") },
    ],
    "v2.Lock",
);

/// What Helm reads first, to choose a loader.
pub const BASE: Shape = Shape::Struct(&[Field { name: "apiVersion", shape: Shape::String }], "loader.chartBase");

const MAINTAINER: Shape = Shape::Struct(
    &[
        Field { name: "name", shape: Shape::String },
        Field { name: "email", shape: Shape::String },
        Field { name: "url", shape: Shape::String },
    ],
    "v2.Maintainer",
);

const DEPENDENCY: Shape = Shape::Struct(
    &[
        Field { name: "name", shape: Shape::String },
        Field { name: "version", shape: Shape::String },
        Field { name: "repository", shape: Shape::String },
        Field { name: "condition", shape: Shape::String },
        Field { name: "tags", shape: STRINGS },
        Field { name: "enabled", shape: Shape::Bool },
        Field { name: "import-values", shape: Shape::List(&Shape::Any, "[]interface {}") },
        Field { name: "alias", shape: Shape::String },
    ],
    "v2.Dependency",
);
