//! What changed between revisions and between releases, as far as records say.

use crate::bench::{Bench, Case, check};

/// What changes from revision 1 to revision 2.
const BOTH: &str = "NS, secret, Secret (v1) has changed:
...
-   token: '-------- # (7 bytes)'
+   token: '++++++++ # (9 bytes)'
...
NS, settings, ConfigMap (v1) has changed:
...
-   image: app:1
+   image: app:2
...
NS, more, ConfigMap (v1) has been added:
+ apiVersion: v1
+ kind: ConfigMap
+ metadata:
+   name: more
NS, web, StatefulSet (apps) has changed:
...
-       - image: app:1
+       - image: app:2
...
NS, extra, ConfigMap (v1) has been removed:
- apiVersion: v1
- kind: ConfigMap
- metadata:
-   name: extra
NS, hidden, Secret (v1), hook pre-upgrade,pre-rollback has changed:
...
-   token: '-------- # (7 bytes)'
+   token: '++++++++ # (9 bytes)'
NS, before, ConfigMap (v1), hook pre-upgrade has changed:
...
-   image: app:1
+   image: app:2
...
Changes: 1 added, 3 changed, 1 removed; hooks: 2 changed.
";

#[test]
fn revisions_are_compared_by_their_records() {
    let bench = Bench::installed(&[]);
    bench.well(&["upgrade", "tour", "TOUR", "--set=image=app:2,extra=false,token=swordfish,more=1"]);
    bench.kubectl(&["delete", "configmap", "settings"]);
    let case = |name, args, stdout, stderr, code| Case { name, args, stdout, stderr, code };
    let cases = [
        case("with the newest", &["diff", "revision", "tour", "1", "-C0", "--detailed-exitcode"], BOTH, "", 2),
        case("the older one first", &["diff", "revision", "tour", "2", "1", "-C0"], BOTH, "", 0),
        case(
            "with itself",
            &["diff", "revision", "tour", "2", "--detailed-exitcode"],
            "Changes: 0 added, 0 changed, 0 removed.\n",
            "",
            0,
        ),
        case(
            "no such revision",
            &["diff", "revision", "tour", "7"],
            "",
            "Error: cannot get revision 7 of release tour: release: not found\n",
            1,
        ),
        case(
            "no number",
            &["diff", "revision", "tour", "x"],
            "",
            "Error: could not convert revision to a number: strconv.Atoi: parsing \"x\": invalid syntax\n",
            1,
        ),
    ];
    check(&bench, &cases);
}

#[test]
fn releases_are_compared_template_by_template() {
    let bench = Bench::installed(&[]);
    let other = Bench::new();
    other.well(&["install", "second", "TOUR", "--set=image=app:2,extra=false"]);
    let third = Bench::new();
    third.well(&["install", "gadgets", "GADGETS", "--set=gadget=false", "--skip-crds"]);
    let (here, there) = (bench.namespace.name().to_string(), other.namespace.name().to_string());
    let ran = bench.run(&["diff", "release", "tour", &format!("{there}/second"), "-o=simple", "--detailed-exitcode"]);
    let expected = format!(
        "NS, settings, ConfigMap (v1) -> {there}, settings, ConfigMap (v1) to be changed.
NS, web, StatefulSet (apps) -> {there}, web, StatefulSet (apps) to be changed.
NS, extra, ConfigMap (v1) to be removed.
NS, before, ConfigMap (v1) -> {there}, before, ConfigMap (v1), hook pre-upgrade to be changed.
Changes: 0 added, 2 changed, 1 removed; hooks: 1 changed.
"
    );
    assert_eq!((ran.stdout, ran.code), (expected.replace(&here, "NS"), 2));
    let ran = bench.run(&["diff", "release", "tour", &format!("{}/gadgets", third.namespace.name())]);
    let expected = "Error: the releases are of two charts, \"tour\" and \"gadgets\", and cannot be compared\n";
    assert_eq!((ran.stderr.as_str(), ran.code), (expected, 1));
}
