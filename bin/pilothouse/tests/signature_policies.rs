//! `repo signatures` and the commands that take charts, with the real Helm over the same files in between.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use peers::files::Server;

/// A repository with a signed and an unsigned chart, and somebody's home.
struct Place {
    folder: tempfile::TempDir,
    server: Server,
}

fn keys(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/keys").join(name)
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let files = folder.path().join("files");
        std::fs::create_dir(&files).expect("a folder");
        let archive = std::fs::read(keys("app-0.1.0.tgz")).expect("an archive");
        std::fs::write(files.join("app-0.1.0.tgz"), &archive).expect("a file");
        std::fs::copy(keys("rsa.prov"), files.join("app-0.1.0.tgz.prov")).expect("a file");
        std::fs::write(files.join("free-0.1.0.tgz"), &archive).expect("a file");
        let entry = |name: &str| {
            format!(
                "  {name}:\n  - apiVersion: v2\n    name: {name}\n    version: 0.1.0\n    urls: [{name}-0.1.0.tgz]\n"
            )
        };
        let index = format!("apiVersion: v1\nentries:\n{}{}", entry("app"), entry("free"));
        std::fs::write(files.join("index.yaml"), index).expect("an index");
        let server = Server::of(&files).expect("a server");
        Place { folder, server }
    }

    fn run(&self, program: &Path, line: &str) -> Output {
        let line = line.replace("$URL", &self.server.url()).replace("$KEYS", &keys("rsa.pub").to_string_lossy());
        let mut command = Command::new(program);
        command.args(line.split_whitespace()).current_dir(self.folder.path()).env_clear();
        command.env("HOME", self.folder.path()).env("TZ", "UTC").output().expect("the program starts")
    }

    /// Runs ours; returns the exit code, stdout and stderr.
    fn ours(&self, line: &str) -> (i32, String, String) {
        let output = self.run(Path::new(env!("CARGO_BIN_EXE_pilothouse")), line);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace(&self.server.url(), "URL");
        (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
    }

    fn well(&self, line: &str) -> String {
        let (code, out, err) = self.ours(line);
        assert_eq!(code, 0, "{line}: {err}");
        out
    }

    fn refused(&self, line: &str) {
        let (code, out, err) = self.ours(line);
        assert_eq!((code, out.as_str()), (1, ""), "{line}: {err}");
        for part in ["chart \"free\" version \"0.1.0\"", "repository \"x\"", "rsa.pub", "forget x"] {
            assert!(err.contains(part), "{line}: {err}");
        }
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        std::fs::write(path, text).expect("a file");
    }
}

#[test]
fn every_command_that_takes_a_chart_is_held() {
    let place = Place::new();
    place.well("repo add x $URL --require-signature --keyring $KEYS");
    for signed in ["pull x/app", "pull x/app --verify --keyring $KEYS", "template x/app", "show chart x/app"] {
        place.well(signed);
    }
    for way in [
        "pull x/free",
        "pull x/free --untar",
        "template x/free",
        "template free --repo $URL",
        "show chart x/free",
        "show all x/free",
        // Refused before a cluster is asked for.
        "install r x/free",
        "pull x/free --verify --keyring $KEYS",
    ] {
        place.refused(way);
    }
    place.write(
        "p/Chart.yaml",
        &format!(
            "apiVersion: v2\nname: p\nversion: 0.1.0\ndependencies:\n- {{name: free, version: 0.1.0, repository: '{}'}}\n",
            place.server.url()
        ),
    );
    for way in ["dependency update p", "dependency build p", "package -u p", "template --dependency-update p"] {
        let (code, _, err) = place.ours(way);
        assert!(code == 1 && err.contains("the signature policy of repository \"x\""), "{way}: {err}");
    }
    assert_eq!(place.well("repo signatures forget x"), "charts of \"x\" need no signature any more\n");
    place.well("template x/free");
    place.well("dependency update p");
}

#[test]
fn policies_are_set_listed_and_ended() {
    let place = Place::new();
    place.well("repo add x $URL");
    let before = place.well("repo list");
    assert_eq!(place.ours("repo signatures list"), (0, String::new(), "no signature policies to show\n".into()));
    place.well("repo signatures require x oci://host/charts --keyring $KEYS");
    assert_eq!(place.well("repo list"), before);
    let listed = place.well("repo signatures list -o json");
    let keyring = keys("rsa.pub").canonicalize().expect("a file").to_string_lossy().into_owned();
    let want = format!(
        "[{{\"name\":\"x\",\"url\":\"URL\",\"keyring\":\"{keyring}\"}},{{\"name\":\"\",\"url\":\"oci://host/charts\",\"keyring\":\"{keyring}\"}}]\n"
    );
    assert_eq!(listed, want);
    assert!(place.well("repo signatures list").starts_with("NAME\tURL "));
    let (_, _, err) = place.ours("repo remove x");
    assert!(err.contains("must still be signed"), "{err}");
    place.well("repo add x $URL");
    place.refused("pull x/free");
    for (line, text) in [
        ("repo signatures require y --keyring $KEYS", "no repo named \"y\" found"),
        ("repo signatures require x --keyring none", "the keyring "),
        ("repo signatures forget y", "no signature policy for \"y\" found"),
        ("repo add y $URL --keyring $KEYS", "it needs --require-signature"),
        ("repo add y $URL --require-signature --keyring none", "the keyring "),
    ] {
        let (code, _, err) = place.ours(line);
        assert!(code == 1 && err.contains(text), "{line}: {err}");
    }
    assert!(!place.well("repo list").contains("y\t"));
}

/// Helm writes its file anew; it neither loses policies nor stumbles over them.
#[test]
fn helm_in_between_loses_no_policy() {
    let place = Place::new();
    let helm = testbed::helm().expect("the real helm");
    place.well("repo add x $URL --require-signature --keyring $KEYS");
    for line in ["repo list", "repo update", "repo add z $URL/", "repo remove x", "repo add x $URL", "pull x/free"] {
        let output = place.run(&helm, line);
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }
    // Helm holds nobody to anything, and leaves the chart in the cache.
    let output = place.run(&helm, "show chart x/free");
    assert!(output.status.success());
    place.refused("show chart x/free");
    let (code, _, err) = place.ours("show chart z/free");
    assert!(code == 1 && err.contains("repository \"x\""), "{err}");
    place.well("show chart x/app");
}
