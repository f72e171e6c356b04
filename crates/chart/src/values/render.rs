//! The data that rendering starts from.

use gostd::value::Entries;
use gostd::{GoError, Map, Str, Value};

use super::VALUES;
use crate::capabilities::Capabilities;
use crate::chart::Chart;
use crate::log::Log;
use crate::schema::{self, Schemas};

/// What templates see as `.Release`.
#[derive(Clone, Debug)]
pub struct Release {
    pub name: String,
    pub namespace: String,
    /// 1 for the first.
    pub revision: i64,
    pub is_install: bool,
    pub is_upgrade: bool,
}

impl Release {
    fn to_map(&self) -> Map {
        let pairs: [(&str, Value); 6] = [
            ("IsInstall", self.is_install.into()),
            ("IsUpgrade", self.is_upgrade.into()),
            ("Name", self.name.as_str().into()),
            ("Namespace", self.namespace.as_str().into()),
            ("Revision", Value::Int(self.revision)),
            ("Service", "Helm".into()),
        ];
        Map::new(pairs.into_iter().map(|(name, value)| (Str::from(name), value)).collect())
    }
}

/// What templates see beside the chart and its values, and what the values have to fit.
pub struct Surroundings<'a> {
    pub release: &'a Release,
    pub capabilities: &'a Capabilities,
    pub schemas: Schemas<'a>,
}

/// Returns `.Chart`, `.Capabilities`, `.Release` and `.Values` of a chart's templates; see [`super::coalesce`] for
/// what the values share with the chart.
///
/// # Errors
/// Those of [`super::coalesce`]; `values don't meet the specifications of the schema(s) in the following chart(s):…`
/// unless schemas are ignored.
pub fn to_render_values(
    chart: &Chart,
    values: &Map,
    around: &Surroundings<'_>,
    log: &mut dyn Log,
) -> Result<Map, GoError> {
    let values = super::coalesce(chart, values, log)?;
    if let Schemas::Checked(references) = around.schemas {
        schema::validate(chart, &values, references, log).map_err(|error| {
            let head = "values don't meet the specifications of the schema(s) in the following chart(s):";
            GoError::wrap(format!("{head}\n{}", error.text), error)
        })?;
    }
    Ok(Map::new(Entries::from([
        (Str::from("Capabilities"), Value::object(around.capabilities.clone())),
        (Str::from("Chart"), Value::Map(chart.metadata_map())),
        (Str::from("Release"), Value::Map(around.release.to_map())),
        (Str::from("Values"), Value::Map(values.view(&VALUES))),
    ])))
}
