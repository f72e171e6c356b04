//! Picks a version for each dependency (`internal/resolver/resolver.go`).

use std::collections::BTreeMap;
use std::path::Path;

use chart::Dependency;
use chart::log::Log;
use gostd::semver::{Constraints, Version};
use gostd::strconv::quote;
use gostd::{GoError, path};

use super::local;

/// What charts there are. Newest versions come first.
pub trait Offers {
    /// Returns the versions of a chart in the cached index of a repository; nothing if the index does not name it.
    ///
    /// # Errors
    /// There is no index, or it cannot be read.
    fn versions(&self, repository: &str, chart: &str, log: &mut dyn Log) -> Result<Option<Vec<Offer>>, GoError>;

    /// Returns the tags of a chart in a registry, `host/path/chart`.
    ///
    /// # Errors
    /// Those of the registry.
    fn tags(&self, reference: &str, log: &mut dyn Log) -> Result<Vec<String>, GoError>;
}

/// A version that could be had.
pub struct Offer {
    pub version: String,
    /// Whether it has a URL is only looked up for a version that would do.
    has_url: Box<dyn Fn() -> bool>,
}

impl Offer {
    pub fn new(version: String, has_url: impl Fn() -> bool + 'static) -> Self {
        Offer { version, has_url: Box::new(has_url) }
    }
}

/// What is known before versions are picked.
pub struct Wanted<'a> {
    pub dependencies: &'a [Dependency],
    /// The name under which an index is cached, by the name of the chart.
    pub repositories: &'a BTreeMap<String, String>,
    pub chart: &'a Path,
}

/// Returns the dependencies with one version each: the newest that is in the range.
///
/// # Errors
/// Helm's: a range that is none, a folder or an index that is not there, `can't get a valid version for …`.
pub fn all(wanted: &Wanted<'_>, offers: &dyn Offers, log: &mut dyn Log) -> Result<Vec<Dependency>, GoError> {
    let mut locked = Vec::with_capacity(wanted.dependencies.len());
    let mut missing = Vec::new();
    for dependency in wanted.dependencies {
        let constraint = constraint(dependency)?;
        let version = version(dependency, &constraint, wanted, offers, log)?;
        let Some(version) = version else {
            let [name, repository, range] =
                [&dependency.name, &dependency.repository, &dependency.version].map(|text| quoted(text));
            missing.push(format!("{name} (repository {repository}, version {range})"));
            continue;
        };
        let Dependency { name, repository, .. } = dependency.clone();
        locked.push(Dependency { name, repository, version, ..Dependency::default() });
    }
    match missing.is_empty() {
        true => Ok(locked),
        false => Err(GoError::new(format!(
            "can't get a valid version for {} subchart(s): {}. Make sure a matching chart version exists in the repo, or \
             change the version constraint in Chart.yaml",
            missing.len(),
            missing.join(", ")
        ))),
    }
}

/// The text of this error has quotes, unlike that of the downloads.
fn constraint(dependency: &Dependency) -> Result<Constraints, GoError> {
    Constraints::new(dependency.version.as_bytes()).map_err(|error| {
        let name = quoted(&dependency.name);
        let text = format!("dependency {name} has an invalid version/constraint format: {}", error.text);
        GoError::wrap(text, error)
    })
}

/// Returns the version to take, or nothing if none is in the range.
fn version(
    dependency: &Dependency,
    constraint: &Constraints,
    wanted: &Wanted<'_>,
    offers: &dyn Offers,
    log: &mut dyn Log,
) -> Result<Option<String>, GoError> {
    let Dependency { name, repository, version, .. } = dependency;
    if repository.is_empty() {
        let below = path::join(&[b"charts", name.as_bytes()]);
        local::folder(&String::from_utf8_lossy(&below), wanted.chart)?;
        return Ok(Some(version.clone()));
    }
    if repository.starts_with(local::SCHEME) {
        let chart = local::load(&local::folder(repository, wanted.chart)?, log)?;
        let satisfied = local::satisfies(&chart, constraint)?;
        return Ok(satisfied.then(|| chart.metadata().version.clone()));
    }
    let Some(known_as) = wanted.repositories.get(name).filter(|name| !name.is_empty()) else {
        return Ok(Some(version.clone()));
    };
    match repository.strip_prefix("oci://") {
        Some(host) => from_registry(dependency, host, constraint, offers, log).map(Some),
        None => from_index(dependency, known_as, constraint, offers, log),
    }
}

/// Of a registry, a single version is taken as it stands; where no tag is in a range, the range itself stands for it.
fn from_registry(
    dependency: &Dependency,
    host: &str,
    constraint: &Constraints,
    offers: &dyn Offers,
    log: &mut dyn Log,
) -> Result<String, GoError> {
    let Dependency { name, repository, version, .. } = dependency;
    if Version::new(version.as_bytes()).is_ok() {
        return Ok(version.clone());
    }
    let tags = offers.tags(&format!("{host}/{name}"), log).map_err(|error| {
        let text = format!("could not retrieve list of tags for repository {repository}: {}", error.text);
        GoError::wrap(text, error)
    })?;
    Ok(tags.into_iter().find(|tag| meets(constraint, tag)).unwrap_or_else(|| version.clone()))
}

