//! What a registry says of the versions of a chart: digest, annotations, and the definition, without the chart itself.

use std::collections::BTreeMap;

use gostd::Value;

use crate::auth::scope::Access;
use crate::client::Client;
use crate::content::{self, each};
use crate::error::{Error, Side, step};
use crate::http::Body;
use crate::json;
use crate::manifest::{Descriptor, Manifest, media};
use crate::reference::{Reference, without_scheme};
use crate::repository::{METADATA_BYTES, Repository};

/// A version of a chart in a registry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Description {
    pub version: String,
    pub tag: String,
    /// Of the manifest.
    pub digest: String,
    /// Of the packed chart; 0 for what is no chart.
    pub size: i64,
    /// Whether its definition is that of a chart: registries keep other things too.
    pub is_chart: bool,
    pub name: String,
    pub app_version: String,
    pub description: String,
    pub deprecated: bool,
    pub annotations: BTreeMap<String, String>,
}

impl Client {
    /// Describes versions of a repository, in their order.
    ///
    /// # Errors
    /// What is wrong with the reference; what the registry says of one of the versions.
    pub fn describe(&self, reference: &str, versions: &[String]) -> Result<Vec<Description>, Error> {
        let place = Reference::parse(without_scheme(reference))?;
        let repository = self.repository(place, Access::Pull);
        each(versions, |version| describe(&repository, version))
    }
}

fn describe(repository: &Repository<'_>, version: &str) -> Result<Description, Error> {
    let tag = version.replace('+', "_");
    let place = repository.place.at(&tag);
    let (root, bytes) = repository.fetch_reference(&place).map_err(step("FetchReference", Side::Source))?;
    let bytes = content::check(Body { bytes, broken: None }, &root).map_err(|error| error.within(&place))?;
    let manifest = Manifest::read(&bytes).map_err(|error| Error::from(error).within(&place))?;
    let config = manifest.config().filter(|config| config.media_type == media::CONFIG);
    let definition = match &config {
        Some(config) => definition(repository, config).map_err(|error| error.within(&place))?,
        None => Value::Nil,
    };
    let layers = manifest.successors(&root.media_type);
    let chart = layers.iter().find(|layer| [media::CHART, media::OLD_CHART].contains(&layer.media_type.as_str()));
    Ok(Description {
        version: version.to_owned(),
        digest: root.digest,
        size: chart.map_or(0, |layer| layer.size),
        is_chart: config.is_some(),
        name: json::text(&definition, "name"),
        app_version: json::text(&definition, "appVersion"),
        description: json::text(&definition, "description"),
        deprecated: matches!(json::member(&definition, "deprecated"), Value::Bool(true)),
        annotations: manifest.annotations(),
        tag,
    })
}

fn definition(repository: &Repository<'_>, config: &Descriptor) -> Result<Value, Error> {
    let text = content::read(repository.fetch(config)?, config, METADATA_BYTES)?;
    Ok(gostd::json::decode_shaped(&text, &chart::metadata::METADATA)?)
}
