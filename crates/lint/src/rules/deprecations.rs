//! Objects of API versions that Kubernetes deprecates (`rules/deprecations.go`).

/// Group and version, kind, first version (`1.19`) that warns, and the warning: what `APILifecycleDeprecated` and
/// `deprecation.WarningMessage` give for every kind of client-go 0.37.1, sorted.
const TABLE: &str = include_str!("../deprecated.tsv");

/// Returns the warning for an object on a Kubernetes version, if there is one.
pub fn warning(api_version: &str, kind: &str, major: u64, minor: u64) -> Option<&'static str> {
    // An empty group is the core group, written or not.
    let version = api_version.strip_prefix('/').unwrap_or(api_version);
    let key = format!("{version}\t{kind}\t");
    let rest = TABLE.lines().find_map(|line| line.strip_prefix(&key))?;
    let (since, text) = rest.split_once('\t')?;
    let (since_major, since_minor) = since.split_once('.')?;
    let since = (since_major.parse::<u64>().ok()?, since_minor.parse::<u64>().ok()?);
    ((major, minor) >= since).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::warning;

    #[test]
    fn old_versions_warn_from_their_deprecation_on() {
        let table = "extensions/v1beta1";
        assert!(
            warning(table, "Ingress", 1, 37).is_some_and(|w| w.starts_with("extensions/v1beta1 Ingress is deprecated"))
        );
        assert_eq!(warning(table, "Ingress", 1, 2), None);
        assert_eq!(warning("apps/v1", "Deployment", 1, 37), None);
    }
}
