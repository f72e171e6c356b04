//! Holds charts to the signature policies of where they come from, by whatever way they come. Ours alone.

use std::path::Path;

use chart::log::{Log, Silent};
use gostd::GoError;
use gostd::semver::Version;
use gostd::strconv::quote;
use gostd::url::Url;
use provenance::{Keyring, SignedChart, verify_content};
use repo::policy::{Demands, Policies, Policy, is_same_address};
use repo::{Entry, resolve_reference_url};

use crate::sources::Sources;
use crate::urls;

/// Where an index lists a chart, and as what.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Listed {
    /// The repository: its name, empty if it has none, and its URL.
    pub repository: String,
    pub url: String,
    pub chart: String,
    pub version: String,
}

impl Listed {
    /// A chart in a repository that nobody has added.
    pub fn unmanaged(url: &str, chart: &str, found: &repo::find::Found) -> Self {
        let version = found.version.metadata.version.clone();
        Listed { repository: String::new(), url: url.to_owned(), chart: chart.to_owned(), version }
    }
}

/// What must have been signed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Identity {
    /// A chart by its name, in a version if one is known: an old chart or another one by the same hand will not do.
    Chart { name: String, version: String },
    /// Of a mere URL only the file's name is known.
    File(String),
}

/// What a chart is held to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Held {
    pub policies: Vec<Policy>,
    pub identity: Identity,
}

impl Held {
    /// Takes policies along that are not known yet.
    pub fn add<'a>(&mut self, policies: impl IntoIterator<Item = &'a Policy>) {
        for policy in policies {
            if !self.policies.contains(policy) {
                self.policies.push(policy.clone());
            }
        }
    }

    /// Checks an archive against all policies.
    ///
    /// # Errors
    /// What is wrong, whose policy it is, and what to do about it.
    pub fn check(&self, url: &str, archive: &[u8], signature: &Result<Vec<u8>, String>) -> Result<(), GoError> {
        self.policies.iter().try_for_each(|policy| {
            self.check_one(policy, archive, signature).map_err(|why| self.refused(policy, url, &why))
        })
    }

    fn check_one(&self, policy: &Policy, archive: &[u8], signature: &Result<Vec<u8>, String>) -> Result<(), String> {
        let signature = signature.as_ref().map_err(|text| format!("it has no signature ({text})"))?;
        let keyring = Keyring::load(&policy.keyring).map_err(|e| format!("the keyring cannot be read: {}", e.text))?;
        let signed = verify_content(archive, signature, &keyring)
            .map_err(|error| format!("its signature does not hold: {}", error.text))?;
        self.identity.check(&signed)
    }

    fn refused(&self, policy: &Policy, url: &str, why: &str) -> GoError {
        let (subject, keyring, key) = (policy.subject(), policy.keyring.display(), policy.key());
        let chart = match &self.identity {
            Identity::File(name) => format!("chart {}", quoted(name)),
            Identity::Chart { name, version } if version.is_empty() => format!("chart {}", quoted(name)),
            Identity::Chart { name, version } => format!("chart {} version {}", quoted(name), quoted(version)),
        };
        GoError::new(format!(
            "{chart} ({url}) is refused: the signature policy of {subject} takes only what a key of {keyring} has signed, and \
             {why}. Have the chart signed, add the key of who signed it to the keyring, or end the policy: helm repo \
             signatures forget {key}"
        ))
    }
}

impl Identity {
    fn check(&self, signed: &SignedChart) -> Result<(), String> {
        let SignedChart { name, version, verification } = signed;
        let fits = match self {
            Identity::File(file) => *file == verification.file_name,
            Identity::Chart { name: wanted, version: any } if any.is_empty() => wanted == name,
            Identity::Chart { name: wanted, version: number } => wanted == name && same_version(number, version),
        };
        match fits {
            true => Ok(()),
            false => {
                let file = quoted(&verification.file_name);
                Err(format!("it was signed as chart {} version {} in {file}", quoted(name), quoted(version)))
            }
        }
    }
}

/// Reports whether two texts are the same version, build included; a registry writes `_` for `+`.
fn same_version(one: &str, other: &str) -> bool {
    let [one, other] = [one, other].map(|text| text.replace('_', "+"));
    match (Version::new(one.as_bytes()), Version::new(other.as_bytes())) {
        (Ok(first), Ok(second)) => {
            let build = |text: &str| text.split_once('+').map(|(_, build)| build.to_owned());
            first.compare(&second).is_eq() && build(&one) == build(&other)
        }
        _ => one == other,
    }
}

impl Sources {
    /// Returns what the user's policies demand; they are read once.
    ///
    /// # Errors
    /// The policies cannot be read.
    pub(crate) fn demands(&self) -> Result<&Demands, GoError> {
        if let Some(demands) = self.demands.get() {
            return Ok(demands);
        }
        let policies = Policies::load(&self.places.repository_config)?;
        let known = if policies.entries().is_empty() { Vec::new() } else { self.repositories()? };
        Ok(self.demands.get_or_init(|| policies.demands(&known)))
    }

