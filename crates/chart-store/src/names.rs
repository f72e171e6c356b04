//! Names of repositories, tags, tenants, charts and versions: what is accepted, and how one becomes another.

use std::borrow::Cow;

use crate::error::Error;

/// Longest name of a repository: clients that put a host before it stop at 255.
const REPOSITORY_BYTES: usize = 230;
/// Longest tag, as the specification has it.
const TAG_BYTES: usize = 128;
/// Longest name of a tenant, and longest name of a chart: names of files end at 255 with version and ending.
const TENANT_BYTES: usize = 230;
const CHART_BYTES: usize = 180;
/// More segments than this are no tenant.
const TENANT_SEGMENTS: usize = 32;

/// Tells whether a text is the name of a repository:
/// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*`.
pub fn is_repository(name: &str) -> bool {
    name.len() <= REPOSITORY_BYTES && name.split('/').all(is_component)
}

fn is_component(part: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = part.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    if !plain(*first) || !plain(*last) {
        return false;
    }
    bytes
        .split(|b| plain(*b))
        .all(|between| matches!(between, b"" | b"." | b"_" | b"__") || between.iter().all(|b| *b == b'-'))
}

/// Tells whether a text is a tag: `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}`.
pub fn is_tag(name: &str) -> bool {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    name.len() <= TAG_BYTES
        && name.bytes().next().is_some_and(word)
        && name.bytes().all(|b| word(b) || b == b'.' || b == b'-')
}

/// Tells whether a text names a tenant: nothing, or segments of letters, digits, `.`, `_`, `-` and the like, of which
/// none is a way out of a folder.
pub fn is_tenant(name: &str) -> bool {
    name.is_empty()
        || name.len() <= TENANT_BYTES
            && name.split('/').count() <= TENANT_SEGMENTS
            && name.split('/').all(|part| is_file_part(part) && !part.starts_with('.'))
}

/// Tells whether a text can be a part of a file's name on any system: no separators, no control characters.
fn is_file_part(part: &str) -> bool {
    !part.is_empty()
        && part != "."
        && part != ".."
        && part.chars().all(|c| !c.is_control() && !"/\\:*?\"<>|".contains(c))
}

/// Returns the name of a package's file.
///
/// # Errors
/// `NAME-VERSION.tgz is improperly formatted`, which is ChartMuseum's text.
pub fn file(name: &str, version: &str) -> Result<String, Error> {
    let file = format!("{name}-{version}.tgz");
    let fine = name.len() <= CHART_BYTES && is_file_part(name) && is_file_part(version) && !name.starts_with('.');
    match fine {
        true => Ok(file),
        false => Err(Error::Invalid(format!("{file} is improperly formatted"))),
    }
}

/// Returns the name of a file as it stands in a URL: `#` would end the path, and `%` begins what is written in digits.
pub fn in_url(file: &str) -> Cow<'_, str> {
    match file.contains(['%', '#']) {
        true => Cow::Owned(file.replace('%', "%25").replace('#', "%23")),
        false => Cow::Borrowed(file),
    }
}

/// Returns the tag of a version: OCI has no `+`.
pub fn tag(version: &str) -> String {
    version.replace('+', "_")
}

/// Returns the repository of a chart: `a/b` and `chart` are `a/b/chart`.
pub fn repository(tenant: &str, chart: &str) -> String {
    if tenant.is_empty() { chart.to_owned() } else { format!("{tenant}/{chart}") }
}

/// Returns tenant and chart of a repository.
pub fn tenant_and_chart(repository: &str) -> (&str, &str) {
    repository.rsplit_once('/').unwrap_or(("", repository))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repositories_are_as_the_specification_has_them() {
        for name in ["a", "a/b", "a.b/c_d/e__f/g-h/i---j", "0", "charts/my-chart"] {
            assert!(is_repository(name), "{name}");
        }
        for name in ["", "/", "a/", "/a", "a//b", "A", "a..b", "a___b", "a.-b", "-a", "a-", "a/../b", "ä", "a b", "a:b"]
        {
            assert!(!is_repository(name), "{name}");
        }
        assert!(!is_repository(&"a".repeat(231)));
    }

    #[test]
    fn tags_are_as_the_specification_has_them() {
        for name in ["1.0.0", "_", "latest", "A-b.c_d", &"a".repeat(128)] {
            assert!(is_tag(name), "{name}");
        }
        for name in ["", ".a", "-a", "1.0.0+1", "a/b", &"a".repeat(129)] {
            assert!(!is_tag(name), "{name}");
        }
    }

    #[test]
    fn tenants_stay_in_their_folder() {
        for name in ["", "org", "org/team", "Org_1/Team-2"] {
            assert!(is_tenant(name), "{name}");
        }
        for name in ["..", "a/..", "/a", "a/", "a//b", ".a", "a\\b", "a\0", &"a/".repeat(40)] {
            assert!(!is_tenant(name), "{name}");
        }
    }

    #[test]
    fn packages_are_named_after_chart_and_version() {
        assert_eq!(file("a", "1.0.0+b").ok().as_deref(), Some("a-1.0.0+b.tgz"));
        let wrong = file("../../../../charts/org2/repo2/evil", "1.0.0").map_err(|error| error.to_string());
        assert_eq!(wrong, Err("../../../../charts/org2/repo2/evil-1.0.0.tgz is improperly formatted".to_owned()));
        for name in ["", ".", "..", ".a", "a/b", "a\\b"] {
            assert!(file(name, "1").is_err(), "{name}");
        }
        assert_eq!((in_url("a#%b+c.tgz"), in_url("ä b.tgz")), ("a%23%25b+c.tgz".into(), "ä b.tgz".into()));
        assert_eq!(
            (tag("1.0.0+b"), repository("a/b", "c"), repository("", "c")),
            ("1.0.0_b".into(), "a/b/c".into(), "c".into())
        );
        assert_eq!((tenant_and_chart("a/b/c"), tenant_and_chart("c")), (("a/b", "c"), ("", "c")));
    }
}
