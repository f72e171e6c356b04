//! Debian packages: which of them tests want, and how they are installed where that needs no question.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folders of Debian's PostgreSQL, one for each version; its server is in nobody's PATH.
const POSTGRES: &str = "/usr/lib/postgresql";

/// Installs packages; only root can, with apt-get.
pub struct Packages {
    apt_get: PathBuf,
    is_root: bool,
}

/// A program that tests run, and the package it is in.
pub struct Wanted {
    pub package: &'static str,
    is_there: fn() -> bool,
}

/// Without these, the tests that run them say that they are skipped.
pub const WANTED: [Wanted; 2] = [
    Wanted { package: "gnupg", is_there: || works(Command::new("gpg").arg("--version")) },
    Wanted { package: "postgresql", is_there: || has_postgres(Path::new(POSTGRES)) },
];

impl Packages {
    /// What this machine lets us do.
    pub fn of_machine() -> Packages {
        let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
        Packages { apt_get: PathBuf::from("apt-get"), is_root }
    }

    /// Installs a package; returns whether it is there now.
    pub fn install(&self, name: &str) -> bool {
        if !self.is_root || !works(Command::new(&self.apt_get).arg("--version")) {
            return false;
        }
        println!("installing {name} with apt-get");
        works(self.command().args(["update", "-qq"]))
            && works(self.command().args(["install", "-y", "-qq", "--no-install-recommends", name]))
    }

    /// Installs those of `wanted` that are not there; returns the packages that are still missing.
    pub fn ensure(&self, wanted: &[Wanted]) -> Vec<&'static str> {
        let missing = wanted.iter().filter(|wanted| !(wanted.is_there)());
        missing.filter(|wanted| !self.install(wanted.package)).map(|wanted| wanted.package).collect()
    }

    /// A question of a package would wait for ever.
    fn command(&self) -> Command {
        let mut command = Command::new(&self.apt_get);
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    }
}

fn has_postgres(debian: &Path) -> bool {
    let versions = std::fs::read_dir(debian).into_iter().flatten().flatten();
    versions.map(|version| version.path().join("bin/postgres")).any(|server| server.is_file())
        || works(Command::new("postgres").arg("--version"))
}

/// Whether a command ends well.
pub fn works(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const GONE: Wanted = Wanted { package: "gone", is_there: || false };
    const THERE: Wanted = Wanted { package: "there", is_there: || true };

    /// An apt-get that writes down what it was asked for, and ends with a status.
    fn fake(folder: &Path, status: u8) -> PathBuf {
        let path = folder.join("apt-get");
        let text = format!(
            "#!/bin/sh\n[ \"$1\" = --version ] && exit 0\necho \"$DEBIAN_FRONTEND $*\" >>'{}/log'\nexit {status}\n",
            folder.display()
        );
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    /// What is missing afterwards, and what was asked for.
    fn ensure(is_root: bool, status: u8) -> (Vec<&'static str>, String) {
        let folder = std::env::temp_dir().join(format!("xtask-apt-{}-{is_root}-{status}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let packages = Packages { apt_get: fake(&folder, status), is_root };
        let missing = packages.ensure(&[THERE, GONE]);
        let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
        fs::remove_dir_all(&folder).unwrap();
        (missing, log)
    }

    #[test]
    fn what_is_missing_is_installed_by_root_without_questions() {
        let update = "noninteractive update -qq\n";
        let install = "noninteractive install -y -qq --no-install-recommends gone\n";
        assert_eq!(ensure(true, 0), (vec![], format!("{update}{install}")));
        assert_eq!(ensure(true, 1), (vec!["gone"], update.to_owned()));
        assert_eq!(ensure(false, 0), (vec!["gone"], String::new()));
    }

    #[test]
    fn postgres_is_found_in_its_own_folder() {
        let folder = std::env::temp_dir().join(format!("xtask-postgres-{}", std::process::id()));
        fs::create_dir_all(folder.join("15/bin")).unwrap();
        fs::write(folder.join("15/bin/postgres"), "").unwrap();
        assert!(has_postgres(&folder));
        fs::remove_dir_all(&folder).unwrap();
    }
}
