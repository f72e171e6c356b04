//! The manifest of a chart that came as a package: as `helm push` writes it (`pkg/registry` of Helm 4.3.1), but with the
//! time of its upload, so that a package always has one manifest.

use std::collections::BTreeMap;

use chart::Metadata;
use chart::metadata::METADATA;
use serde::Serialize;

use crate::digest::Digest;
use crate::error::Error;

use super::entry;

pub const CONFIG: &str = "application/vnd.cncf.helm.config.v1+json";
pub const CHART_LAYER: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
pub const PROVENANCE_LAYER: &str = "application/vnd.cncf.helm.chart.provenance.v1.prov";
/// What Helm used before.
const OLD_CHART_LAYER: &str = "application/tar+gzip";

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
    annotations: BTreeMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Part<'a> {
    media_type: &'a str,
    digest: &'a str,
    size: u64,
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
    let definition = gostd::json::decode_shaped(metadata.as_bytes(), &METADATA);
    let definition = Metadata::from_value(&definition.map_err(|_| Error::torn("read the metadata of a chart"))?);
    let config = Digest::of(crate::digest::Algorithm::Sha256, metadata.as_bytes());
    let part = |media_type, piece: Piece<'_>| (media_type, piece.digest.to_string(), piece.size);
    let parts: Vec<(&str, String, u64)> =
        [part(CHART_LAYER, chart)].into_iter().chain(provenance.map(|piece| part(PROVENANCE_LAYER, piece))).collect();
    let created = entry::seconds(created);
    let document = Document {
        schema_version: 2,
        config: Part { media_type: CONFIG, digest: config.as_str(), size: metadata.len() as u64 },
        layers: parts.iter().map(|(media_type, digest, size)| Part { media_type, digest, size: *size }).collect(),
        annotations: chart::annotations::of(&definition, &created),
    };
    serde_json::to_vec(&document).map_err(|_| Error::torn("write a manifest"))
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
