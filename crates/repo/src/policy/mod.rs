//! Which repositories and registries must give signed charts, and by whose keys. Ours alone: Helm would lose it from its own
//! file, which it writes anew from what it knows, so this is kept in one beside it.

mod address;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chart::os_error::path_error;
use gostd::json::{Field, Shape};
use gostd::strconv::quote;
use gostd::value::{Entries, Str};
use gostd::{GoError, Value};

use crate::Entry;
use crate::file::{File, Locked, replace};
use address::Address;

/// A longer file is none: thousands of policies fit in.
const BYTES: u64 = 4 << 20;

/// What one repository or registry is held to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Policy {
    /// The name of the repository; empty where the policy is one for an address.
    pub name: String,
    /// The URL of the repository, or the beginning of the addresses that are meant: `oci://host/path`.
    pub url: String,
    /// The file with the keys that may sign.
    pub keyring: PathBuf,
}

impl Policy {
    /// What the policy is called by: the name, or else the address.
    pub fn key(&self) -> &str {
        if self.name.is_empty() { &self.url } else { &self.name }
    }

    /// Names what is held to it: `repository "stable"`, `oci://host/path`.
    pub fn subject(&self) -> String {
        match self.name.as_str() {
            "" => self.url.clone(),
            name => format!("repository {}", String::from_utf8_lossy(&quote(name.as_bytes()))),
        }
    }
}

/// All policies of a user.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Policies {
    entries: Vec<Policy>,
}

const POLICY: Shape = Shape::Struct(
    &[
        Field { name: "keyring", shape: Shape::String },
        Field { name: "name", shape: Shape::String },
        Field { name: "url", shape: Shape::String },
    ],
    "Policy",
);

const FILE: Shape = Shape::Struct(&[Field { name: "signatures", shape: Shape::List(&POLICY, "[]Policy") }], "Policies");

/// Returns the file of policies that belongs to a file of repositories: `repositories.signatures.yaml`.
pub fn policies_path(repositories: &Path) -> PathBuf {
    repositories.with_extension("signatures.yaml")
}

impl Policies {
    /// Reads the policies beside a file of repositories; none where there is no file. One that cannot be read is an error:
    /// what it demands is not known.
    ///
    /// # Errors
    /// `cannot read the signature policies in FILE: …`.
    pub fn load(repositories: &Path) -> Result<Self, GoError> {
        let path = policies_path(repositories);
        let failed = |error: GoError| {
            let file = path.display();
            GoError::wrap(format!("cannot read the signature policies in {file}: {}", error.text), error)
        };
        match fs::metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Policies::default()),
            Ok(info) if info.len() > BYTES => return Err(failed(GoError::new("the file is too long"))),
            _ => {}
        }
        let text = fs::read(&path).map_err(|error| failed(path_error("open", &path, &error)))?;
        Policies::parse(&text).map_err(failed)
    }

    /// # Errors
    /// What is wrong with the YAML, or with a policy in it.
    pub fn parse(text: &[u8]) -> Result<Self, GoError> {
        let value = goyaml::from_yaml_shaped(text, &FILE)?;
        let list = value.as_map().and_then(|map| map.get(b"signatures"));
        // A file that was cut off or misspelled must not pass for one that demands nothing.
        let list = list.ok_or_else(|| GoError::new("it has no list \"signatures\""))?;
        let items = list.as_list().map(|list| list.items().to_vec()).unwrap_or_default();
        let mut policies = Policies::default();
        for item in &items {
            let text = |name: &str| {
                let value = item.as_map()?.get(name.as_bytes())?;
                Some(value.as_str()?.to_text().into_owned())
            };
            let [name, url, keyring] = ["name", "url", "keyring"].map(|name| text(name).unwrap_or_default());
            policies.set(Policy { name, url, keyring: keyring.into() })?;
        }
        Ok(policies)
    }

    /// Writes the policies: whole or not at all, and only for the owner to read if the file is new.
    ///
    /// # Errors
    /// What the system says.
    pub fn save(&self, repositories: &Path, _lock: &Locked) -> Result<(), GoError> {
        let path = policies_path(repositories);
        let text = goyaml::to_yaml(&self.to_value())?;
        replace(&path, &text).map_err(|error| path_error("open", &path, &error))
    }

    /// Takes the lock of the file of repositories, which stands for both.
    ///
    /// # Errors
    /// As [`File::lock`].
    pub fn lock(repositories: &Path) -> Result<Locked, GoError> {
        let folder = repositories.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder {
            fs::create_dir_all(folder).map_err(|error| path_error("mkdir", folder, &error))?;
        }
        File::lock(repositories)
    }

    pub fn entries(&self) -> &[Policy] {
        &self.entries
    }

    /// Puts a policy in the place of the one that is called the same.
    ///
    /// # Errors
    /// An address that is none; no keyring.
    pub fn set(&mut self, policy: Policy) -> Result<(), GoError> {
        let quoted = |text: &str| String::from_utf8_lossy(&quote(text.as_bytes())).into_owned();
        if Address::of(&policy.url).is_none() {
            let text = format!("a signature policy needs a URL with a scheme and a host, not {}", quoted(&policy.url));
            return Err(GoError::new(text));
        }
        if policy.keyring.as_os_str().is_empty() {
            return Err(GoError::new(format!("the signature policy of {} names no keyring", quoted(policy.key()))));
        }
        match self.entries.iter_mut().find(|known| known.key() == policy.key()) {
            Some(known) => *known = policy,
            None => self.entries.push(policy),
        }
        Ok(())
    }

    /// Takes out the policy that is called so; reports whether there was one.
    pub fn remove(&mut self, key: &str) -> bool {
        let count = self.entries.len();
        self.entries.retain(|policy| policy.key() != key);
        self.entries.len() < count
    }

    /// Makes ready to compare addresses; where a repository has moved since, its policy goes along.
    pub fn demands(self, known: &[Entry]) -> Demands {
        let demand = |policy: Policy| {
            let entry = known.iter().find(|entry| !policy.name.is_empty() && entry.name == policy.name);
            let urls = [Some(&policy.url), entry.map(|entry| &entry.url)];
            let addresses = urls.into_iter().flatten().filter_map(|url| Address::of(url)).collect();
            Demand { policy, addresses }
        };
        Demands(self.entries.into_iter().map(demand).collect())
    }

    fn to_value(&self) -> Value {
        let policies = self.entries.iter().map(|policy| {
            let keyring = policy.keyring.to_string_lossy().into_owned();
            let texts = [("keyring", keyring.as_str()), ("name", &policy.name), ("url", &policy.url)];
            let texts = texts.into_iter().filter(|(_, text)| !text.is_empty());
            Value::map(texts.map(|(name, text)| (Str::from(name), text.into())).collect::<Entries>())
        });
        Value::map([(Str::from("signatures"), Value::list(policies.collect()))].into_iter().collect())
    }
}

