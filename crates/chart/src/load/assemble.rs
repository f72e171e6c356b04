//! From the files of a chart to the chart (`LoadFiles` of `pkg/chart/v2/loader`).

use std::collections::HashMap;
use std::rc::Rc;
use std::time::SystemTime;

use gostd::{GoError, Map, Str};

use super::{CHART_BYTES, Content, archive};
use crate::chart::{Chart, File};
use crate::content::Data;
use crate::log::Log;
use crate::metadata::{Lock, Metadata};
use crate::values::defaults::Defaults;
use crate::values::load_values;

/// Charts inside each other; deeper ones come from archives that contain themselves.
const DEPTH_LIMIT: usize = 100;
/// Bytes of all archives in a chart, unpacked: archives in archives can multiply.
const TREE_BYTES: u64 = 10 * CHART_BYTES;

/// What may still be loaded for one chart with all its subcharts.
pub struct Budget {
    depth: usize,
    bytes: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Budget { depth: DEPTH_LIMIT, bytes: TREE_BYTES }
    }
}

/// What a file is to the loader.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Loading looks into it.
    Definition,
    Template,
    Other,
}

/// Tells what a file is, of subcharts too: by the part of the path behind the last `charts/`.
pub fn part(name: &str) -> Part {
    let mut inner = name;
    while let Some(below) = inner.strip_prefix("charts/") {
        match below.split_once('/') {
            Some((_, rest)) => inner = rest,
            None if below.ends_with(".tgz") => return Part::Definition,
            None => return Part::Other,
        }
    }
    let looked_into =
        ["Chart.yaml", "Chart.lock", "values.yaml", "values.schema.json", "requirements.yaml", "requirements.lock"];
    match inner {
        _ if inner.starts_with("templates/") => Part::Template,
        _ if looked_into.contains(&inner) => Part::Definition,
        _ => Part::Other,
    }
}

/// Makes a chart with its subcharts.
pub fn chart(files: Vec<Content>, budget: &mut Budget, log: &mut dyn Log) -> Result<Chart, GoError> {
    let mut chart = tree(files, budget, log)?;
    chart.relink();
    Ok(chart)
}

fn tree(files: Vec<Content>, budget: &mut Budget, log: &mut dyn Log) -> Result<Chart, GoError> {
    let mut parts = Parts::default();
    for file in files.iter().filter(|file| file.name == "Chart.yaml") {
        parts.definition(&file.data)?;
        parts.modified = file.modified;
    }
    for file in files {
        parts.file(file, log)?;
    }
    let mut metadata = parts.metadata.ok_or_else(|| GoError::new("Chart.yaml file is missing"))?;
    metadata.validate()?;
    let name = metadata.name.clone();
    let mut children = Vec::new();
    for group in parts.subcharts {
        children.extend(subchart(group, &name, budget, log)?);
    }
    Ok(Chart {
        metadata: Rc::new(metadata),
        lock: parts.lock.map(Rc::new),
        templates: parts.templates.into(),
        files: parts.files.into(),
        defaults: Rc::new(Defaults::new(parts.values.unwrap_or_default())),
        raw_values: parts.raw_values,
        values_modified: parts.values_modified,
        schema: parts.schema,
        schema_modified: parts.schema_modified,
        modified: parts.modified,
        parent_path: None,
        children,
        copied: false,
    })
}

/// Files below one entry of `charts/`; their names start with it.
struct Group {
    name: String,
    files: Vec<Content>,
}

#[derive(Default)]
struct Parts {
    metadata: Option<Metadata>,
    lock: Option<Lock>,
    values: Option<Map>,
    raw_values: Option<Str>,
    values_modified: Option<SystemTime>,
    schema: Option<Str>,
    schema_modified: Option<SystemTime>,
    modified: Option<SystemTime>,
    templates: Vec<File<Str>>,
    files: Vec<File<Data>>,
    subcharts: Vec<Group>,
    /// Where a name is among the subcharts.
    places: HashMap<String, usize>,
}

impl Parts {
    fn definition(&mut self, text: &[u8]) -> Result<(), GoError> {
        let metadata = self.metadata.get_or_insert_default();
        metadata.read(text).map_err(|error| cannot_load("Chart.yaml", error))?;
        if metadata.api_version.is_empty() {
            metadata.api_version = "v1".to_owned();
        }
        Ok(())
    }

