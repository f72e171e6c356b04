//! The flags of `install` that `template` takes too; most have no effect without a cluster.

use crate::flags::{Flag, Kind};

pub static INSTALL: &[Flag] = &[
    Flag::bool("create-namespace", "create the release namespace if it does not exist"),
    Flag::bool("force-replace", "update objects by replacing them"),
    Flag::bool("force", "").deprecated("use --force-replace instead"),
    Flag::bool("force-conflicts", "server-side apply wins over other field managers"),
    Flag::new("server-side", Kind::Bool, "true", "objects are updated by the server instead of the client"),
    Flag::bool("no-hooks", "leave hooks out"),
    Flag::bool("replace", "use a name again whose release was uninstalled but is still in the history"),
    Flag::new("timeout", Kind::Duration, "5m0s", "time to wait for any single Kubernetes operation"),
    Flag::bool("wait-for-jobs", "with --wait, wait for jobs to complete too"),
    Flag::bool("generate-name", "make up a name instead of taking the NAME argument").short('g'),
    Flag::string("name-template", "template that makes the release name"),
    Flag::string("description", "description of the release"),
    Flag::bool("devel", "use development versions too, as --version '>0.0.0-0' does"),
    Flag::bool("dependency-update", "fetch missing dependencies first"),
    Flag::bool("disable-openapi-validation", "do not check manifests against the Kubernetes OpenAPI schema"),
    Flag::bool("rollback-on-failure", "undo the installation when it fails; implies --wait"),
    Flag::bool("atomic", "").deprecated("use --rollback-on-failure instead"),
    Flag::bool("skip-crds", "do not install CRDs"),
    Flag::bool("skip-schema-validation", "do not check values against the chart's JSON schema"),
    Flag::new("labels", Kind::StringToString, "", "labels of the release, k=v,k2=v2").short('l'),
    Flag::bool("enable-dns", "let templates look up host names"),
    Flag::bool("take-ownership", "adopt existing objects without checking who owns them"),
    Flag::new(
        "wait",
        Kind::WaitStrategy,
        "hookOnly",
        "wait until objects are ready: watcher (bare --wait), hookOnly, legacy",
    )
    .bare("watcher"),
    Flag::string("post-renderer", "name of a post-renderer plugin"),
    Flag::array("post-renderer-args", "argument of the post-renderer (repeatable)"),
];

/// Flags about notes, for commands that print them.
pub static NOTES: &[Flag] = &[
    Flag::bool("render-subchart-notes", "print the notes of subcharts too"),
    Flag::bool("hide-notes", "do not print notes"),
    Flag::bool("hide-secret", "with --dry-run, leave Secrets out of the manifest"),
    Flag::new("dry-run", Kind::String, "\"none\"", "change nothing: client, or server to ask the cluster")
        .bare("unset"),
];

/// Flags about notes: `template` accepts them and says that they do nothing.
pub static NOTES_IGNORED: &[Flag] = &[
    Flag::bool("render-subchart-notes", "")
        .deprecated("this flag has no effect for 'helm template' and will be removed in Helm 5"),
    Flag::bool("hide-notes", "")
        .deprecated("this flag has no effect for 'helm template' and will be removed in Helm 5"),
];
