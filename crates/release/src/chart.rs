//! What a record keeps of a chart: everything but its subcharts.

use chart::{Data, Lock, Metadata, Parts};
use gostd::time::Time;
use gostd::{Map, Str};

use crate::times;

/// The chart of a revision (`pkg/chart/v2/chart.go`). Cloning shares the contents.
///
/// A list or map that is `None` is null in JSON: Go tells it from an empty one.
#[derive(Clone, Default)]
pub struct Chart {
    pub metadata: Option<Metadata>,
    pub lock: Option<Lock>,
    pub templates: Option<Vec<File>>,
    pub values: Option<Map>,
    pub schema: Option<Str>,
    pub schema_modified: Option<Time>,
    pub files: Option<Vec<File>>,
    pub modified: Option<Time>,
}

/// A file of a stored chart.
#[derive(Clone)]
pub struct File {
    pub name: String,
    pub data: Option<Data>,
    pub modified: Option<Time>,
}

impl Chart {
    /// Returns the chart's name; empty without metadata.
    pub fn name(&self) -> &str {
        self.metadata.as_ref().map_or("", |metadata| &metadata.name)
    }

    /// Returns the chart again, as it was but for the subcharts that no record has.
    pub fn to_chart(&self) -> chart::Chart {
        let template = |file: &File| chart::File {
            name: file.name.clone(),
            data: file.data.as_ref().map(|data| data.bytes().clone()).unwrap_or_default(),
            modified: file.modified.as_ref().and_then(times::to_file),
        };
        let plain = |file: &File| chart::File {
            name: file.name.clone(),
            data: file.data.clone().unwrap_or_else(|| Str::default().into()),
            modified: file.modified.as_ref().and_then(times::to_file),
        };
        chart::Chart::from_parts(Parts {
            metadata: self.metadata.clone().unwrap_or_default(),
            lock: self.lock.clone(),
            templates: self.templates.iter().flatten().map(template).collect(),
            files: self.files.iter().flatten().map(plain).collect(),
            values: self.values.clone().unwrap_or_default(),
            schema: self.schema.clone(),
        })
    }
}

impl From<&chart::Chart> for Chart {
    fn from(chart: &chart::Chart) -> Self {
        let values = chart.values();
        let templates = chart.templates().iter();
        let files = chart.files().iter();
        Chart {
            metadata: Some(chart.metadata().clone()),
            lock: chart.lock().cloned(),
            templates: list(templates.map(|f| File::new(&f.name, f.data.clone().into(), f.modified)).collect()),
            values: (chart.has_values() || !values.is_empty()).then(|| values.clone()),
            schema: chart.schema().cloned(),
            schema_modified: chart.schema_modified().map(times::of_file),
            files: list(files.map(|f| File::new(&f.name, f.data.clone(), f.modified)).collect()),
            modified: chart.modified().map(times::of_file),
        }
    }
}

impl File {
    fn new(name: &str, data: Data, modified: Option<std::time::SystemTime>) -> Self {
        File { name: name.to_owned(), data: Some(data), modified: modified.map(times::of_file) }
    }
}

/// A chart without any has a nil slice of them.
fn list(files: Vec<File>) -> Option<Vec<File>> {
    Some(files).filter(|files| !files.is_empty())
}
