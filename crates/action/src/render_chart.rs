//! A chart with values becomes hooks, a manifest and notes (`renderResources` in Helm's `pkg/action/action.go`).

use std::rc::Rc;

use chart::log::Log;
use chart::{Capabilities, Chart};
use gostd::{GoError, Map};
use render::{Files, Hook, Lookup, sort_manifests};

use crate::failure::{Failed, Fault};
use crate::port::PostRender;

/// What decides how a chart is rendered.
#[derive(Clone, Copy, Default)]
pub struct Rendering {
    pub enable_dns: bool,
    /// Notes of subcharts too.
    pub sub_notes: bool,
    /// Secrets of the manifest are left out.
    pub hide_secrets: bool,
}

/// What belongs to the rendering of one chart.
pub struct Source<'a> {
    pub chart: &'a Chart,
    /// The keys `Values`, `Release`, `Capabilities` and `Chart`.
    pub top: &'a Map,
    pub capabilities: &'a Capabilities,
    pub lookup: Option<Rc<dyn Lookup>>,
    pub post_render: Option<&'a dyn PostRender>,
}

/// What a chart renders to.
#[derive(Default)]
pub struct Prepared {
    pub hooks: Vec<Hook>,
    pub manifest: Vec<u8>,
    pub notes: Vec<u8>,
}

/// Why a chart could not be rendered, and what there was to show by then.
pub struct NotPrepared {
    pub fault: Fault,
    pub manifest: Vec<u8>,
}

impl From<NotPrepared> for Failed {
    fn from(error: NotPrepared) -> Self {
        Failed { fault: error.fault, release: None, hint: None }
    }
}

const NOTES: &str = "NOTES.txt";

/// Renders a chart.
///
/// # Errors
/// Helm's text: the version of Kubernetes, a template, the post-renderer, or YAML that cannot be read.
pub fn prepare(source: &Source<'_>, rendering: Rendering, log: &mut dyn Log) -> Result<Prepared, NotPrepared> {
    let failed = |error: GoError| NotPrepared { fault: Fault::Other(error), manifest: Vec::new() };
    check_kube_version(source.chart, source.capabilities).map_err(failed)?;
    let engine =
        render::Engine { enable_dns: rendering.enable_dns, lookup: source.lookup.clone(), ..render::Engine::default() };
    let rendered = engine
        .render(source.chart, source.top)
        .map_err(|error| NotPrepared { fault: Fault::Template(Box::new(error)), manifest: Vec::new() })?;
    let mut files = rendered.files;
    let notes = take_notes(&mut files, source.chart.name(), rendering.sub_notes);
    if let Some(post_render) = source.post_render {
        files = post_render.apply(&files).map_err(failed)?;
    }
    let resources = sort_manifests(&files, log)
        .map_err(|error| NotPrepared { fault: Fault::Other(error), manifest: everything(&files) })?;
    let mut manifest = Vec::new();
    for part in &resources.manifests {
        let hidden = rendering.hide_secrets && part.kind == b"Secret" && part.api_version == b"v1";
        let content: &[u8] = if hidden { HIDDEN } else { &part.content };
        push(&mut manifest, &part.path, content);
    }
    Ok(Prepared { hooks: resources.hooks, manifest, notes })
}

const HIDDEN: &[u8] = b"# HIDDEN: The Secret output has been suppressed";

/// Appends a document as it stands in a manifest.
fn push(manifest: &mut Vec<u8>, path: &str, content: &[u8]) {
    for part in [b"---\n# Source: ".as_slice(), path.as_bytes(), b"\n", content, b"\n"] {
        manifest.extend_from_slice(part);
    }
}

/// All that was rendered, for somebody who looks for an error in it.
fn everything(files: &Files) -> Vec<u8> {
    let mut manifest = Vec::new();
    for (path, content) in files.iter().filter(|(_, content)| !render::manifest::is_blank(content)) {
        push(&mut manifest, path, content);
    }
    manifest
}

/// Takes the notes out of the files, and returns those of the chart, or all of them.
fn take_notes(files: &mut Files, chart: &str, all: bool) -> Vec<u8> {
    let own = format!("{chart}/templates/{NOTES}");
    let mut notes = Vec::new();
    files.retain(|path, content| {
        let is_notes = path.ends_with(NOTES);
        if is_notes && (all || **path == *own) {
            if !notes.is_empty() {
                notes.push(b'\n');
            }
            notes.extend_from_slice(content);
        }
        !is_notes
    });
    notes
}

fn check_kube_version(chart: &Chart, capabilities: &Capabilities) -> Result<(), GoError> {
    let constraint = &chart.metadata().kube_version;
    let version = &capabilities.kube_version;
    if constraint.is_empty() || chart::dependencies::is_compatible(constraint, &version.normalized) {
        return Ok(());
    }
    Err(GoError::new(format!(
        "chart requires kubeVersion: {constraint} which is incompatible with Kubernetes {}",
        version.version
    )))
}