fn from_index(
    dependency: &Dependency,
    known_as: &str,
    constraint: &Constraints,
    offers: &dyn Offers,
    log: &mut dyn Log,
) -> Result<Option<String>, GoError> {
    let Dependency { name, repository, .. } = dependency;
    let versions = offers.versions(known_as, name, log).map_err(|error| {
        let text = format!("no cached repository for {known_as} found. (try 'helm repo update'): {}", error.text);
        GoError::wrap(text, error)
    })?;
    let versions = versions.ok_or_else(|| GoError::new(format!("{name} chart not found in repo {repository}")))?;
    let found = versions.into_iter().find(|offer| meets(constraint, &offer.version) && (offer.has_url)());
    Ok(found.map(|offer| offer.version))
}

fn meets(constraint: &Constraints, version: &str) -> bool {
    Version::new(version.as_bytes()).is_ok_and(|version| constraint.check(&version))
}

fn quoted(text: &str) -> String {
    String::from_utf8_lossy(&quote(text.as_bytes())).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chart::log::Silent;

    /// One repository `stable` with the chart `web`, and one registry.
    struct Shop;

    impl Offers for Shop {
        fn versions(&self, repository: &str, chart: &str, _: &mut dyn Log) -> Result<Option<Vec<Offer>>, GoError> {
            let offer = |(version, has_url): (&str, bool)| Offer::new(version.to_owned(), move || has_url);
            match (repository, chart) {
                ("stable", "web") => Ok(Some(
                    [("3.0.0-rc1", true), ("2.1.0", false), ("2.0.0", true), ("1.9.0", true)].map(offer).into(),
                )),
                ("stable", _) => Ok(None),
                _ => Err(GoError::new("open x-index.yaml: no such file or directory")),
            }
        }

        fn tags(&self, reference: &str, _: &mut dyn Log) -> Result<Vec<String>, GoError> {
            match reference {
                "r.example/charts/web" => Ok(vec!["2.0.0".to_owned(), "1.0.0".to_owned()]),
                _ => Err(GoError::new("404")),
            }
        }
    }

    fn dependency(name: &str, repository: &str, version: &str) -> Dependency {
        let (name, repository, version) = (name.to_owned(), repository.to_owned(), version.to_owned());
        Dependency { name, repository, version, alias: "other".to_owned(), ..Dependency::default() }
    }

    /// Resolves one dependency whose repository is known by a name.
    fn resolved(known_as: &str, name: &str, repository: &str, version: &str) -> Result<String, String> {
        let repositories = [(name.to_owned(), known_as.to_owned())].into();
        let dependencies = [dependency(name, repository, version)];
        let wanted = Wanted { dependencies: &dependencies, repositories: &repositories, chart: Path::new("/no/chart") };
        let locked = all(&wanted, &Shop, &mut Silent).map_err(|error| error.text)?;
        assert!(locked.iter().all(|locked| locked.alias.is_empty() && locked.name == name));
        Ok(locked.into_iter().map(|locked| locked.version).collect())
    }

    #[test]
    fn the_newest_version_in_the_range_is_taken() {
        const WEB: &str = "https://example.com";
        const OCI: &str = "oci://r.example/charts";
        let cases = [
            ("stable", "web", WEB, ">=1.0.0", Ok("2.0.0")),
            ("stable", "web", WEB, ">=1.0.0-0", Ok("3.0.0-rc1")),
            ("stable", "web", WEB, "~1.9", Ok("1.9.0")),
            (
                "stable",
                "web",
                WEB,
                ">9",
                Err(
                    "can't get a valid version for 1 subchart(s): \"web\" (repository \"https://example.com\", version \
                     \">9\"). Make sure a matching chart version exists in the repo, or change the version constraint in \
                     Chart.yaml",
                ),
            ),
            ("stable", "db", WEB, ">9", Err("db chart not found in repo https://example.com")),
            (
                "other",
                "web",
                WEB,
                "1",
                Err(
                    "no cached repository for other found. (try 'helm repo update'): open x-index.yaml: no such file or \
                     directory",
                ),
            ),
            (
                "stable",
                "web",
                WEB,
                "a b",
                Err("dependency \"web\" has an invalid version/constraint format: improper constraint: \"a b\""),
            ),
            (OCI, "web", OCI, "1.0.5", Ok("1.0.5")),
            (OCI, "web", OCI, "^1.0.0", Ok("1.0.0")),
            (OCI, "web", OCI, "^7.0.0", Ok("^7.0.0")),
            (OCI, "db", OCI, "*", Err("could not retrieve list of tags for repository oci://r.example/charts: 404")),
            ("", "web", WEB, "~1.9", Ok("~1.9")),
            ("", "web", "", "1", Err("directory /no/chart/charts/web not found")),
            ("", "web", "file://../web", "1", Err("directory /no/web not found")),
        ];
        for (known_as, name, repository, version, want) in cases {
            let got = resolved(known_as, name, repository, version);
            assert_eq!(got.as_deref().map_err(String::as_str), want, "{name} {repository} {version}");
        }
    }
}
