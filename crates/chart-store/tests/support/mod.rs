//! What tests of the store share: packages, stores in folders of their own, and what is in them.
#![allow(dead_code, reason = "each test binary uses a part")]

pub mod agree;

use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

use bytes::Bytes;
use chart_store::{Algorithm, Config, Digest, Error, Grace, Policy, PutManifest, Saved, Spooled, Store};
use futures_util::TryStreamExt;
use gostd::Value;

/// A store that goes away with its folder.
pub struct Own {
    pub store: Store,
    pub folder: tempfile::TempDir,
}

pub async fn own() -> Own {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(Config::folder(folder.path())).await.expect("a store");
    Own { store, folder }
}

impl Own {
    /// Ends the store and opens it again.
    pub async fn reopened(self) -> Own {
        self.store.close().await;
        let Own { store, folder } = self;
        drop(store);
        let store = Store::open(Config::folder(folder.path())).await.expect("a store");
        Own { store, folder }
    }
}

/// A tar archive, packed.
pub fn packed(files: &[(&str, &[u8])]) -> Bytes {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    for (name, content) in files {
        packer.write_all(&header(name, content.len())).expect("a header");
        packer.write_all(content).expect("a content");
        packer.write_all(&vec![0; content.len().next_multiple_of(512) - content.len()]).expect("zeros");
    }
    packer.write_all(&[0; 1024]).expect("an end");
    packer.finish().expect("an archive").into()
}

/// An archive of a chart with a file that says it has 101 MiB: no more than its head is needed to be refused.
pub fn bomb(definition: &str) -> Bytes {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut content = definition.as_bytes().to_vec();
    content.resize(content.len().next_multiple_of(512), 0);
    for part in [&header("a/Chart.yaml", definition.len())[..], &content, &header("a/zeros", 101 << 20), &[0; 1024]] {
        packer.write_all(part).expect("a part");
    }
    packer.finish().expect("an archive").into()
}

fn header(name: &str, size: usize) -> [u8; 512] {
    let mut header = [0; 512];
    // A long name is in two fields.
    let (folder, name) = if name.len() > 100 { name.rsplit_once('/').expect("a folder") } else { ("", name) };
    header[345..345 + folder.len()].copy_from_slice(folder.as_bytes());
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[100..107].copy_from_slice(b"0000644");
    header[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
    header[136..147].copy_from_slice(b"00000000000");
    header[148..156].copy_from_slice(b"        ");
    header[156] = b'0';
    header[257..263].copy_from_slice(b"ustar\0");
    header[263..265].copy_from_slice(b"00");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    header
}

/// A chart with a file of so many bytes that cannot be packed.
pub fn chart_of(name: &str, version: &str, ballast: usize) -> Bytes {
    let definition = format!("apiVersion: v2\nname: {name}\nversion: {version}\ndescription: The chart {name}\n");
    let mut seed = 88_172_645_463_325_252_u64;
    let noise = std::iter::repeat_with(|| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 32) as u8
    });
    let noise = noise.take(ballast).collect::<Vec<u8>>();
    packed(&[
        (&format!("{name}/Chart.yaml"), definition.as_bytes()),
        (&format!("{name}/values.yaml"), b"replicas: 1\n"),
        (&format!("{name}/noise"), &noise),
    ])
}

/// A small chart with a definition of 900 KB.
pub fn large(name: &str, version: &str) -> Bytes {
    let keywords = format!("- a keyword of a hundred bytes {}\n", "x".repeat(70)).repeat(8900);
    let definition = format!("apiVersion: v2\nname: {name}\nversion: {version}\nkeywords:\n{keywords}");
    packed(&[(&format!("{name}/Chart.yaml"), definition.as_bytes())])
}

pub fn chart(name: &str, version: &str) -> Bytes {
    chart_of(name, version, 10)
}

pub const PLAIN: Policy = Policy { overwrite: false, per_chart_limit: 0, max_objects: 0 };
pub const FORCE: Policy = Policy { overwrite: true, per_chart_limit: 0, max_objects: 0 };

/// A body as a request brings it.
pub async fn spooled(store: &Store, bytes: &[u8]) -> Spooled {
    let mut spool = store.spool(Algorithm::Sha256, u64::MAX);
    for piece in bytes.chunks(10_000) {
        spool.write(piece).await.expect("room");
    }
    spool.finish().await.expect("a body")
}

pub async fn put(store: &Store, tenant: &str, bytes: &Bytes, policy: Policy) -> Result<Saved, Error> {
    let mut spool = store.spool(Algorithm::Sha256, u64::MAX);
    spool.write(bytes).await?;
    store.put_chart(tenant, spool.finish().await?, None, policy).await
}

/// A signed text as `helm package --sign` makes it, without a signature that anyone checks here.
pub fn provenance(name: &str, version: &str) -> Bytes {
    format!(
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\napiVersion: v2\nname: {name}\nversion: {version}\n\n...\n\
        files:\n  {name}-{version}.tgz: sha256:00\n-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n"
    )
    .into()
}

/// What an index says: for each chart its versions with their digests, in its order. Read by our exact reader of YAML.
pub async fn listed(store: &Store, tenant: &str) -> BTreeMap<String, Vec<(String, String)>> {
    let index = store.index(tenant).await.expect("an index");
    let text = index.yaml().to_bytes();
    let value = goyaml::from_yaml_strict(&text).unwrap_or_else(|error| panic!("{}: {text:?}", error.text));
    let entries = field(&value, "entries");
    let entries = entries.as_map().cloned().unwrap_or_default();
    let charts = entries.borrow();
    charts.iter().map(|(name, versions)| (name.to_text().into_owned(), versions_of(versions))).collect()
}

