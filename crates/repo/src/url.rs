//! URLs that indexes refer to.

use gostd::GoError;
use gostd::url::Url;

/// Returns what a reference in an index stands for, below the URL of the repository; what is absolute stays as it is
/// (`ResolveReferenceURL` of `pkg/repo/v1/chartrepo.go`).
///
/// # Errors
/// `failed to parse X as URL: …`.
pub fn resolve_reference_url(base: &str, reference: &str) -> Result<String, GoError> {
    let target = parse(reference)?;
    if target.is_absolute() {
        return Ok(reference.to_owned());
    }
    let mut base = parse(base)?;
    for path in [&mut base.path, &mut base.raw_path] {
        if path.ends_with(b"/") {
            path.pop();
        }
        path.push(b'/');
    }
    let mut url = base.resolve_reference(&target);
    // Keys of access stand there.
    url.raw_query = base.raw_query;
    Ok(String::from_utf8_lossy(&url.text()).into_owned())
}

fn parse(text: &str) -> Result<Url, GoError> {
    Url::parse(text.as_bytes())
        .map_err(|error| GoError::wrap(format!("failed to parse {text} as URL: {}", error.text), error))
}

#[cfg(test)]
mod tests {
    use super::resolve_reference_url;

    #[test]
    fn references_are_below_the_repository() {
        for (base, reference, url) in [
            ("http://h/charts", "index.yaml", "http://h/charts/index.yaml"),
            ("http://h/charts/", "index.yaml", "http://h/charts/index.yaml"),
            ("http://h/charts", "/index.yaml", "http://h/index.yaml"),
            ("http://h/charts?key=1", "a.tgz", "http://h/charts/a.tgz?key=1"),
            ("http://h/a%2Fb", "a.tgz", "http://h/a%2Fb/a.tgz"),
            ("http://h/charts", "https://cdn/a.tgz?x", "https://cdn/a.tgz?x"),
            ("http://h/charts", "oci://r/a:1", "oci://r/a:1"),
        ] {
            assert_eq!(resolve_reference_url(base, reference).map_err(|e| e.text).as_deref(), Ok(url));
        }
    }
}
