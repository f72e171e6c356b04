//! The rules of `helm lint` (`pkg/chart/v2/lint` of Helm 4.3.1), in Helm's order.

mod message;
mod names;
mod rules;
mod urls;

use std::path::PathBuf;

use chart::capabilities::KubeVersion;
use chart::schema::Schemas;
use gostd::Map;

pub use message::{Linter, Message, Severity};

/// What to lint with.
pub struct Options<'a> {
    pub namespace: String,
    pub kube_version: Option<KubeVersion>,
    pub schemas: Schemas<'a>,
}

/// Runs every rule over a chart folder; `chart_dir` is absolute.
///
/// `log` gets what loading and lint-mode rendering have to say.
pub fn run(chart_dir: PathBuf, values: &Map, options: &Options<'_>, log: &mut dyn chart::log::Log) -> Vec<Message> {
    let mut linter = Linter::new(chart_dir);
    rules::chartfile::check(&mut linter);
    rules::values::check(&mut linter, values, options.schemas, log);
    rules::templates::check(&mut linter, values, options, log);
    rules::dependencies::check(&mut linter, log);
    rules::crds::check(&mut linter, log);
    linter.messages
}
