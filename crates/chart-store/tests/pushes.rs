//! Charts that are pushed keep the rules of those that are uploaded.

mod support;

use std::time::Duration;

use bytes::Bytes;
use chart_store::{Digest, Error, Grace, Policy, Store};
use support::{
    FORCE, PLAIN, chart, chart_of, helm_manifest, own, provenance, pushed, put_blob, put_manifest, sha256, versions,
};

/// A manifest of a chart some of whose layers are elsewhere too.
fn with_urls(manifest: &Bytes) -> Bytes {
    let mut text: serde_json::Value = serde_json::from_slice(manifest).expect("JSON");
    for layer in text["layers"].as_array_mut().expect("layers") {
        layer["urls"] = serde_json::json!(["https://charts.example.com/a"]);
    }
    text.to_string().into()
}

#[tokio::test]
async fn layers_of_charts_are_those_of_their_repository_wherever_else_they_are() {
    let own = own().await;
    let (config, package, secret) = (b"{}", chart_of("a", "1.0.0", 30_000), provenance("a", "1.0.0"));
    put_blob(&own.store, "other/x", &secret).await;
    for bytes in [&config[..], &package] {
        put_blob(&own.store, "t/a", bytes).await;
    }
    let stolen = with_urls(&helm_manifest(config, &package, Some(&secret)));
    let refused = put_manifest(&own.store, "t/a", &stolen, "1.0.0").await;
    assert!(
        matches!(&refused, Err(Error::References(digests)) if digests == &[sha256(&secret).to_string()]),
        "{refused:?}"
    );
    assert!(own.store.file("t", "a-1.0.0.tgz.prov").await.is_err());
    let longer = helm_manifest(config, &package, None);
    let longer = String::from_utf8_lossy(&longer).replace(&format!("\"size\":{}", package.len()), "\"size\":7");
    let refused = put_manifest(&own.store, "t/a", &with_urls(&longer.into()), "1.0.0").await;
    assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    put_manifest(&own.store, "t/a", &with_urls(&helm_manifest(config, &package, None)), "1.0.0").await.expect("pushed");
    let kept = own.store.delete_blob("t/a", &sha256(&package)).await;
    assert!(matches!(kept, Err(Error::Exists(_))), "a chart needs it: {kept:?}");
    let now = Grace { contents: Duration::ZERO, uploads: Duration::ZERO };
    own.store.collect_garbage(now).await.expect("collected");
    assert_eq!(own.store.blob_of("t/a", &sha256(&package)).await.expect("a blob").size(), package.len() as u64);
}

/// Pushes a chart with its signature as Helm does, with a config of its own.
async fn push_signed(
    store: &Store,
    (config, package): (&[u8], &Bytes),
    signed: Option<&Bytes>,
    policy: Policy,
) -> Result<Digest, Error> {
    for bytes in [config, &package[..]].into_iter().chain(signed.map(|text| &text[..])) {
        put_blob(store, "t/a", bytes).await;
    }
    let body = helm_manifest(config, package, signed.map(|text| &text[..]));
    store.put_manifest(pushed("t/a", body, "1.0.0", policy)).await.map(|stored| stored.digest)
}

#[tokio::test]
async fn signatures_are_replaced_only_where_that_is_allowed() {
    let own = own().await;
    let (package, first) = (chart("a", "1.0.0"), provenance("a", "1.0.0"));
    let second: Bytes = [&first[..], b"\n"].concat().into();
    let signature = async || own.store.file("t", "a-1.0.0.tgz.prov").await.expect("a file").bytes(u64::MAX).await.ok();
    push_signed(&own.store, (b"{}", &package), None, PLAIN).await.expect("pushed");
    push_signed(&own.store, (b"{} ", &package), Some(&first), PLAIN).await.expect("a signature may come later");
    for other in [None, Some(&second)] {
        let refused = push_signed(&own.store, (b"{}  ", &package), other, PLAIN).await;
        assert!(matches!(&refused, Err(Error::Exists(what)) if what == "a-1.0.0.tgz.prov"), "{refused:?}");
    }
    push_signed(&own.store, (b"{}  ", &package), Some(&first), PLAIN).await.expect("the same again");
    push_signed(&own.store, (b"{}", &package), None, FORCE).await.expect("pushed");
    assert_eq!(signature().await, Some(first), "of the same archive it stays");
    push_signed(&own.store, (b"{}", &package), Some(&second), FORCE).await.expect("replaced");
    assert_eq!(signature().await, Some(second));
    for wrong in [Bytes::from("junk"), provenance("b", "1.0.0"), provenance("a", "1.0.1")] {
        let refused = push_signed(&own.store, (b"{}", &package), Some(&wrong), FORCE).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    }
    push_signed(&own.store, (b"{}", &chart_of("a", "1.0.0", 99)), None, FORCE).await.expect("pushed");
    assert!(own.store.file("t", "a-1.0.0.tgz.prov").await.is_err(), "it was of another archive");
}

#[tokio::test]
async fn pushes_are_counted_as_uploads_are() {
    let own = own().await;
    let limit = |per_chart_limit, max_objects| Policy { overwrite: false, per_chart_limit, max_objects };
    let push = async |version: &str, signed: Option<&Bytes>, policy| {
        let package = chart("a", version);
        put_blob(&own.store, "t/a", &package).await;
        put_blob(&own.store, "t/a", b"{}").await;
        let body = helm_manifest(b"{}", &package, signed.map(|text| &text[..]));
        own.store.put_manifest(pushed("t/a", body, version, policy)).await
    };
    let signed = provenance("a", "1.0.0");
    put_blob(&own.store, "t/a", &signed).await;
    let refused = push("1.0.0", Some(&signed), limit(0, 1)).await;
    assert!(matches!(refused, Err(Error::Quota(_))), "two files: {refused:?}");
    push("1.0.0", Some(&signed), limit(0, 2)).await.expect("pushed");
    push("1.0.0", Some(&signed), limit(0, 2)).await.expect("the same again");
    let refused = push("2.0.0", None, limit(0, 2)).await;
    assert!(matches!(refused, Err(Error::Quota(_))), "{refused:?}");
    assert!(own.store.manifest("t/a", "2.0.0").await.is_err(), "nothing of it is kept");
    push("2.0.0", None, limit(2, 0)).await.expect("pushed");
    push("3.0.0", None, limit(2, 0)).await.expect("pushed");
    assert_eq!(versions(&own.store, "t", "a").await, ["3.0.0", "2.0.0"]);
    assert_eq!(own.store.tags("t/a", None, None).await.expect("tags").names, ["2.0.0", "3.0.0"]);
}
