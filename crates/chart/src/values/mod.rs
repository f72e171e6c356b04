//! Values: what the user gives and what charts bring, until templates see them.

mod coalesce;
pub(crate) mod defaults;
mod lookup;
mod prefix;
mod read;
mod render;
pub(crate) mod tree;

pub(crate) use coalesce::{Coalescer, Mode};
pub(crate) use prefix::Prefix;

pub use coalesce::coalesce_tables;
pub use lookup::{VALUES, path_value, table};
pub use read::{check_values, load_values, merge_maps, read_values};
pub use render::{Release, Surroundings, to_render_values};
pub use tree::deep_copy_map;

use gostd::{GoError, Map};

use crate::chart::Chart;
use crate::log::Log;
use tree::Table;

/// The Go type of a chart's values.
pub(crate) const VALUES_NAME: &str = "common.Values";

/// Returns the user's values with the defaults of a chart and its subcharts.
///
/// Maps that the user did not touch are those of the chart, not copies: who changes the result (a template's `set`
/// does) changes the chart's defaults.
///
/// # Errors
/// `type mismatch on NAME: …` when the values of a subchart are no map.
pub fn coalesce(chart: &Chart, values: &Map, log: &mut dyn Log) -> Result<Map, GoError> {
    let table = Table::of(values);
    Coalescer::new(Mode::Coalesce, log).chart(chart, &table, Prefix::ROOT)?;
    Ok(table.to_map())
}
