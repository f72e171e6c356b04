//! Packages in, versions out: what a chart repository promises.

mod support;

use bytes::Bytes;
use chart_store::{Error, Missing, Policy, Spooled, Store};
use support::{FORCE, PLAIN, bomb, chart, chart_of, listed, own, packed, provenance, put, sha256, spooled, versions};

async fn file(store: &Store, tenant: &str, name: &str) -> Result<Bytes, Error> {
    store.file(tenant, name).await?.bytes(u64::MAX).await
}

#[tokio::test]
async fn a_package_is_listed_and_comes_back_as_it_was() {
    let own = own().await;
    // In the rows, in a file, in a file by way of the spool.
    for (version, ballast) in [("1.0.0", 10), ("2.0.0", 100_000), ("3.0.0-rc.1+x", 600_000)] {
        let bytes = chart_of("a", version, ballast);
        let saved = put(&own.store, "", &bytes, PLAIN).await.expect("saved");
        assert_eq!((saved.file.as_str(), saved.digest.as_str()), (&*format!("a-{version}.tgz"), sha256(&bytes).hex()));
        assert_eq!(file(&own.store, "", &saved.file).await.expect("a file"), bytes);
    }
    assert_eq!(versions(&own.store, "", "a").await, ["3.0.0-rc.1+x", "2.0.0", "1.0.0"]);
    let own = own.reopened().await;
    assert_eq!(versions(&own.store, "", "a").await, ["3.0.0-rc.1+x", "2.0.0", "1.0.0"]);
    for version in own.store.versions("", "a").await.expect("versions") {
        let version = own.store.version("", "a", &version).await.expect("a version");
        let bytes = file(&own.store, "", &version.file).await.expect("a file");
        assert_eq!((version.digest.as_str(), version.size), (sha256(&bytes).hex(), bytes.len() as u64));
    }
}

#[tokio::test]
async fn of_packages_kept_together_each_has_its_own_outcome() {
    let own = own().await;
    for version in ["1.3.0", "1.9.0"] {
        put(&own.store, "t", &chart("a", version), PLAIN).await.expect("saved");
    }
    let mut packages = Vec::new();
    for number in 0..12 {
        let package = Spooled::from_bytes(chart_of("a", &format!("1.{number}.0"), 50));
        packages.push(own.store.check_chart(package).await.expect("a chart"));
    }
    let kept = own.store.keep_charts("t", packages).await.expect("outcomes");
    let refused: Vec<usize> = kept.iter().enumerate().filter(|(_, kept)| kept.is_err()).map(|(at, _)| at).collect();
    assert_eq!(refused, [3, 9]);
    assert!(kept.iter().flat_map(|kept| kept.as_ref().err()).all(|error| matches!(error, Error::Exists(_))));
    assert_eq!(own.reopened().await.store.versions("t", "a").await.expect("versions").len(), 12);
}

