//! What the commands that change releases share.

use std::time::Duration;

use action::{DryRun, Engine, Failed, Fault, How, PostRender, ServerSide, Strategy, Waiting};
use chart::log::Log;
use chart::schema::Schemas;
use gostd::{GoError, Map};
use post_render::PostRenderer;
use render::Files;

use super::complete::{self, Completion};
use super::{locate, template, values};
use crate::command::Invocation;
use crate::failure::Failure;
use crate::flags::{Flag, Parsed};
use crate::log::Stderr;
use crate::remote::Remote;
use crate::schema_references::References;
use crate::{explain, hints};

/// Returns how to wait, and warns of spellings that are no more.
pub fn waiting(flags: &Parsed) -> Waiting {
    template::warn_wait(flags);
    let strategy = match flags.last("wait") {
        Some("watcher" | "true") => Strategy::Watcher,
        Some("legacy") => Strategy::Legacy,
        _ => Strategy::HookOnly,
    };
    Waiting { strategy, timeout: timeout(flags), jobs: flags.bool("wait-for-jobs") }
}

/// Returns `--timeout`; what is below zero is none.
pub fn timeout(flags: &Parsed) -> Duration {
    let given = flags.last("timeout").and_then(|text| gostd::time::parse_duration(text.as_bytes()).ok());
    given.map_or(Duration::from_secs(300), |given| Duration::from_nanos(u64::try_from(given.0).unwrap_or(0)))
}

pub fn how(flags: &Parsed) -> How {
    How {
        server_side: true,
        force_conflicts: flags.bool("force-conflicts"),
        force_replace: flags.bool("force-replace") || flags.bool("force"),
        ..How::default()
    }
}

/// Reads `--server-side` of upgrades and rollbacks.
pub fn server_side(flags: &Parsed) -> ServerSide {
    match flags.last("server-side").unwrap_or("auto") {
        "auto" => ServerSide::Auto,
        "true" => ServerSide::Yes,
        "false" => ServerSide::No,
        other => ServerSide::Unknown(other.to_string()),
    }
}

/// Reads `--dry-run`.
///
/// # Errors
/// Helm's text for a word that it does not know.
pub fn dry_run(flags: &Parsed) -> Result<DryRun, Failure> {
    let value = flags.last("dry-run").unwrap_or("none");
    let deprecated = |word: &str| {
        let text =
            format!("boolean '--dry-run={value}' flag is deprecated and must be replaced with '--dry-run={word}'");
        Stderr.warn(&text, &[]);
    };
    match (value, gostd::strconv::parse_bool(value.as_bytes())) {
        ("none", _) => Ok(DryRun::None),
        ("client", _) => Ok(DryRun::Client),
        ("server", _) => Ok(DryRun::Server),
        ("unset", _) => {
            Stderr.warn("--dry-run is deprecated and should be replaced with '--dry-run=client'", &[]);
            Ok(DryRun::Client)
        }
        (_, Ok(true)) => {
            deprecated("client");
            Ok(DryRun::Client)
        }
        (_, Ok(false)) => {
            deprecated("none");
            Ok(DryRun::None)
        }
        (_, Err(_)) => {
            let text = format!("invalid dry-run value ({value:?}). Must be \"none\", \"server\", or \"client\"");
            Err(Failure::new(text))
        }
    }
}

/// A chart with the user's values.
pub struct Given {
    pub chart: chart::Chart,
    pub values: Map,
}

/// Finds and reads a chart and the values for it.
///
/// # Errors
/// Helm's texts.
pub fn given(invocation: &Invocation, reference: &str, install: bool, remote: &Remote) -> Result<Given, Failure> {
    let flags = &invocation.flags;
    if install {
        Stderr.debug("Original chart version", &[("version", flags.string("version"))]);
    }
    let path = locate::chart_path(reference, invocation, remote)?;
    if install {
        Stderr.debug("Chart path", &[("path", &path.to_string_lossy())]);
    }
    let sources = remote.sources(invocation);
    let values = values::merged(flags, &sources.getters)?;
    let chart = complete::chart(&path, install, &Completion { invocation, remote, sources: &sources })?;
    if chart.metadata().api_version == "v3" {
        // Helm 4.3 can load such charts but not render them.
        return Err("invalid chart apiVersion".into());
    }
    Ok(Given { chart, values })
}

/// What an operation works with beside the cluster and the records.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    pub post_render: Option<&'a Rendered>,
    pub schemas: Schemas<'a>,
    pub take_over: bool,
}

impl<'a> Around<'a> {
    pub fn of(flags: &Parsed, post_render: Option<&'a Rendered>, references: &'a References) -> Self {
        Around { post_render, schemas: references.schemas(flags), take_over: flags.bool("take-over") }
    }

    pub fn engine(self, cluster: &'a dyn action::Cluster, records: &'a dyn action::Records) -> Engine<'a> {
        let post_render = self.post_render.map(|rendered| rendered as &dyn PostRender);
        Engine { cluster, records, post_render, schemas: self.schemas, take_over: self.take_over }
    }
}

/// An engine for operations that render nothing.
pub fn engine<'a>(cluster: &'a dyn action::Cluster, records: &'a dyn action::Records, flags: &Parsed) -> Engine<'a> {
    let take_over = flags.bool("take-over");
    Engine { cluster, records, post_render: None, schemas: Schemas::Ignored, take_over }
}

/// The flag of operations that go on where another was interrupted.
pub static TAKE_OVER: &[Flag] =
    &[Flag::bool("take-over", "go on where an operation was interrupted that holds no lease, as those of Helm")];

/// A post-renderer that tells what it does on stderr.
pub struct Rendered(pub PostRenderer);

impl PostRender for Rendered {
    fn apply(&self, files: &Files) -> Result<Files, GoError> {
        self.0.apply(files, &mut Stderr)
    }
}

/// Returns what to tell of an operation that failed.
pub fn failure(failed: Failed, flags: &Parsed) -> Failure {
    let explanation = match &failed.fault {
        Fault::Template(error) if explain::wanted(flags) => explain::explain(error),
        Fault::Template(_) => None,
        Fault::Other(error) => hints::of(error, flags),
    };
    let explanation = explanation.or_else(|| failed.hint.clone().filter(|_| hints::wanted(flags)));
    Failure { explanation, ..Failure::new(failed.fault.text()) }
}

/// Puts words before a failure.
pub fn within(words: &str, failure: Failure) -> Failure {
    Failure { message: format!("{words}: {}", failure.message), ..failure }
}
