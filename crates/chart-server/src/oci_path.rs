//! Which paths belong to the registry: `/v2/…`, unless they can only be a tenant's that is called `v2`.

/// Returns a label for metrics when a path is the registry's.
pub fn label(path: &str) -> Option<&'static str> {
    let rest = path.strip_prefix("/v2")?;
    if rest.is_empty() || rest == "/" {
        return Some("/v2/");
    }
    let names: Vec<&str> = rest.strip_prefix('/')?.split('/').collect();
    match names.as_slice() {
        ["_catalog"] => Some("/v2/_catalog"),
        [.., "tags", "list"] => Some("/v2/:name/tags/list"),
        [.., "manifests", _] => Some("/v2/:name/manifests/:reference"),
        [.., "referrers", _] => Some("/v2/:name/referrers/:digest"),
        [.., "blobs", "uploads"] | [.., "blobs", "uploads", _] => Some("/v2/:name/blobs/uploads/:id"),
        [.., "blobs", _] => Some("/v2/:name/blobs/:digest"),
        [.., "index.yaml"] | [.., "artifacthub-repo.yml"] | [.., "charts", _] => None,
        _ => Some("/v2/:other"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registry_has_its_paths_and_leaves_others_to_tenants() {
        let cases = [
            ("/v2", Some("/v2/")),
            ("/v2/", Some("/v2/")),
            ("/v2/_catalog", Some("/v2/_catalog")),
            ("/v2/a/b/tags/list", Some("/v2/:name/tags/list")),
            ("/v2/a/manifests/index.yaml", Some("/v2/:name/manifests/:reference")),
            ("/v2/charts/blobs/sha256:0", Some("/v2/:name/blobs/:digest")),
            ("/v2/charts/blobs/uploads/", Some("/v2/:name/blobs/uploads/:id")),
            ("/v2/nothing", Some("/v2/:other")),
            ("/v2/index.yaml", None),
            ("/v2/charts/a-1.0.0.tgz", None),
            ("/v2x/index.yaml", None),
            ("/index.yaml", None),
            ("/api/v2/charts", None),
        ];
        for (path, expected) in cases {
            assert_eq!(label(path), expected, "{path}");
        }
    }
}
