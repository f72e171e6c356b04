//! Reads manifests: what they are, what they need, what they refer to. The bytes themselves are never changed.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::charts::{CONFIG, PROVENANCE_LAYER, is_chart_layer};
use crate::digest::Digest;
use crate::error::Error;

use super::table::IMAGE;

/// Contents and manifests that one manifest may name.
const DESCRIPTORS: usize = 4096;
/// Bytes of a media type.
const MEDIA_TYPE_BYTES: usize = 255;

const INDEX: &str = "application/vnd.oci.image.index.v1+json";
/// Media types that are kept: OCI's, those of Docker's second schema, and the artifact that OCI had for a while.
const MEDIA_TYPES: [&str; 5] = [
    IMAGE,
    INDEX,
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.artifact.manifest.v1+json",
];

/// What a manifest says.
#[derive(Debug)]
pub struct Document {
    pub media_type: String,
    pub artifact_type: Option<String>,
    pub subject: Option<Digest>,
    /// A JSON object.
    pub annotations: Option<String>,
    /// Blobs that must be there, with their sizes.
    pub blobs: Vec<(Digest, u64)>,
    /// Manifests that must be there.
    pub manifests: Vec<Digest>,
    pub chart: Option<ChartLayers>,
}

/// The layers of a Helm chart.
#[derive(Debug)]
pub struct ChartLayers {
    pub package: Digest,
    pub provenance: Option<(Digest, u64)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Text {
    schema_version: Option<i64>,
    media_type: Option<String>,
    artifact_type: Option<String>,
    config: Option<Descriptor>,
    layers: Option<Vec<Descriptor>>,
    blobs: Option<Vec<Descriptor>>,
    manifests: Option<Vec<Descriptor>>,
    subject: Option<Descriptor>,
    annotations: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    #[serde(default)]
    media_type: String,
    digest: String,
    size: u64,
    #[serde(default)]
    urls: Option<Vec<String>>,
}

impl Document {
    /// Reads a manifest that was pushed with a `Content-Type`, without its parameters.
    ///
    /// # Errors
    /// It is no manifest of a known type, or its parts contradict each other.
    pub fn read(content_type: Option<&str>, body: &[u8]) -> Result<Document, Error> {
        let text: Text = serde_json::from_slice(body)
            .map_err(|error| Error::invalid(format!("the manifest is no JSON: {error}")))?;
        let media_type = media_type(content_type, &text)?;
        if text.schema_version.is_some_and(|version| version != 2) {
            return Err(Error::invalid("schemaVersion must be 2"));
        }
        let annotations = text.annotations.as_ref().map(serde_json::to_string).transpose();
        let config_type = text.config.as_ref().map(|config| config.media_type.clone()).filter(|name| !name.is_empty());
        let is_list = text.manifests.is_some();
        let given = text.artifact_type.clone().filter(|name| !name.is_empty());
        Ok(Document {
            subject: text.subject.as_ref().map(Descriptor::parsed).transpose()?.map(|(digest, _)| digest),
            artifact_type: if is_list { given } else { given.or(config_type) },
            annotations: annotations.map_err(|_| Error::invalid("the annotations are no text"))?,
            chart: chart_layers(&text)?,
            manifests: digests(text.manifests.as_deref())?.into_iter().map(|(digest, _)| digest).collect(),
            blobs: blobs(&text)?,
            media_type,
        })
    }
}

/// Returns the package of the chart that a manifest is about, if it is about one.
///
/// # Errors
/// As [`Document::read`].
pub fn chart_of(content_type: Option<&str>, body: &[u8]) -> Result<Option<Digest>, Error> {
    Ok(Document::read(content_type, body)?.chart.map(|layers| layers.package))
}

fn media_type(content_type: Option<&str>, text: &Text) -> Result<String, Error> {
    let own = text.media_type.as_deref().filter(|name| !name.is_empty());
    let named = match (content_type, own) {
        (Some(header), Some(own)) if header != own => {
            let text = format!("Content-Type is {header}, but mediaType of the manifest is {own}");
            return Err(Error::invalid(text));
        }
        (header, own) => header.or(own).unwrap_or(if text.manifests.is_some() { INDEX } else { IMAGE }),
    };
    match named.len() <= MEDIA_TYPE_BYTES && MEDIA_TYPES.contains(&named) {
        true => Ok(named.to_owned()),
        false => Err(Error::invalid(format!("manifests of type {named:.255} are not kept here"))),
    }
}

/// Blobs of a manifest; layers that are elsewhere need not be here. Those of a chart must be, wherever else they are: they
/// are served as its files.
fn blobs(text: &Text) -> Result<Vec<(Digest, u64)>, Error> {
    let is_chart = is_chart(text);
    let here = |layer: &&Descriptor| is_chart || layer.urls.as_ref().is_none_or(Vec::is_empty);
    let layers = text.layers.iter().flatten().filter(here);
    let all: Vec<&Descriptor> = text.config.iter().chain(layers).chain(text.blobs.iter().flatten()).collect();
    check_count(all.len())?;
    all.into_iter().map(Descriptor::parsed).collect()
}

fn digests(list: Option<&[Descriptor]>) -> Result<Vec<(Digest, u64)>, Error> {
    let list = list.unwrap_or_default();
    check_count(list.len())?;
    list.iter().map(Descriptor::parsed).collect()
}

fn check_count(count: usize) -> Result<(), Error> {
    match count > DESCRIPTORS {
        true => Err(Error::invalid(format!("the manifest names more than {DESCRIPTORS} contents"))),
        false => Ok(()),
    }
}

fn is_chart(text: &Text) -> bool {
    text.config.as_ref().is_some_and(|config| config.media_type == CONFIG)
}

fn chart_layers(text: &Text) -> Result<Option<ChartLayers>, Error> {
    if !is_chart(text) {
        return Ok(None);
    }
    let layer = |wanted: fn(&str) -> bool| text.layers.iter().flatten().find(|layer| wanted(&layer.media_type));
    let package = layer(is_chart_layer).ok_or_else(|| {
        Error::invalid(format!("manifest does not contain a layer with mediatype {}", crate::charts::CHART_LAYER))
    })?;
    let provenance = layer(|name| name == PROVENANCE_LAYER).map(Descriptor::parsed).transpose()?;
    Ok(Some(ChartLayers { package: package.parsed()?.0, provenance }))
}

impl Descriptor {
    fn parsed(&self) -> Result<(Digest, u64), Error> {
        Ok((self.digest.parse()?, self.size))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(number: u8) -> String {
        format!("sha256:{}", format!("{number:02x}").repeat(32))
    }

    fn part(number: u8, media_type: &str) -> String {
        format!(r#"{{"mediaType":"{media_type}","digest":"{}","size":{number}}}"#, digest(number))
    }

    #[test]
    fn what_a_manifest_needs_is_found() {
        let body = format!(
            r#"{{"schemaVersion":2,"config":{},"layers":[{},{{"digest":"{}","size":9,"urls":["u"]}}],"subject":{},"annotations":{{"a":"b"}}}}"#,
            part(1, "c/t"),
            part(2, "l"),
            digest(3),
            part(4, "s")
        );
        let read = Document::read(None, body.as_bytes()).expect("a manifest");
        let blobs: Vec<String> = read.blobs.iter().map(|(digest, size)| format!("{digest} {size}")).collect();
        assert_eq!(blobs, [format!("{} 1", digest(1)), format!("{} 2", digest(2))]);
        assert_eq!(read.media_type, IMAGE);
        assert_eq!(read.artifact_type.as_deref(), Some("c/t"));
        assert_eq!(read.subject.map(|d| d.to_string()), Some(digest(4)));
        assert_eq!(read.annotations.as_deref(), Some(r#"{"a":"b"}"#));
        let list = format!(r#"{{"schemaVersion":2,"manifests":[{}]}}"#, part(5, IMAGE));
        let read = Document::read(Some(INDEX), list.as_bytes()).expect("an index");
        assert_eq!((read.manifests.len(), read.artifact_type, read.blobs.len()), (1, None, 0));
    }

    #[test]
    fn charts_are_known_by_their_config() {
        let body = |layers: &str| format!(r#"{{"schemaVersion":2,"config":{},"layers":[{layers}]}}"#, part(1, CONFIG));
        let layers = format!("{},{}", part(2, PROVENANCE_LAYER), part(3, crate::charts::CHART_LAYER));
        let chart = Document::read(None, body(&layers).as_bytes()).expect("a chart").chart.expect("a chart");
        assert_eq!(chart.package.to_string(), digest(3));
        assert_eq!(chart.provenance.map(|(digest, size)| (digest.to_string(), size)), Some((digest(2), 2)));
        assert!(Document::read(None, body("").as_bytes()).is_err());
        let elsewhere = layers.replace(r#""size":2"#, r#""size":2,"urls":["u"]"#);
        let read = Document::read(None, body(&elsewhere).as_bytes()).expect("a chart");
        assert_eq!(read.blobs.len(), 3, "what is served must be here");
    }

    #[test]
    fn what_is_no_manifest_is_refused() {
        let cases = [
            (None, "", "no JSON"),
            (None, "[]", "no JSON"),
            (None, r#"{"schemaVersion":1}"#, "schemaVersion"),
            (Some("text/plain"), "{}", "not kept"),
            (Some(IMAGE), r#"{"mediaType":"application/vnd.oci.image.index.v1+json"}"#, "Content-Type"),
            (None, r#"{"config":{"digest":"sha256:0","size":1}}"#, "digits"),
            (None, r#"{"config":{"digest":"md5:00","size":1}}"#, "unsupported"),
            (None, r#"{"layers":[{"digest":"x","size":-1}]}"#, "no JSON"),
        ];
        for (content_type, body, expected) in cases {
            let error = Document::read(content_type, body.as_bytes()).map(drop).map_err(|error| error.to_string());
            assert!(error.as_ref().is_err_and(|text| text.contains(expected)), "{body}: {error:?}");
        }
    }
}