fn versions_of(versions: &Value) -> Vec<(String, String)> {
    let list = versions.as_list().expect("a list");
    list.items().iter().map(|version| (text(version, "version"), text(version, "digest"))).collect()
}

pub fn field(value: &Value, name: &str) -> Value {
    value.as_map().and_then(|map| map.get(name.as_bytes())).unwrap_or(Value::Nil)
}

pub fn text(value: &Value, name: &str) -> String {
    field(value, name).as_str().map(|text| text.to_text().into_owned()).unwrap_or_default()
}

/// The names of versions in an index.
pub async fn versions(store: &Store, tenant: &str, name: &str) -> Vec<String> {
    let listed = listed(store, tenant).await;
    listed.get(name).into_iter().flatten().map(|(version, _)| version.clone()).collect()
}

pub fn sha256(bytes: &[u8]) -> Digest {
    Digest::of(Algorithm::Sha256, bytes)
}

/// The manifest that `helm push` writes for a package.
pub fn helm_manifest(config: &[u8], package: &[u8], provenance: Option<&[u8]>) -> Bytes {
    let part = |media_type: &str, bytes: &[u8]| serde_json::json!({"mediaType": media_type, "digest": sha256(bytes).to_string(), "size": bytes.len()});
    let mut layers = vec![part("application/vnd.cncf.helm.chart.content.v1.tar+gzip", package)];
    layers.extend(provenance.map(|text| part("application/vnd.cncf.helm.chart.provenance.v1.prov", text)));
    let config = part("application/vnd.cncf.helm.config.v1+json", config);
    serde_json::json!({"schemaVersion": 2, "config": config, "layers": layers}).to_string().into()
}

pub async fn put_blob(store: &Store, repository: &str, bytes: &[u8]) -> Digest {
    let digest = sha256(bytes);
    store.put_blob(repository, spooled(store, bytes).await, &digest).await.expect("a blob");
    digest
}

/// A manifest that is being pushed.
pub fn pushed(repository: &str, body: Bytes, tag: &str, policy: Policy) -> PutManifest {
    let (repository, tags) = (repository.to_owned(), vec![tag.to_owned()]);
    PutManifest { repository, digest: None, content_type: None, body, tags, policy }
}

pub async fn put_manifest(store: &Store, repository: &str, body: &Bytes, tag: &str) -> Result<Digest, Error> {
    store.put_manifest(pushed(repository, body.clone(), tag, FORCE)).await.map(|stored| stored.digest)
}

/// Pushes a chart as Helm does.
pub async fn push(store: &Store, repository: &str, package: &Bytes, tag: &str) -> Result<Digest, Error> {
    let config = br#"{"name":"x","version":"1"}"#;
    put_blob(store, repository, config).await;
    put_blob(store, repository, package).await;
    put_manifest(store, repository, &helm_manifest(config, package, None), tag).await
}

/// Everything that a place for contents must do: kept in the rows, written in one request and in several, read in ranges,
/// deleted. Contents above 8 MiB are written in several requests.
pub async fn works(store: &Store, large_bytes: usize) {
    store.check().await.expect("healthy");
    // In the rows, in one request, in several.
    for (version, size) in [("1.0.0", 10), ("2.0.0", 100_000), ("3.0.0", large_bytes)] {
        let bytes = chart_of("a", version, size);
        put(store, "t", &bytes, PLAIN).await.expect("saved");
        let file = store.file("t", &format!("a-{version}.tgz")).await.expect("a file");
        assert_eq!(file.bytes(u64::MAX).await.expect("bytes"), bytes, "{version}");
    }
    push(store, "t/b", &chart_of("b", "1.0.0", 100_000), "1.0.0").await.expect("pushed");
    assert_eq!(versions(store, "t", "b").await, ["1.0.0"]);
    let content: Vec<u8> = (0..large_bytes).map(|at| (at >> 5) as u8).collect();
    let digest = put_blob(store, "t/b", &content).await;
    let blob = store.blob_of("t/b", &digest).await.expect("a blob");
    let part: Vec<Bytes> = blob.pieces(7_000_000..7_500_000).await.expect("pieces").try_collect().await.expect("bytes");
    assert_eq!(part.concat(), content[7_000_000..7_500_000]);
    let upload = store.begin_upload("t/b").await.expect("an upload");
    for part in content[..6_000_000].chunks(2_000_000) {
        let part = spooled(store, part).await;
        store.append("t/b", &upload.id, None, part).await.expect("a part");
    }
    let last = spooled(store, b"").await;
    store.finish_upload("t/b", &upload.id, None, last, &sha256(&content[..6_000_000])).await.expect("a blob");
    store.delete_chart("t", "a", "2.0.0").await.expect("deleted");
    let now = Grace { contents: Duration::ZERO, uploads: Duration::from_secs(3600) };
    assert_eq!(store.collect_garbage(now).await.expect("collected").contents, 3);
    assert_eq!(versions(store, "t", "a").await, ["3.0.0", "1.0.0"]);
    assert!(store.file("t", "a-3.0.0.tgz").await.is_ok());
}
