//! From rendered files to what a release is made of.

use std::collections::BTreeMap;
use std::rc::Rc;

use chart::log::Log;
use gostd::GoError;

use crate::hook::{Annotations, HOOK, Hook, events};
use crate::kinds::sort_by_kind;
use crate::manifest::{Manifest, Text, documents, is_blank};

/// Rendered files by their path in the chart, in byte order.
pub type Files = BTreeMap<Rc<str>, Rc<Vec<u8>>>;

/// The manifests and hooks of a chart, each in the order of installation.
#[derive(Default)]
pub struct Resources {
    pub manifests: Vec<Manifest>,
    pub hooks: Vec<Hook>,
}

/// More documents than this are no chart: a server stores a thousand of them at best.
const MAX_DOCUMENTS: usize = 500_000;

/// Splits rendered files into documents and sorts these by kind.
///
/// Partials (`_name`) and blank files are left out, hooks set apart; a hook with an event that Helm does not know
/// vanishes with a line in the log. Follows `SortManifests` (`pkg/release/v1/util/manifest_sorter.go`).
///
/// # Errors
/// `YAML parse error on PATH: …` for the first document whose head cannot be read.
pub fn sort_manifests(files: &Files, log: &mut dyn Log) -> Result<Resources, GoError> {
    let mut resources = Resources::default();
    for (path, file) in files {
        let base = path.rsplit('/').next().unwrap_or(path);
        if base.starts_with('_') || is_blank(file) {
            continue;
        }
        for document in documents(file) {
            if resources.manifests.len() + resources.hooks.len() == MAX_DOCUMENTS {
                let text = format!("the chart has more than {MAX_DOCUMENTS} documents: {path} is too long");
                return Err(gostd::limits::exceeded(text));
            }
            add(&mut resources, path, document, log)?;
        }
    }
    sort_by_kind(&mut resources.manifests, |m| &m.kind);
    sort_by_kind(&mut resources.hooks, |h| &h.kind);
    Ok(resources)
}

fn add(resources: &mut Resources, path: &Rc<str>, content: Text, log: &mut dyn Log) -> Result<(), GoError> {
    let head = goyaml::head(&content)
        .map_err(|error| GoError::wrap(format!("YAML parse error on {path}: {}", error.text), error))?;
    let annotations = Annotations(head.annotations.as_deref().unwrap_or_default());
    let Some(annotation) = annotations.get(HOOK) else {
        resources.manifests.push(Manifest {
            path: path.clone(),
            content,
            kind: head.kind.to_vec(),
            api_version: head.api_version.to_vec(),
        });
        return Ok(());
    };
    let Some(events) = events(annotation) else {
        log.info("skipping unknown hooks", &[("hookTypes", &annotation.to_text())]);
        return Ok(());
    };
    resources.hooks.push(Hook {
        events,
        weight: annotations.weight(),
        delete_policies: annotations.delete_policies(),
        output_log_policies: annotations.output_log_policies(),
        name: head.name.clone(),
        kind: head.kind.to_vec(),
        path: path.clone(),
        manifest: content,
    });
    Ok(())
}
