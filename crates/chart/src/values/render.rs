//! The data that rendering starts from.

use gostd::value::Entries;
use gostd::{GoError, Map, Str, Value};

use super::VALUES;
use crate::capabilities::Capabilities;
use crate::chart::Chart;
use crate::log::Log;
use crate::schema;

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

/// Returns `.Chart`, `.Capabilities`, `.Release` and `.Values` of a chart's templates; see [`super::coalesce`] for
/// what the values share with the chart.
///
/// # Errors
/// Those of [`super::coalesce`]; `values don't meet the specifications of the schema(s) in the following chart(s):…`
/// unless `skip_schema`.
pub fn to_render_values(
    chart: &Chart,
    values: &Map,
    release: &Release,
    capabilities: &Capabilities,
    skip_schema: bool,
    log: &mut dyn Log,
) -> Result<Map, GoError> {
    let values = super::coalesce(chart, values, log)?;
    if !skip_schema {
        schema::validate(chart, &values, log).map_err(|error| {
            let head = "values don't meet the specifications of the schema(s) in the following chart(s):";
            GoError::wrap(format!("{head}\n{}", error.text), error)
        })?;
    }
    Ok(Map::new(Entries::from([
        (Str::from("Capabilities"), Value::object(capabilities.clone())),
        (Str::from("Chart"), Value::Map(chart.metadata_map())),
        (Str::from("Release"), Value::Map(release.to_map())),
        (Str::from("Values"), Value::Map(values.view(&VALUES))),
    ])))
}
