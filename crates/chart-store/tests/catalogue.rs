//! The charts of a tenant as JSON: in pages, one by one, and as an index that says the same as the one in YAML.

mod support;

use chart_store::{Page, Spooled};
use serde_json::Value;
use support::agree::{agree, page};
use support::{FORCE, PLAIN, chart, chart_of, large, own, put};

#[tokio::test]
async fn charts_come_in_pages() {
    let own = own().await;
    assert!(page(&own.store, Page::default()).await.is_empty());
    for name in ["c", "a", "b"] {
        for version in ["1.0.0", "1.1.0"] {
            put(&own.store, "t", &chart(name, version), PLAIN).await.expect("saved");
        }
    }
    let names = async |offset, limit| page(&own.store, Page { offset, limit }).await.into_keys().collect::<Vec<_>>();
    assert_eq!(names(0, None).await, ["a", "b", "c"]);
    assert_eq!(names(1, None).await, ["b", "c"]);
    assert_eq!(names(1, Some(1)).await, ["b"]);
    assert_eq!(names(1, Some(u64::MAX)).await, ["b", "c"]);
    assert!(names(3, Some(1)).await.is_empty() && names(u64::MAX, None).await.is_empty());
    assert_eq!(own.store.counts("t").await.expect("counts"), (3, 6));
    let version = own.store.version("t", "a", "1.1.0").await.expect("a version");
    let value: Value = serde_json::from_str(&version.to_json("charts/a-1.1.0.tgz")).expect("JSON");
    assert_eq!(value["description"], "The chart a");
    assert_eq!(value["urls"], serde_json::json!(["charts/a-1.1.0.tgz"]));
    assert_eq!(value["digest"], version.digest.as_str());
}

#[tokio::test]
async fn every_change_is_in_the_next_list() {
    let own = own().await;
    // Enough for several chunks; some change between two looks, some do not.
    for round in 0..6_u32 {
        for number in 0..12_u32 {
            let (name, version) = (format!("c{}", (number * 5 + round) % 17), format!("1.{}.0", (round + number) % 4));
            match (round * 7 + number) % 5 {
                0 if round > 1 => {
                    let _ = own.store.delete_chart("t", &name, &version).await;
                }
                _ => {
                    put(&own.store, "t", &chart(&name, &version), FORCE).await.expect("saved");
                }
            }
        }
        agree(&own.store).await;
    }
    let edited = own.store.charts_json("t", Page::default()).await.expect("charts").to_bytes();
    let own = own.reopened().await;
    let built = own.store.charts_json("t", Page::default()).await.expect("charts");
    assert_eq!(built.to_bytes(), edited, "edited or built anew, it is the same");
}

#[tokio::test]
async fn a_chart_of_many_versions_comes_from_the_list_of_all() {
    let own = own().await;
    let mut checked = Vec::new();
    for number in 0..501 {
        let package = Spooled::from_bytes(chart_of("a", &format!("1.{number}.0"), 1));
        checked.push(own.store.check_chart(package).await.expect("a chart"));
    }
    assert!(own.store.keep_charts("t", checked).await.expect("outcomes").iter().all(Result::is_ok));
    put(&own.store, "t", &chart("b", "1.0.0"), PLAIN).await.expect("saved");
    agree(&own.store).await;
    assert_eq!(page(&own.store, Page::default()).await["a"].len(), 501);
}

#[tokio::test]
async fn many_charts_that_changed_at_once_are_listed() {
    let own = own().await;
    put(&own.store, "t", &chart("z", "1.0.0"), PLAIN).await.expect("saved");
    agree(&own.store).await;
    let mut checked = Vec::new();
    for number in 0..230 {
        let package = Spooled::from_bytes(chart(&format!("c{number}"), "1.0.0"));
        checked.push(own.store.check_chart(package).await.expect("a chart"));
    }
    assert!(own.store.keep_charts("t", checked).await.expect("outcomes").iter().all(Result::is_ok));
    agree(&own.store).await;
    assert_eq!(page(&own.store, Page::default()).await.len(), 231);
}

#[tokio::test]
async fn definitions_of_a_megabyte_are_read_a_few_at_a_time() {
    let own = own().await;
    for (name, version) in
        [("a", "1.0.0"), ("b", "1.0.0"), ("b", "1.1.0"), ("b", "2.0.0"), ("c", "1.0.0"), ("d", "1.0.0")]
    {
        put(&own.store, "t", &large(name, version), PLAIN).await.expect("saved");
    }
    for name in ["aa", "ab", "e"] {
        put(&own.store, "t", &chart(name, "1.0.0"), PLAIN).await.expect("saved");
    }
    agree(&own.store).await;
    own.store.delete_chart("t", "b", "1.1.0").await.expect("deleted");
    for version in ["3.0.0", "4.0.0", "5.0.0", "6.0.0", "7.0.0"] {
        put(&own.store, "t", &large("b", version), PLAIN).await.expect("saved");
    }
    agree(&own.store).await;
    // The chart has more than is read at a time, too.
    assert_eq!(own.store.tags("t/b", None, None).await.expect("tags").names.len(), 7);
}
