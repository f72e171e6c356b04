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
    Ok(BaseUrl::parse(base)?.below(&target))
}

/// The URL of a repository, parsed once for many references.
pub struct BaseUrl(Url);

impl BaseUrl {
    /// # Errors
    /// As [`resolve_reference_url`], of the base.
    pub fn parse(url: &str) -> Result<Self, GoError> {
        let mut base = parse(url)?;
        for path in [&mut base.path, &mut base.raw_path] {
            if path.ends_with(b"/") {
                path.pop();
            }
            path.push(b'/');
        }
        Ok(BaseUrl(base))
    }

    /// # Errors
    /// As [`resolve_reference_url`], of the reference.
    pub fn resolve(&self, reference: &str) -> Result<String, GoError> {
        let target = parse(reference)?;
        Ok(if target.is_absolute() { reference.to_owned() } else { self.below(&target) })
    }

    fn below(&self, target: &Url) -> String {
        let mut url = self.0.resolve_reference(target);
        // Keys of access stand there.
        url.raw_query.clone_from(&self.0.raw_query);
        String::from_utf8_lossy(&url.text()).into_owned()
    }
}

fn parse(text: &str) -> Result<Url, GoError> {
    Url::parse(text.as_bytes())
        .map_err(|error| GoError::wrap(format!("failed to parse {text} as URL: {}", error.text), error))
}

#[cfg(test)]
mod tests {
    use super::{BaseUrl, resolve_reference_url};

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
            let parsed = BaseUrl::parse(base).expect("a URL");
            assert_eq!(parsed.resolve(reference).map_err(|e| e.text).as_deref(), Ok(url));
        }
    }
}