#[tokio::test]
async fn packages_kept_together_find_what_was_there_before_them() {
    let own = own().await;
    let store = &own.store;
    // One that went, one that another chart's file stands in the way of, and a signature that waits.
    put(store, "t", &chart("a", "1.0.0"), PLAIN).await.expect("saved");
    store.delete_chart("t", "a", "1.0.0").await.expect("deleted");
    put(store, "t", &chart("b-1", "2.0.0"), PLAIN).await.expect("saved");
    let keep = async |packages: &[(&str, &str)]| {
        let mut checked = Vec::new();
        for (name, version) in packages {
            checked.push(store.check_chart(Spooled::from_bytes(chart(name, version))).await.expect("a chart"));
        }
        let kept = store.keep_charts("t", checked).await.expect("outcomes");
        kept.iter().map(Result::is_ok).collect::<Vec<_>>()
    };
    assert_eq!(keep(&[("a", "1.0.0"), ("a", "1.1.0"), ("c", "1.0.0"), ("a", "1.2.0")]).await, [true; 4]);
    assert_eq!(keep(&[("b", "1.0.0"), ("b", "1-2.0.0"), ("b", "1.0.0")]).await, [true, false, false]);
    store.put_provenance("t", provenance("d", "1.0.0"), PLAIN).await.expect("saved");
    assert_eq!(keep(&[("d", "1.0.0"), ("d", "1.1.0")]).await, [true; 2]);
    let is_signed = async |version| store.version("t", "d", version).await.expect("a version").has_provenance;
    assert_eq!((is_signed("1.0.0").await, is_signed("1.1.0").await), (true, false));
    let own = own.reopened().await;
    assert_eq!(listed(&own.store, "t").await.values().map(Vec::len).collect::<Vec<_>>(), [3, 1, 1, 1, 2]);
    assert_eq!(versions(&own.store, "t", "a").await, ["1.2.0", "1.1.0", "1.0.0"]);
    for (name, tags) in [("t/a", 3), ("t/b", 1), ("t/c", 1), ("t/d", 2)] {
        assert_eq!(own.store.tags(name, None, None).await.expect("tags").names.len(), tags, "{name}");
    }
}

#[tokio::test]
async fn what_is_there_is_replaced_only_on_request() {
    let own = own().await;
    let (first, second) = (chart("a", "1.0.0"), chart_of("a", "1.0.0", 50));
    put(&own.store, "t", &first, PLAIN).await.expect("saved");
    let refused = put(&own.store, "t", &second, PLAIN).await;
    assert!(matches!(refused, Err(Error::Exists(ref file)) if file == "a-1.0.0.tgz"), "{refused:?}");
    assert_eq!(file(&own.store, "t", "a-1.0.0.tgz").await.expect("a file"), first);
    put(&own.store, "t", &second, FORCE).await.expect("saved");
    assert_eq!(file(&own.store, "t", "a-1.0.0.tgz").await.expect("a file"), second);
    let expected = vec![("1.0.0".to_owned(), sha256(&second).hex().to_owned())];
    assert_eq!(listed(&own.store, "t").await, [("a".to_owned(), expected)].into());
}

#[tokio::test]
async fn tenants_do_not_see_each_other() {
    let own = own().await;
    put(&own.store, "a", &chart("x", "1.0.0"), PLAIN).await.expect("saved");
    put(&own.store, "a/b", &chart("x", "2.0.0"), PLAIN).await.expect("saved");
    assert_eq!(versions(&own.store, "a", "x").await, ["1.0.0"]);
    assert_eq!(versions(&own.store, "a/b", "x").await, ["2.0.0"]);
    assert!(listed(&own.store, "").await.is_empty() && listed(&own.store, "unknown").await.is_empty());
    assert!(matches!(file(&own.store, "", "x-1.0.0.tgz").await, Err(Error::Unknown(Missing::File))));
    assert_eq!(own.store.tenants(None, 10).await.expect("tenants"), ["a", "a/b"]);
    for wrong in ["..", "a/../b", "/a", "a//b", "a\0"] {
        assert!(
            matches!(put(&own.store, wrong, &chart("x", "3.0.0"), PLAIN).await, Err(Error::Invalid(_))),
            "{wrong:?}"
        );
    }
}

