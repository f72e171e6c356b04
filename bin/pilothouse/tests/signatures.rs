//! Signatures that others accept, and theirs that we accept: with gpg, and with the real Helm where it was fetched
//! (`cargo xtask peers`). What only compares outputs stands in `conformance/verify` and `conformance/package`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// Names, as gpg knows them, and algorithms.
const KINDS: [(&str, &str); 4] =
    [("rsa", "rsa2048"), ("ed25519", "ed25519"), ("p256", "nistp256"), ("p384", "nistp384")];

/// A folder with a chart and gpg's home.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let desk = Desk { folder };
        desk.write("app/Chart.yaml", "apiVersion: v2\nname: app\nversion: 0.1.0\ndescription: '- dashes'\n");
        desk.write("app/values.yaml", "a: 1\n");
        desk.write("app/templates/x.yaml", "kind: ConfigMap\n");
        std::fs::create_dir(desk.path("gnupg")).expect("gpg's home");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let own = std::fs::Permissions::from_mode(0o700);
            std::fs::set_permissions(desk.path("gnupg"), own).expect("rights");
        }
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        std::fs::write(path, text).expect("a file");
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>, args: &[&str]) -> Output {
        let mut command = Command::new(program);
        command.args(args).current_dir(self.folder.path()).stdin(Stdio::null());
        for variable in ["HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME"] {
            command.env(variable, self.path("helm"));
        }
        command.env("GNUPGHOME", self.path("gnupg")).env("TZ", "UTC").output().expect("the program starts")
    }

    fn gpg(&self, args: &[&str]) -> Output {
        let common = ["--batch", "--quiet", "--no-tty", "--yes", "--pinentry-mode", "loopback", "--passphrase", ""];
        self.command("gpg", &[&common, args].concat())
    }

    fn ours(&self, args: &[&str]) -> Output {
        self.command(env!("CARGO_BIN_EXE_pilothouse"), args)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.command("gpgconf", &["--kill", "gpg-agent"]);
    }
}

fn well(output: Output, what: &str) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what}: {stderr}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Is gpg there? Without it nobody has keys.
fn has_gpg() -> bool {
    Command::new("gpg").arg("--version").output().is_ok()
}

/// The real Helm, if it was fetched.
fn helm() -> Option<PathBuf> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache")))?;
    Some(cache.join("pilothouse/peers/helm")).filter(|helm| helm.is_file())
}

#[test]
fn signatures_go_both_ways() {
    if !has_gpg() {
        return eprintln!("skipped: gpg is not installed");
    }
    let desk = Desk::new();
    for (name, algorithm) in KINDS {
        let id = format!("{name} <{name}@example.org>");
        well(desk.gpg(&["--quick-gen-key", &id, algorithm, "cert,sign", "never"]), "a key");
        let secret = well_bytes(desk.gpg(&["--export-secret-keys", &id]), "export");
        std::fs::write(desk.path("secret"), secret).expect("a keyring");
        well(
            desk.ours(&["package", "app", "--sign", "--key", name, "--keyring", "secret", "-d", name]),
            "our signature",
        );
        let archive = format!("{name}/app-0.1.0.tgz");
        let provenance = format!("{archive}.prov");
        well(desk.gpg(&["--verify", &provenance]), "gpg checks ours");
        well(desk.ours(&["verify", &archive, "--keyring", "secret"]), "we check ours");
        let Some(helm) = helm() else { continue };
        let theirs = well(desk.command(&helm, &["verify", &archive, "--keyring", "secret"]), "helm checks ours");
        assert!(theirs.starts_with(&format!("Signed by: {id}\nUsing Key With Fingerprint: ")), "{theirs}");
        let out = format!("helm-{name}");
        let sign = ["package", "app", "--sign", "--key", name, "--keyring", "secret", "-d", &out];
        well(desk.command(&helm, &sign), "helm's signature");
        let archive = format!("{out}/app-0.1.0.tgz");
        well(desk.ours(&["verify", &archive, "--keyring", "secret"]), "we check helm's");
    }
}

