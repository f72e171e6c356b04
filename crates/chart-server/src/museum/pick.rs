//! The version that a request means: exact, a range, or `latest` (`IndexFile.Get` of Helm 3.20.2, ChartMuseum's words).

use axum::http::StatusCode;
use chart_store::ChartVersion;
use gostd::semver::{Constraints, Version};

use crate::answer::Fault;
use crate::app::App;
use crate::route;

/// Finds a version of a chart.
///
/// # Errors
/// 404: no such chart, no such version, no such range.
pub async fn version(app: &App, tenant: &str, wanted: &route::Version) -> Result<ChartVersion, Fault> {
    let versions = app.store.versions(tenant, &wanted.name).await?;
    let word = if wanted.version == "latest" { "" } else { &wanted.version };
    let picked = pick(versions, &wanted.name, word).map_err(|text| Fault::new(StatusCode::NOT_FOUND, text))?;
    Ok(app.store.version(tenant, &wanted.name, &picked).await?)
}

/// Picks from versions, the newest first.
fn pick(versions: Vec<String>, name: &str, wanted: &str) -> Result<String, String> {
    if versions.is_empty() {
        return Err("no chart name found".to_owned());
    }
    let range = if wanted.is_empty() { "*" } else { wanted };
    let range = Constraints::new(range.as_bytes()).map_err(|error| error.text)?;
    if versions.iter().any(|version| version == wanted) {
        return Ok(wanted.to_owned());
    }
    let fits = |version: &String| Version::new(version.as_bytes()).is_ok_and(|version| range.check(&version));
    versions.into_iter().find(fits).ok_or_else(|| format!("no chart version found for {name}-{wanted}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_exact_a_range_or_the_newest_that_is_no_preview() {
        let there = ["2.0.0-rc.1", "1.2.0+b", "1.2.0", "1.1.0", "0.1.0", "no version"];
        let versions = there.map(str::to_owned).to_vec();
        let cases = [
            ("", Ok("1.2.0+b")),
            ("1.2.0", Ok("1.2.0")),
            ("1.1", Ok("1.1.0")),
            ("^1", Ok("1.2.0+b")),
            ("<1.0", Ok("0.1.0")),
            (">0-0", Ok("2.0.0-rc.1")),
            ("2.0.0-rc.1", Ok("2.0.0-rc.1")),
            ("3", Err("no chart version found for a-3")),
            ("nonsense", Err("improper constraint: \"nonsense\"")),
        ];
        for (wanted, expected) in cases {
            let picked = pick(versions.clone(), "a", wanted);
            assert_eq!(picked, expected.map(str::to_owned).map_err(str::to_owned), "{wanted}");
        }
        assert_eq!(pick(Vec::new(), "a", ""), Err("no chart name found".to_owned()));
    }
}