#[tokio::test]
async fn what_is_deleted_is_gone_everywhere() {
    let own = own().await;
    put(&own.store, "t", &chart("a", "1.0.0"), PLAIN).await.expect("saved");
    put(&own.store, "t", &chart("a", "1.0.0+b"), PLAIN).await.expect("saved");
    assert_eq!(own.store.tags("t/a", None, None).await.expect("tags").names, ["1.0.0", "1.0.0_b"]);
    own.store.delete_chart("t", "a", "1.0.0").await.expect("deleted");
    assert_eq!(versions(&own.store, "t", "a").await, ["1.0.0+b"]);
    assert_eq!(own.store.tags("t/a", None, None).await.expect("tags").names, ["1.0.0_b"]);
    assert!(own.store.manifest("t/a", "1.0.0").await.is_err());
    assert!(file(&own.store, "t", "a-1.0.0.tgz").await.is_err());
    let again = own.store.delete_chart("t", "a", "1.0.0").await;
    assert!(matches!(again, Err(Error::Unknown(Missing::Version))), "{again:?}");
    own.store.delete_chart("t", "a", "1.0.0+b").await.expect("deleted");
    assert!(listed(&own.store, "t").await.is_empty());
    put(&own.store, "t", &chart("a", "1.0.0"), PLAIN).await.expect("a version may come back");
    assert_eq!(versions(&own.store, "t", "a").await, ["1.0.0"]);
}

#[tokio::test]
async fn limits_of_a_tenant() {
    let own = own().await;
    let policy = Policy { per_chart_limit: 2, ..PLAIN };
    for version in ["1.0.0", "0.5.0", "0.9.0"] {
        put(&own.store, "t", &chart("a", version), policy).await.expect("saved");
    }
    assert_eq!(versions(&own.store, "t", "a").await, ["0.9.0", "0.5.0"], "the oldest upload went");
    assert_eq!(own.store.tags("t/a", None, None).await.expect("tags").names, ["0.5.0", "0.9.0"]);
    let policy = Policy { max_objects: 3, ..PLAIN };
    put(&own.store, "t", &chart("b", "1.0.0"), policy).await.expect("saved");
    assert!(matches!(put(&own.store, "t", &chart("c", "1.0.0"), policy).await, Err(Error::Quota(_))));
    put(&own.store, "t", &chart_of("b", "1.0.0", 99), Policy { overwrite: true, ..policy }).await.expect("replaced");
}

#[tokio::test]
async fn provenance_files_go_with_their_packages() {
    let own = own().await;
    let bytes = chart("a", "1.0.0");
    let text = provenance("a", "1.0.0");
    let orphan = own.store.put_provenance("t", text.clone(), PLAIN).await.expect("it may come first");
    assert_eq!(orphan.file, "a-1.0.0.tgz.prov");
    assert_eq!(file(&own.store, "t", "a-1.0.0.tgz.prov").await.expect("a file"), text);
    put(&own.store, "t", &bytes, PLAIN).await.expect("saved");
    assert_eq!(file(&own.store, "t", "a-1.0.0.tgz.prov").await.expect("a file"), text);
    let manifest = own.store.manifest("t/a", "1.0.0").await.expect("a manifest");
    assert!(String::from_utf8_lossy(&manifest.body).contains(sha256(&text).as_str()));
    assert!(matches!(own.store.put_provenance("t", text.clone(), PLAIN).await, Err(Error::Exists(_))));
    own.store.put_provenance("t", text.clone(), FORCE).await.expect("replaced");
    own.store.delete_chart("t", "a", "1.0.0").await.expect("deleted");
    assert!(file(&own.store, "t", "a-1.0.0.tgz.prov").await.is_err());
    let spooled = support::spooled(&own.store, &bytes).await;
    own.store.put_chart("t", spooled, Some(text.clone()), PLAIN).await.expect("both at once");
    assert!(own.store.version("t", "a", "1.0.0").await.expect("a version").has_provenance);
    let spooled = support::spooled(&own.store, &chart("a", "2.0.0")).await;
    assert!(matches!(own.store.put_chart("t", spooled, Some(text), PLAIN).await, Err(Error::Invalid(_))));
    let wrong = own.store.put_provenance("t", "no".into(), PLAIN).await.map_err(|error| error.to_string());
    assert_eq!(wrong, Err("invalid provenance file".to_owned()));
}

