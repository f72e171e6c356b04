//! A registry that has one chart under every name and tag, and who asks it.

use std::path::{Path, PathBuf};

use download::{Locate, Network, Options, Verify};
use peers::wire::{Answer, Server};
use provenance::sha256_hex;

use crate::place::{Place, told};

/// Fetches from a registry without TLS.
pub fn plain(place: &Place, reference: &str) -> Result<PathBuf, String> {
    plain_version(place, Network::Online, (reference, ""))
}

/// Fetches a version, or takes it from the cache.
pub fn plain_version(place: &Place, network: Network, (reference, version): (&str, &str)) -> Result<PathBuf, String> {
    let sources = place.plain_sources(network);
    let locate = Locate {
        sources: &sources,
        repository: "",
        version,
        options: Options { plain_http: true, ..Options::default() },
        verify: Verify::Never,
        keyring: Path::new("none"),
    };
    let mut found = PathBuf::new();
    told(|console| locate.fetch(reference, console).map(|path| found = path)).map(|_| found)
}

const CONFIG: &str = r#"{"name":"app","version":"0.1.0","apiVersion":"v2"}"#;

pub fn manifest(archive: &[u8], signature: Option<&[u8]>) -> String {
    let descriptor = |kind: &str, content: &[u8]| {
        let (digest, size) = (sha256_hex(content), content.len());
        format!("{{\"mediaType\":\"application/vnd.cncf.helm.{kind}\",\"digest\":\"sha256:{digest}\",\"size\":{size}}}")
    };
    let mut layers = descriptor("chart.content.v1.tar+gzip", archive);
    if let Some(signature) = signature {
        layers.push(',');
        layers.push_str(&descriptor("chart.provenance.v1.prov", signature));
    }
    let config = descriptor("config.v1+json", CONFIG.as_bytes());
    format!("{{\"schemaVersion\":2,\"config\":{config},\"layers\":[{layers}]}}")
}

/// A registry that has one chart under every name and tag.
pub fn registry(archive: Vec<u8>, signature: Option<Vec<u8>>) -> Server {
    Server::start(move |request| {
        let manifest = manifest(&archive, signature.as_deref());
        if request.path().contains("/manifests/") {
            let digest = format!("sha256:{}", sha256_hex(manifest.as_bytes()));
            let answer = Answer::new(200, manifest).with("Content-Type", "application/vnd.oci.image.manifest.v1+json");
            return answer.with("Docker-Content-Digest", digest);
        }
        let contents = [Some(archive.as_slice()), signature.as_deref(), Some(CONFIG.as_bytes())];
        let wanted = contents.into_iter().flatten().find(|content| request.path().ends_with(&sha256_hex(content)));
        wanted.map_or_else(|| Answer::new(404, ""), |content| Answer::new(200, content))
    })
}