fn well_bytes(output: Output, what: &str) -> Vec<u8> {
    assert!(output.status.success(), "{what}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn gpg_signs_with_what_only_it_has() {
    if !has_gpg() {
        return eprintln!("skipped: gpg is not installed");
    }
    let desk = Desk::new();
    well(desk.gpg(&["--quick-gen-key", "mine <mine@example.org>", "ed25519", "cert,sign", "never"]), "a key");
    // No keyring is named: gpg's own keybox, which has no secret keys.
    well(desk.ours(&["package", "app", "--sign", "--key", "mine"]), "gpg signs");
    well(desk.gpg(&["--verify", "app-0.1.0.tgz.prov"]), "gpg checks it");
    let verified = well(desk.ours(&["verify", "app-0.1.0.tgz"]), "we check it");
    assert!(verified.starts_with("Signed by: mine <mine@example.org>\n"), "{verified}");
    if let Some(helm) = helm() {
        assert_eq!(well(desk.command(helm, &["verify", "app-0.1.0.tgz"]), "helm checks it"), verified);
    }
}

#[test]
fn gpg_signs_with_a_passphrase_from_a_file() {
    if !has_gpg() {
        return eprintln!("skipped: gpg is not installed");
    }
    let desk = Desk::new();
    let common = ["--batch", "--quiet", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", "open sesame"];
    let make = ["--quick-gen-key", "shut <shut@example.org>", "ed25519", "cert,sign", "never"];
    well(desk.command("gpg", &[&common[..], &make].concat()), "a key");
    well(desk.command("gpgconf", &["--kill", "gpg-agent"]), "the agent forgets");
    desk.write("wrong", "wrong\n");
    let sign = ["package", "app", "--sign", "--key", "shut", "--passphrase-file"];
    let failed = desk.ours(&[&sign[..], &["wrong"]].concat());
    assert!(String::from_utf8_lossy(&failed.stderr).starts_with("Error: gpg cannot sign: "), "{failed:?}");
    assert!(!desk.path("app-0.1.0.tgz.prov").exists());
    desk.write("right", "open sesame\nmore\n");
    well(desk.ours(&[&sign[..], &["right"]].concat()), "gpg signs");
    well(desk.ours(&["verify", "app-0.1.0.tgz"]), "we check it");
}

#[test]
fn a_subkey_signs_for_a_key_that_must_not() {
    if !has_gpg() {
        return eprintln!("skipped: gpg is not installed");
    }
    let desk = Desk::new();
    well(desk.gpg(&["--quick-gen-key", "top <top@example.org>", "ed25519", "cert", "never"]), "a key");
    let listed = well(desk.gpg(&["--with-colons", "--list-keys"]), "its fingerprint");
    let fingerprint = listed.lines().find(|line| line.starts_with("fpr:")).and_then(|line| line.split(':').nth(9));
    well(desk.gpg(&["--quick-add-key", fingerprint.expect("one"), "ed25519", "sign", "never"]), "a subkey");
    for export in ["--export-secret-keys", "--export-secret-subkeys"] {
        let secret = well_bytes(desk.gpg(&[export, "top"]), "export");
        std::fs::write(desk.path("secret"), secret).expect("a keyring");
        well(desk.ours(&["package", "app", "--sign", "--key", "top", "--keyring", "secret"]), "our signature");
        well(desk.gpg(&["--verify", "app-0.1.0.tgz.prov"]), "gpg checks it");
        well(desk.ours(&["verify", "app-0.1.0.tgz", "--keyring", "secret"]), "we check it");
        if let Some(helm) = helm() {
            well(desk.command(helm, &["verify", "app-0.1.0.tgz", "--keyring", "secret"]), "helm checks it");
        }
    }
}