struct Demand {
    policy: Policy,
    addresses: Vec<Address>,
}

/// Policies, and the addresses that are held to them. May be used by several threads.
#[derive(Default)]
pub struct Demands(Vec<Demand>);

impl Demands {
    /// Reports that nothing is demanded of anybody.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the policies for what is at or below an address.
    pub fn of_url(&self, url: &str) -> Vec<&Policy> {
        if self.is_empty() {
            return Vec::new();
        }
        let Some(address) = Address::of(url) else { return Vec::new() };
        let holds = |demand: &&Demand| demand.addresses.iter().any(|above| address.is_below(above));
        self.0.iter().filter(holds).map(|demand| &demand.policy).collect()
    }

    /// Returns the policies of a repository by its name.
    pub fn of_repository<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Policy> {
        self.policies().filter(move |policy| !name.is_empty() && policy.name == name)
    }

    pub fn policies(&self) -> impl Iterator<Item = &Policy> {
        self.0.iter().map(|demand| &demand.policy)
    }
}

/// Reports whether two texts are the same address, however they are written.
pub fn is_same_address(one: &str, other: &str) -> bool {
    match (Address::of(one), Address::of(other)) {
        (Some(one), Some(other)) => one == other,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(name: &str, url: &str) -> Policy {
        Policy { name: name.to_owned(), url: url.to_owned(), keyring: "/k.gpg".into() }
    }

    #[test]
    fn what_is_written_is_read_again_and_only_for_its_owner() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("new/repositories.yaml");
        assert_eq!(Policies::load(&file).map_err(|e| e.text), Ok(Policies::default()));
        let mut policies = Policies::default();
        policies.set(policy("stable", "https://h/charts")).expect("a policy");
        policies.set(policy("", "oci://h/charts")).expect("a policy");
        let lock = Policies::lock(&file).expect("a lock");
        policies.save(&file, &lock).expect("written");
        assert_eq!(Policies::load(&file).map_err(|e| e.text), Ok(policies.clone()));
        let text = fs::read_to_string(policies_path(&file)).expect("a file");
        let want = "signatures:\n- keyring: /k.gpg\n  name: stable\n  url: https://h/charts\n- keyring: /k.gpg\n  url: \
                    oci://h/charts\n";
        assert_eq!(text, want);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(policies_path(&file)).expect("a file").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert!(policies.remove("stable") && policies.remove("oci://h/charts") && !policies.remove("stable"));
        assert!(policies.entries().is_empty());
    }

    #[test]
    fn a_file_that_says_nothing_clear_is_an_error() {
        for text in [
            "signatures: all",
            "signatures: [{name: a, keyring: k}]",
            "signatures: [{name: a, url: h/charts, keyring: k}]",
            "signatures: [{name: a, url: https://h}]",
            "signatures: [a]",
            "signatures: [~]",
            "signature: [{name: a, url: https://h, keyring: k}]",
            "",
            "{",
        ] {
            assert!(Policies::parse(text.as_bytes()).is_err(), "{text}");
        }
        assert!(Policies::parse(b"signatures: []").is_ok_and(|policies| policies.entries().is_empty()));
    }

    #[test]
    fn a_repository_takes_its_policy_along() {
        let mut policies = Policies::default();
        policies.set(policy("stable", "https://old/charts")).expect("a policy");
        let moved = Entry { name: "stable".into(), url: "https://new/".into(), ..Entry::default() };
        let demands = policies.demands(&[moved]);
        for (url, held) in [("https://old/charts/a.tgz", 1), ("http://new/a.tgz", 1), ("https://other/a.tgz", 0)] {
            assert_eq!(demands.of_url(url).len(), held, "{url}");
        }
        assert_eq!(demands.of_repository("stable").count(), 1);
        assert_eq!(demands.of_repository("").count(), 0);
    }
}
