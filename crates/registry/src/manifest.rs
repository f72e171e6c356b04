//! Manifests: what a chart consists of in a registry, read and written (`image-spec` 1.1 with Helm's media types).

use std::collections::BTreeMap;

use gostd::json::{Field, Object, Shape, append_list, decode_shaped};
use gostd::{GoError, Value};

use crate::digest::Digest;
use crate::json;

/// Media types of what registries keep.
pub mod media {
    pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
    pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";
    pub const ARTIFACT: &str = "application/vnd.oci.artifact.manifest.v1+json";
    pub const DOCKER_MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
    pub const DOCKER_LIST: &str = "application/vnd.docker.distribution.manifest.list.v2+json";
    /// Chart.yaml as JSON.
    pub const CONFIG: &str = "application/vnd.cncf.helm.config.v1+json";
    pub const CHART: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
    pub const PROVENANCE: &str = "application/vnd.cncf.helm.chart.provenance.v1.prov";
    /// A chart as Helm 3.0 pushed it.
    pub const OLD_CHART: &str = "application/tar+gzip";

    /// What is asked for under `manifests/`, in the order of the header `Accept`.
    pub const MANIFESTS: [&str; 5] = [DOCKER_MANIFEST, DOCKER_LIST, MANIFEST, INDEX, ARTIFACT];

    /// Layers that registries need not have.
    pub const FOREIGN: [&str; 4] = [
        "application/vnd.oci.image.layer.nondistributable.v1.tar",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
    ];
}

/// Names a content: its type, digest and size.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Descriptor {
    pub media_type: String,
    /// As a manifest has it: not checked.
    pub digest: String,
    pub size: i64,
}

impl Descriptor {
    pub fn of(media_type: &str, content: &[u8]) -> Self {
        let size = i64::try_from(content.len()).unwrap_or(i64::MAX);
        Descriptor { media_type: media_type.to_owned(), digest: Digest::of(content).to_string(), size }
    }

    pub fn is_manifest(&self) -> bool {
        media::MANIFESTS.contains(&self.media_type.as_str())
    }

    fn read(value: &Value) -> Self {
        let size = match json::member(value, "size") {
            Value::Int(size) | Value::Int64(size) => size,
            _ => 0,
        };
        Descriptor { media_type: json::text(value, "mediaType"), digest: json::text(value, "digest"), size }
    }

    fn append(&self, out: &mut Vec<u8>) {
        let mut object = Object::open(out);
        object.text("mediaType", self.media_type.as_bytes());
        object.text("digest", self.digest.as_bytes());
        object.number("size", self.size);
        object.close();
    }
}

const DESCRIPTOR: Shape = Shape::Struct(
    &[
        Field { name: "mediaType", shape: Shape::String },
        Field { name: "digest", shape: Shape::String },
        Field { name: "size", shape: Shape::Int },
    ],
    "v1.Descriptor",
);
const DESCRIPTORS: Shape = Shape::List(&DESCRIPTOR, "[]v1.Descriptor");
const ANNOTATIONS: Shape = Shape::Map(&Shape::String, "map[string]string");
const MANIFEST: Shape = Shape::Struct(
    &[
        Field { name: "schemaVersion", shape: Shape::Int },
        Field { name: "mediaType", shape: Shape::String },
        Field { name: "artifactType", shape: Shape::String },
        Field { name: "config", shape: DESCRIPTOR },
        Field { name: "layers", shape: DESCRIPTORS },
        Field { name: "blobs", shape: DESCRIPTORS },
        Field { name: "manifests", shape: DESCRIPTORS },
        Field { name: "subject", shape: DESCRIPTOR },
        Field { name: "annotations", shape: ANNOTATIONS },
    ],
    "v1.Manifest",
);

/// A manifest that was read.
pub struct Manifest {
    value: Value,
}

impl Manifest {
    /// # Errors
    /// What `json.Unmarshal` says.
    pub fn read(content: &[u8]) -> Result<Manifest, GoError> {
        Ok(Manifest { value: decode_shaped(content, &MANIFEST)? })
    }

    /// What a manifest of a type leads to (`content.Successors`): the subject, the config, the layers; of an index, the
    /// manifests.
    pub fn successors(&self, media_type: &str) -> Vec<Descriptor> {
        let subject = Some(json::member(&self.value, "subject")).filter(|subject| !subject.is_nil());
        let config = Some(json::member(&self.value, "config"));
        let (first, list) = match media_type {
            media::MANIFEST => ([subject, config], "layers"),
            media::DOCKER_MANIFEST => ([None, config], "layers"),
            media::INDEX => ([subject, None], "manifests"),
            media::DOCKER_LIST => ([None, None], "manifests"),
            media::ARTIFACT => ([subject, None], "blobs"),
            _ => return Vec::new(),
        };
        let items = json::items(&self.value, list);
        first.iter().flatten().chain(&items).map(Descriptor::read).collect()
    }

    /// The config, if there is one.
    pub fn config(&self) -> Option<Descriptor> {
        let config = json::member(&self.value, "config");
        (!config.is_nil()).then(|| Descriptor::read(&config))
    }

    pub fn annotations(&self) -> BTreeMap<String, String> {
        let annotations = json::member(&self.value, "annotations");
        let Some(map) = annotations.as_map() else { return BTreeMap::new() };
        let map = map.borrow();
        let text = |value: &Value| value.as_str().map(|text| text.to_text().into_owned()).unwrap_or_default();
        map.iter().map(|(name, value)| (name.to_text().into_owned(), text(value))).collect()
    }
}

/// Writes the manifest of a chart, as `json.Marshal` of Helm's does: without a media type of its own.
pub fn write(config: &Descriptor, layers: &[Descriptor], annotations: &BTreeMap<String, String>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut object = Object::open(&mut out);
    object.number("schemaVersion", 2);
    config.append(object.name("config"));
    append_list(object.name("layers"), layers, |out, layer| layer.append(out));
    if !annotations.is_empty() {
        let mut map = Object::open(object.name("annotations"));
        annotations.iter().for_each(|(name, text)| map.text(name, text.as_bytes()));
        map.close();
    }
    object.close();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let config = Descriptor::of(media::CONFIG, b"{}");
        let layers = [Descriptor::of(media::CHART, b"chart")];
        let annotations = BTreeMap::from([("a<b".to_owned(), "c".to_owned())]);
        let text = write(&config, &layers, &annotations);
        let digest = Digest::of(b"chart");
        let expected = format!(
            "{{\"schemaVersion\":2,\"config\":{{\"mediaType\":\"application/vnd.cncf.helm.config.v1+json\",\
            \"digest\":\"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\",\"size\":2}},\
            \"layers\":[{{\"mediaType\":\"application/vnd.cncf.helm.chart.content.v1.tar+gzip\",\
            \"digest\":\"{digest}\",\"size\":5}}],\"annotations\":{{\"a\\u003cb\":\"c\"}}}}"
        );
        assert_eq!(String::from_utf8_lossy(&text), expected);
        let read = Manifest::read(&text).expect("a manifest");
        assert_eq!(read.successors(media::MANIFEST), [config.clone(), layers[0].clone()]);
        assert_eq!(read.successors("application/json"), []);
        assert_eq!(read.annotations(), annotations);
    }
}