#[tokio::test]
async fn what_is_no_chart_leaves_nothing() {
    let own = own().await;
    let definition = |text: &str| packed(&[("a/Chart.yaml", text.as_bytes())]);
    let fine = "apiVersion: v2\nname: a\nversion: 1.0.0\n";
    let evil = "apiVersion: v2\nname: ../../../../charts/org2/repo2/evil\nversion: 1.0.0\n";
    let cases: [(&str, Bytes, &str); 11] = [
        ("nothing", Bytes::new(), "EOF"),
        ("a text", "no archive at all".into(), "gzip: invalid header"),
        ("an archive cut off", chart_of("a", "1.0.0", 10_000).slice(..5000), "unexpected EOF"),
        ("no definition", packed(&[("a/values.yaml", b"")]), "Chart.yaml file is missing"),
        ("no version", definition("apiVersion: v2\nname: a\n"), "validation: chart.metadata.version is required"),
        (
            "no semantic version",
            definition("apiVersion: v2\nname: a\nversion: x\n"),
            "validation: chart.metadata.version \"x\" is invalid",
        ),
        (
            "a name that leads out",
            definition(evil),
            "validation: chart.metadata.name \"../../../../charts/org2/repo2/evil\" is invalid",
        ),
        (
            "another folder",
            packed(&[("b/Chart.yaml", fine.as_bytes())]),
            "folder \"b\" of the archive and chart name \"a\" must be the same",
        ),
        (
            "a path that leads out",
            packed(&[("a/Chart.yaml", fine.as_bytes()), ("a/../../x", b"x")]),
            "chart illegally references parent directory",
        ),
        ("a bomb", bomb(fine), "decompressed chart is larger than the maximum size 104857600"),
        (
            "a long definition",
            definition(&format!("{fine}description: {}\n", "x".repeat(1024 * 1024))),
            "Chart.yaml is larger than 1048576 bytes",
        ),
    ];
    for (what, bytes, expected) in cases {
        let refused = put(&own.store, "t", &bytes, PLAIN).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{what}: {refused:?}");
        assert_eq!(refused.map_err(|error| error.to_string()), Err(expected.to_owned()), "{what}");
    }
    assert!(listed(&own.store, "t").await.is_empty());
    assert!(own.store.tenants(None, 10).await.expect("tenants").is_empty());
    let left = std::fs::read_dir(own.folder.path().join(".pilothouse/spool")).expect("a folder").count();
    assert_eq!(left, 0, "files of bodies");
}

#[tokio::test]
async fn a_body_may_not_be_larger_than_said() {
    let own = own().await;
    let mut spool = own.store.spool(chart_store::Algorithm::Sha256, 100);
    spool.write(&[0; 100]).await.expect("room");
    assert!(matches!(spool.write(&[0]).await, Err(Error::TooLarge { limit: 100 })));
}

#[tokio::test]
async fn a_signature_stays_with_its_archive() {
    let own = own().await;
    let (package, signed) = (chart("a", "1.0.0"), provenance("a", "1.0.0"));
    let put_signed = async |text: Option<Bytes>, policy| {
        let body = spooled(&own.store, &package).await;
        own.store.put_chart("t", body, text, policy).await
    };
    let room = |max_objects| Policy { max_objects, ..FORCE };
    assert!(matches!(put_signed(Some(signed.clone()), room(1)).await, Err(Error::Quota(_))), "two files");
    assert!(listed(&own.store, "t").await.is_empty(), "none of both is kept");
    put_signed(Some(signed.clone()), room(2)).await.expect("saved");
    put_signed(Some(signed.clone()), room(2)).await.expect("saved again");
    put_signed(None, FORCE).await.expect("saved again");
    let kept = own.store.file("t", "a-1.0.0.tgz.prov").await.expect("a file");
    assert_eq!(kept.bytes(u64::MAX).await.expect("bytes"), signed);
    put(&own.store, "t", &chart_of("a", "1.0.0", 99), FORCE).await.expect("saved");
    assert!(own.store.file("t", "a-1.0.0.tgz.prov").await.is_err(), "it was of another archive");
}
