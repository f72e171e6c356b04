//! The manifest of a chart that came as a package: as `helm push` writes it (`pkg/registry` of Helm 4.3.1), but with the
//! time of its upload, so that a package always has one manifest.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::error::Error;

use super::entry;

pub const CONFIG: &str = "application/vnd.cncf.helm.config.v1+json";
pub const CHART_LAYER: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
pub const PROVENANCE_LAYER: &str = "application/vnd.cncf.helm.chart.provenance.v1.prov";
/// What Helm used before.
const OLD_CHART_LAYER: &str = "application/tar+gzip";

const TITLE: &str = "org.opencontainers.image.title";
const VERSION: &str = "org.opencontainers.image.version";

/// Tells whether a layer is a chart's package.
pub fn is_chart_layer(media_type: &str) -> bool {
    media_type == CHART_LAYER || media_type == OLD_CHART_LAYER
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "schemaVersion")]
    schema_version: u8,
    config: Part<'a>,
    layers: Vec<Part<'a>>,
    annotations: BTreeMap<&'a str, &'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Part<'a> {
    media_type: &'a str,
    digest: &'a str,
    size: u64,
}

/// What of Chart.yaml stands in annotations.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Fields {
    name: String,
    version: String,
    description: String,
    home: String,
    sources: Vec<String>,
    maintainers: Vec<Option<Maintainer>>,
    annotations: BTreeMap<String, String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Maintainer {
    name: String,
    email: String,
}

/// A content as a manifest refers to it.
#[derive(Clone, Copy)]
pub struct Piece<'a> {
    pub digest: &'a Digest,
    pub size: u64,
}

/// Returns the manifest of a chart whose Chart.yaml is given as JSON: the bytes of its config.
///
/// # Errors
/// The JSON is not that of a Chart.yaml.
pub fn manifest(
    metadata: &str,
    chart: Piece<'_>,
    provenance: Option<Piece<'_>>,
    created: i64,
) -> Result<Vec<u8>, Error> {
    let fields: Fields = serde_json::from_str(metadata).map_err(|_| Error::torn("read the metadata of a chart"))?;
    let config = Digest::of(crate::digest::Algorithm::Sha256, metadata.as_bytes());
    let part = |media_type, piece: Piece<'_>| (media_type, piece.digest.to_string(), piece.size);
    let parts: Vec<(&str, String, u64)> =
        [part(CHART_LAYER, chart)].into_iter().chain(provenance.map(|piece| part(PROVENANCE_LAYER, piece))).collect();
    let created = entry::seconds(created);
    let authors = authors(&fields.maintainers);
    let document = Document {
        schema_version: 2,
        config: Part { media_type: CONFIG, digest: config.as_str(), size: metadata.len() as u64 },
        layers: parts.iter().map(|(media_type, digest, size)| Part { media_type, digest, size: *size }).collect(),
        annotations: annotations(&fields, &created, &authors),
    };
    serde_json::to_vec(&document).map_err(|_| Error::torn("write a manifest"))
}

fn annotations<'a>(fields: &'a Fields, created: &'a str, authors: &'a str) -> BTreeMap<&'a str, &'a str> {
    let own = [
        ("org.opencontainers.image.description", fields.description.as_str()),
        (TITLE, &fields.name),
        (VERSION, &fields.version),
        ("org.opencontainers.image.url", &fields.home),
        ("org.opencontainers.image.created", created),
        ("org.opencontainers.image.source", fields.sources.first().map_or("", String::as_str)),
        ("org.opencontainers.image.authors", authors),
    ];
    let own = own.into_iter().filter(|(_, text)| !text.trim().is_empty());
    let chart = fields.annotations.iter().filter(|(name, _)| *name != TITLE && *name != VERSION);
    own.chain(chart.map(|(name, text)| (name.as_str(), text.as_str()))).collect()
}

fn authors(maintainers: &[Option<Maintainer>]) -> String {
    let author = |maintainer: &Maintainer| match maintainer.email.as_str() {
        "" => maintainer.name.clone(),
        email => format!("{} ({email})", maintainer.name),
    };
    maintainers.iter().flatten().map(author).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Algorithm;

    #[test]
    fn a_package_always_has_the_same_manifest() {
        let metadata = r#"{"name":"a","version":"1.0.0+b","description":" ","maintainers":[{"name":"n","email":"e"},null,{"name":"m"}],"annotations":{"org.opencontainers.image.title":"x","k":"v"}}"#;
        let digest = Digest::of(Algorithm::Sha256, b"chart");
        let piece = Piece { digest: &digest, size: 5 };
        let bytes = manifest(metadata, piece, None, 1999).expect("a manifest");
        let config = Digest::of(Algorithm::Sha256, metadata.as_bytes());
        let expected = format!(
            r#"{{"schemaVersion":2,"config":{{"mediaType":"{CONFIG}","digest":"{config}","size":{}}},"layers":[{{"mediaType":"{CHART_LAYER}","digest":"{digest}","size":5}}],"annotations":{{"k":"v","org.opencontainers.image.authors":"n (e), m","org.opencontainers.image.created":"1970-01-01T00:00:01Z","org.opencontainers.image.title":"a","org.opencontainers.image.version":"1.0.0+b"}}}}"#,
            metadata.len()
        );
        assert_eq!(String::from_utf8_lossy(&bytes), expected);
        let signed = manifest(metadata, piece, Some(piece), 1999).expect("a manifest");
        assert!(String::from_utf8_lossy(&signed).contains(PROVENANCE_LAYER));
    }
}
