//! The ways to ask for charts, beside each other.

use std::collections::BTreeMap;

use chart_store::{Page, Store};
use serde_json::Value;

use super::listed;

/// Charts with their versions and digests, in the order of their lists.
pub type Listed = BTreeMap<String, Vec<(String, String)>>;

fn read(text: &[u8]) -> Listed {
    let value: Value = serde_json::from_slice(text).expect("JSON");
    let charts = value.as_object().expect("an object").iter();
    charts.map(|(name, versions)| (name.clone(), versions_of(versions))).collect()
}

fn versions_of(list: &Value) -> Vec<(String, String)> {
    let text = |version: &Value, name: &str| version[name].as_str().unwrap_or_default().to_owned();
    list.as_array().expect("a list").iter().map(|version| (text(version, "version"), text(version, "digest"))).collect()
}

pub async fn page(store: &Store, page: Page) -> Listed {
    read(&store.charts_json("t", page).await.expect("charts").to_bytes())
}

/// Checks that all ways to ask for charts say the same; beginning with a chart, which may be read by itself.
pub async fn agree(store: &Store) {
    let expected = listed(store, "t").await;
    for (name, versions) in &expected {
        let list = store.chart_json("t", name).await.expect("versions").expect("a chart").to_bytes();
        assert_eq!(versions_of(&serde_json::from_slice(&list).expect("JSON")), *versions, "{name}");
        let names: Vec<&String> = versions.iter().map(|(version, _)| version).collect();
        assert_eq!(store.versions("t", name).await.expect("versions").iter().collect::<Vec<_>>(), names);
    }
    assert_eq!(page(store, Page::default()).await, expected);
    let index: Value = serde_json::from_slice(&store.index_json("t").await.expect("JSON").to_bytes()).expect("JSON");
    assert_eq!(read(index["entries"].to_string().as_bytes()), expected);
    for (name, versions) in &expected {
        let list = store.chart_json("t", name).await.expect("versions").expect("a chart").to_bytes();
        assert_eq!(versions_of(&serde_json::from_slice(&list).expect("JSON")), *versions, "{name}");
    }
    assert!(store.chart_json("t", "none").await.expect("an answer").is_none());
}