    /// Returns what a chart is held to: by the repository it was found in, by its address, and by any repository with a
    /// policy whose index lists that address.
    ///
    /// # Errors
    /// The policies, or the repositories they are about, cannot be read.
    pub(crate) fn held(&self, url: &Url, listed: Option<&Listed>, file: &str) -> Result<Held, GoError> {
        let demands = self.demands()?;
        let address = urls::text(url);
        let identity = identity(url, listed, file);
        let mut held = Held { policies: Vec::new(), identity };
        if demands.is_empty() {
            return Ok(held);
        }
        if let Some(listed) = listed {
            held.add(demands.of_repository(&listed.repository));
            held.add(demands.of_url(&listed.url));
        }
        held.add(demands.of_url(&address));
        let known = self.repositories()?;
        for policy in demands.policies() {
            if !held.policies.contains(policy) && self.lists(policy, &known, &address)? {
                held.add([policy]);
            }
        }
        Ok(held)
    }

    /// Reports whether the cached index of the policy's repository lists an address.
    fn lists(&self, policy: &Policy, known: &[Entry], address: &str) -> Result<bool, GoError> {
        let is_meant = |entry: &&Entry| match policy.name.as_str() {
            "" => is_same_address(&entry.url, &policy.url),
            name => entry.name == name,
        };
        for entry in known.iter().filter(is_meant) {
            // Of one that was never fetched nothing is listed.
            let Ok(index) = self.index(&entry.name, &mut Silent) else { continue };
            let is_it = |listed: &str| {
                resolve_reference_url(&entry.url, listed).is_ok_and(|listed| is_same_address(&listed, address))
            };
            if index.any_url(is_it)? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Says what must have been signed for an address.
fn identity(url: &Url, listed: Option<&Listed>, file: &str) -> Identity {
    if let Some(Listed { chart, version, .. }) = listed {
        return Identity::Chart { name: chart.clone(), version: version.clone() };
    }
    if url.scheme != b"oci" {
        return Identity::File(file.to_owned());
    }
    let path = String::from_utf8_lossy(&url.path).into_owned();
    let last = path.rsplit('/').next().unwrap_or_default();
    let (tagged, digest) = last.split_once('@').map_or((last, ""), |(tagged, digest)| (tagged, digest));
    let (name, tag) = tagged.split_once(':').unwrap_or((tagged, ""));
    let version = if digest.is_empty() { tag } else { "" };
    Identity::Chart { name: name.to_owned(), version: version.to_owned() }
}

/// Checks that a keyring can be used by a policy.
///
/// # Errors
/// It cannot be read, or holds no keys.
pub fn check_keyring(file: &Path) -> Result<(), GoError> {
    Keyring::load(file)
        .map(drop)
        .map_err(|error| GoError::wrap(format!("the keyring {} cannot be used: {}", file.display(), error.text), error))
}

/// Tells a log that policies are in force: which charts are held to them shows only when one is refused.
pub fn tell(held: &Held, log: &mut dyn Log) {
    for policy in &held.policies {
        log.debug(
            "the chart must be signed",
            &[("policy", policy.key()), ("keyring", &policy.keyring.to_string_lossy())],
        );
    }
}

fn quoted(text: &str) -> String {
    String::from_utf8_lossy(&quote(text.as_bytes())).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_have_been_signed_follows_from_how_it_was_asked_for() {
        let chart = |name: &str, version: &str| Identity::Chart { name: name.to_owned(), version: version.to_owned() };
        let listed = Listed { chart: "web".into(), version: "1.0.0".into(), ..Listed::default() };
        let cases = [
            ("https://h/x.tgz", Some(&listed), chart("web", "1.0.0")),
            ("oci://h/c/other:2.0.0", Some(&listed), chart("web", "1.0.0")),
            ("https://h/x.tgz", None, Identity::File("x.tgz".into())),
            ("oci://h/c/web:1.0.0", None, chart("web", "1.0.0")),
            ("oci://h:5000/web:1.0.0_b", None, chart("web", "1.0.0_b")),
            ("oci://h/c/web@sha256:ab", None, chart("web", "")),
            ("oci://h/c/web:1.0.0@sha256:ab", None, chart("web", "")),
        ];
        for (url, listed, want) in cases {
            let url = Url::parse(url.as_bytes()).expect("a URL");
            assert_eq!(identity(&url, listed, "x.tgz"), want, "{url:?}");
        }
    }

    #[test]
    fn versions_are_the_same_with_build_and_in_registries() {
        for (one, other, same) in [
            ("1.0.0", "1.0.0", true),
            ("v1.0.0", "1.0.0", true),
            ("1.0", "1.0.0", true),
            ("1.0.0_b", "1.0.0+b", true),
            ("1.0.0+a", "1.0.0+b", false),
            ("1.0.0", "1.0.0+b", false),
            ("1.0.0", "2.0.0", false),
            ("x", "x", true),
        ] {
            assert_eq!(same_version(one, other), same, "{one} {other}");
        }
    }
}