    fn file(&mut self, file: Content, log: &mut dyn Log) -> Result<(), GoError> {
        match file.name.as_str() {
            "Chart.yaml" => {}
            "Chart.lock" => {
                self.lock = Lock::parse(&file.data).map_err(|error| cannot_load("Chart.lock", error))?;
            }
            "values.yaml" => {
                self.values = Some(load_values(&file.data).map_err(|error| cannot_load("values.yaml", error))?);
                self.raw_values = Some(file.data.bytes().clone());
                self.values_modified = file.modified;
            }
            "values.schema.json" => {
                self.schema = Some(file.data.bytes().clone());
                self.schema_modified = file.modified;
            }
            "requirements.yaml" => self.requirements(file, log)?,
            "requirements.lock" => self.requirements_lock(file, log)?,
            name if name.starts_with("templates/") => {
                let data = file.data.bytes().clone();
                self.templates.push(File { name: file.name, data, modified: file.modified });
            }
            name if name.starts_with("charts/") => self.below_charts(file),
            _ => self.files.push(plain(file)),
        }
        Ok(())
    }

    /// Dependencies of charts before v2.
    fn requirements(&mut self, file: Content, log: &mut dyn Log) -> Result<(), GoError> {
        let metadata = self.metadata.get_or_insert_default();
        if metadata.api_version != "v1" {
            log.info(
                "Warning: Dependencies are handled in Chart.yaml since apiVersion \"v2\". We recommend migrating \
                 dependencies to Chart.yaml.",
                &[],
            );
        }
        metadata.read(&file.data).map_err(|error| cannot_load("requirements.yaml", error))?;
        if metadata.api_version == "v1" {
            self.files.push(plain(file));
        }
        Ok(())
    }

    fn requirements_lock(&mut self, file: Content, log: &mut dyn Log) -> Result<(), GoError> {
        self.lock = Lock::parse(&file.data).map_err(|error| cannot_load("requirements.lock", error))?;
        if self.metadata.get_or_insert_default().api_version == "v1" {
            self.files.push(plain(file));
            return Ok(());
        }
        log.info(
            "Warning: Dependency locking is handled in Chart.lock since apiVersion \"v2\". We recommend migrating to \
             Chart.lock.",
            &[],
        );
        Ok(())
    }

    fn below_charts(&mut self, mut file: Content) {
        if gostd::path::ext(file.name.as_bytes()) == b".prov" {
            return self.files.push(plain(file));
        }
        file.name.drain(.."charts/".len());
        let name = file.name.split('/').next().unwrap_or_default();
        // The files of one subchart follow each other in a folder, not always in an archive.
        let position = match self.subcharts.last() {
            Some(last) if last.name == name => self.subcharts.len() - 1,
            _ => *self.places.entry(name.to_owned()).or_insert(self.subcharts.len()),
        };
        if position == self.subcharts.len() {
            self.subcharts.push(Group { name: name.to_owned(), files: Vec::new() });
        }
        self.subcharts[position].files.push(file);
    }
}

/// Makes the chart of an entry of `charts/`; none of those that start with `_` or `.`.
fn subchart(group: Group, parent: &str, budget: &mut Budget, log: &mut dyn Log) -> Result<Option<Chart>, GoError> {
    let Group { name, files } = group;
    if name.starts_with(['_', '.']) {
        return Ok(None);
    }
    if budget.depth == 0 {
        return Err(GoError::new(format!("charts are nested more than {DEPTH_LIMIT} deep")));
    }
    budget.depth -= 1;
    let result = if gostd::path::ext(name.as_bytes()) == b".tgz" {
        packed(&name, parent, &files, budget)?.and_then(|files| tree(files, budget, log))
    } else {
        tree(below(files), budget, log)
    };
    budget.depth += 1;
    result
        .map(Some)
        .map_err(|error| GoError::wrap(format!("error unpacking subchart {name} in {parent}: {}", error.text), error))
}

/// Unpacks an archive in `charts/`; the inner error is about its content.
fn packed(
    name: &str,
    parent: &str,
    files: &[Content],
    budget: &mut Budget,
) -> Result<Result<Vec<Content>, GoError>, GoError> {
    let Some(file) = files.first() else { return Ok(Err(GoError::new("no files in chart archive"))) };
    if file.name != name {
        let found = &file.name;
        let text = format!("error unpacking subchart tar in {parent}: expected {name}, got {found}");
        return Err(GoError::new(text));
    }
    let files = archive::files(&file.data).and_then(|files| {
        let bytes: u64 = files.iter().map(|file| file.data.len() as u64).sum();
        budget.bytes = budget.bytes.checked_sub(bytes).ok_or_else(|| archive::too_large(TREE_BYTES))?;
        Ok(files)
    });
    Ok(files)
}

/// Takes the first part off the names; plain files in `charts/` have no other.
fn below(files: Vec<Content>) -> Vec<Content> {
    let inside = |mut file: Content| {
        let slash = file.name.find('/')?;
        file.name.drain(..=slash);
        Some(file)
    };
    files.into_iter().filter_map(inside).collect()
}

fn plain(file: Content) -> File<Data> {
    File { name: file.name, data: file.data, modified: file.modified }
}

fn cannot_load(file: &str, error: GoError) -> GoError {
    GoError::wrap(format!("cannot load {file}: {}", error.text), error)
}
