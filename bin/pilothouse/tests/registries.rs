//! The whole program with a real registry: `search oci`, and what is typed at a terminal.

use std::path::Path;
use std::process::{Command, Output};

use peers::registry::{Access, Registry};

/// A folder with charts that the real helm packed.
struct Place {
    folder: tempfile::TempDir,
}

const CHART: &str = "apiVersion: v2\nname: shop\nversion: 0.0.1\ndescription: Sells what a shop sells, and some things that it does not sell\n";

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("shop")).expect("a folder");
        std::fs::write(folder.path().join("shop/Chart.yaml"), CHART).expect("a file");
        Place { folder }
    }

    fn run(&self, program: &Path, arguments: &[&str]) -> Output {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.folder.path()).env_clear().env("HOME", self.folder.path());
        command.output().expect("the program starts")
    }

    fn ours(&self, arguments: &[&str]) -> Output {
        self.run(Path::new(env!("CARGO_BIN_EXE_pilothouse")), arguments)
    }

    /// Packs versions, and pushes them.
    fn push(&self, registry: &Registry, versions: &[&str]) {
        let helm = testbed::helm().expect("the real helm");
        for version in versions {
            let app = format!("app-{version}");
            let packed = self.run(&helm, &["package", "shop", "--version", version, "--app-version", &app]);
            assert!(packed.status.success(), "{packed:?}");
            let remote = format!("oci://{}/charts", registry.host());
            let pushed = self.ours(&["push", &format!("shop-{version}.tgz"), &remote, "--plain-http"]);
            assert!(pushed.status.success(), "{pushed:?}");
        }
    }

    /// What `search oci` prints: stdout, and stderr.
    fn search(&self, registry: &Registry, arguments: &str) -> (String, String) {
        let reference = format!("oci://{}/charts/shop", registry.host());
        let mut all = vec!["search", "oci", &reference, "--plain-http"];
        all.extend(arguments.split_whitespace());
        let output = self.ours(&all);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(registry.host(), "HOST");
        (text(&output.stdout), text(&output.stderr))
    }
}

#[test]
fn the_versions_of_a_chart_are_listed() {
    let (registry, place) = (Registry::start(Access::Everybody), Place::new());
    place.push(&registry, &["1.2.0", "1.10.0", "2.0.0-rc.1", "1.3.0+build.1"]);
    let row = |version: &str, width: usize| {
        let app = format!("app-{version}");
        let padded = format!("{version:<13}\t{app:<width$}");
        format!("oci://HOST/charts/shop\t{padded}\tSells what a shop sells, and some things that i...\n")
    };
    let name = format!("oci://{}/charts/shop", registry.host()).len();
    let head =
        |width: usize| format!("{:<name$}\tCHART VERSION\t{:<width$}\t{:<50}\n", "NAME", "APP VERSION", "DESCRIPTION");
    let all = format!("{}{}{}{}", head(17), row("1.10.0", 17), row("1.3.0+build.1", 17), row("1.2.0", 17));
    assert_eq!(place.search(&registry, ""), (all, String::new()));
    let page = format!("{}{}", head(11), row("1.10.0", 11));
    let more = "level=INFO msg=\"there are more versions\" shown=1-1 of=3 \"next page\"=2\n";
    assert_eq!(place.search(&registry, "--limit 1"), (page, more.to_owned()));
    let page = format!("{}{}", head(11), row("1.2.0", 11));
    assert_eq!(place.search(&registry, "--limit 1 --page 3"), (page, String::new()));
    assert_eq!(place.search(&registry, "--page 9").0, "No results found\n");
    assert_eq!(place.search(&registry, "--version ^9").0, "No results found\n");
    let (json, _) = place.search(&registry, "--version >1.9-0 --devel -o json");
    assert!(json.starts_with(
        "[{\"name\":\"oci://HOST/charts/shop\",\"version\":\"2.0.0-rc.1\",\"app_version\":\"app-2.0.0-rc.1\","
    ));
    assert!(
        json.contains("\"tag\":\"1.10.0\",\"digest\":\"sha256:")
            && json.contains("\"org.opencontainers.image.title\":\"shop\"")
    );
    assert_eq!(place.search(&registry, "--page 9 -o yaml").0, "[]\n");
    let (_, error) = place.search(&registry, "--version nonsense");
    assert!(error.starts_with("Error: an invalid version/constraint format: improper constraint: "));
}
