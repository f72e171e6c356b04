//! A chart in memory.

use std::rc::Rc;
use std::time::SystemTime;

use gostd::{Map, Str};

use crate::content::Data;
use crate::metadata::{Lock, Metadata};
use crate::values::defaults::Defaults;

/// A chart with its subcharts. Cloning shares the contents.
#[derive(Clone)]
pub struct Chart {
    pub(crate) metadata: Rc<Metadata>,
    pub(crate) lock: Option<Rc<Lock>>,
    pub(crate) templates: Rc<[File<Str>]>,
    pub(crate) files: Rc<[File<Data>]>,
    pub(crate) defaults: Rc<Defaults>,
    /// values.yaml as it was written.
    pub(crate) raw_values: Option<Str>,
    /// When values.yaml was changed last.
    pub(crate) values_modified: Option<SystemTime>,
    /// values.schema.json; one without content is none that can be read.
    pub(crate) schema: Option<Str>,
    /// When the schema and Chart.yaml were changed last; nobody knows of charts that never were files.
    pub(crate) schema_modified: Option<SystemTime>,
    pub(crate) modified: Option<SystemTime>,
    /// The full path of the chart that this one is part of.
    pub(crate) parent_path: Option<Rc<str>>,
    pub(crate) children: Vec<Chart>,
    /// Processing made this copy and has not given it its place yet.
    pub(crate) copied: bool,
}

/// A file of a chart.
#[derive(Clone)]
pub struct File<D> {
    /// The path in the chart, with `/`.
    pub name: String,
    /// A template's text, or what can be read when it is wanted.
    pub data: D,
    /// When it was changed last, as the file system or the archive tells; releases keep it.
    pub modified: Option<SystemTime>,
}

/// What a release keeps of a chart: the top without its subcharts.
#[derive(Default)]
pub struct Parts {
    pub metadata: Metadata,
    pub lock: Option<Lock>,
    pub templates: Vec<File<Str>>,
    pub files: Vec<File<Data>>,
    pub values: Map,
    pub schema: Option<Str>,
}

/// A file of a chart's folder `crds`.
#[derive(Clone)]
pub struct Crd {
    /// The path in its chart.
    pub name: String,
    /// The path with the full path of its chart before it.
    pub filename: String,
    pub data: Data,
}

impl Chart {
    /// Makes a chart that was stored: nothing is checked, as its release was installed with it.
    pub fn from_parts(parts: Parts) -> Self {
        Chart {
            metadata: Rc::new(parts.metadata),
            lock: parts.lock.map(Rc::new),
            templates: parts.templates.into(),
            files: parts.files.into(),
            defaults: Rc::new(Defaults::new(parts.values)),
            raw_values: None,
            values_modified: None,
            schema: parts.schema,
            schema_modified: None,
            modified: None,
            parent_path: None,
            children: Vec::new(),
            copied: false,
        }
    }

    /// Returns the name: that of Chart.yaml, or the alias under which the parent asked for it.
    pub fn name(&self) -> &str {
        &self.metadata.name
    }

    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Returns the definition to change it; what shares it keeps the old one.
    pub fn metadata_mut(&mut self) -> &mut Metadata {
        Rc::make_mut(&mut self.metadata)
    }

    /// Returns what templates see as `.Chart`, but for `IsRoot`.
    pub fn metadata_map(&self) -> Map {
        self.metadata.to_map()
    }

    pub fn lock(&self) -> Option<&Lock> {
        self.lock.as_deref()
    }

    pub fn is_root(&self) -> bool {
        self.parent_path.is_none()
    }

    /// Returns the path that templates and errors name: `parent/charts/child`.
    pub fn full_path(&self) -> String {
        match &self.parent_path {
            Some(parent) => format!("{parent}/charts/{}", self.name()),
            None => self.name().to_owned(),
        }
    }

    /// Returns the subcharts: those of Chart.yaml that are enabled, and those that just lie in `charts/`.
    pub fn dependencies(&self) -> &[Chart] {
        &self.children
    }

    /// Returns the files below `templates/`, in the order of loading.
    pub fn templates(&self) -> &[File<Str>] {
        &self.templates
    }

    /// Returns what is neither a template nor a file with a meaning of its own.
    pub fn files(&self) -> &[File<Data>] {
        &self.files
    }

    /// Reports whether a file of [`Chart::templates`] is parsed: of library charts only those that start with `_`.
    pub fn is_template(&self, name: &str) -> bool {
        let base = name.rsplit('/').next().unwrap_or(name);
        !self.metadata.is_library() || base.starts_with('_')
    }

    /// Returns the default values: those of values.yaml, with what was imported from subcharts.
    pub fn values(&self) -> &Map {
        self.defaults.map()
    }

    /// Replaces the default values.
    pub fn set_values(&mut self, values: Map) {
        self.defaults = Defaults::new(values).into();
    }

    /// Reports whether the chart has default values.
    pub fn has_values(&self) -> bool {
        self.raw_values.is_some()
    }

    pub fn raw_values(&self) -> Option<&[u8]> {
        self.raw_values.as_deref()
    }

    /// Returns when values.yaml was changed last.
    pub fn values_modified(&self) -> Option<SystemTime> {
        self.values_modified
    }

    pub fn schema(&self) -> Option<&Str> {
        self.schema.as_ref()
    }

    /// Returns when the schema was changed last.
    pub fn schema_modified(&self) -> Option<SystemTime> {
        self.schema_modified
    }

    /// Returns when Chart.yaml was changed last.
    pub fn modified(&self) -> Option<SystemTime> {
        self.modified
    }

    /// Returns the files of `crds/` with a manifest's extension, this chart's before those of its subcharts.
    pub fn crds(&self) -> Vec<Crd> {
        let mut crds = Vec::new();
        self.collect_crds(&mut crds);
        crds
    }

    fn collect_crds(&self, crds: &mut Vec<Crd>) {
        let path = self.full_path();
        for file in self.files.iter().filter(|file| is_crd(&file.name)) {
            crds.push(Crd {
                name: file.name.clone(),
                filename: format!("{path}/{}", file.name),
                data: file.data.clone(),
            });
        }
        self.children.iter().for_each(|child| child.collect_crds(crds));
    }

    /// Gives the whole tree the paths of its place.
    pub(crate) fn relink(&mut self) {
        let path: Rc<str> = self.full_path().into();
        for child in &mut self.children {
            child.parent_path = Some(path.clone());
            child.relink();
        }
    }
}

fn is_crd(name: &str) -> bool {
    let base = name.rsplit('/').next().unwrap_or(name);
    let extension = base.rfind('.').map_or("", |dot| &base[dot..]);
    name.starts_with("crds/") && [".yaml", ".yml", ".json"].iter().any(|e| e.eq_ignore_ascii_case(extension))
}
