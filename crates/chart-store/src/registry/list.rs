//! Lists tags and repositories, page by page.

use crate::error::{Error, Missing};
use crate::rows::{Arg, Row};
use crate::store::Store;

use super::Listing;

/// Names of one answer at most.
const PAGE: u64 = 10_000;

impl Store {
    /// Returns the tags of a repository behind `last`, in the order of their bytes.
    ///
    /// # Errors
    /// There is no such repository.
    pub async fn tags(&self, repository: &str, count: Option<u64>, last: Option<&str>) -> Result<Listing, Error> {
        let page = page(count);
        // None are asked for too: then the repository must be there all the same.
        let sql = "SELECT t.name FROM repositories r JOIN tags t ON t.repository = r.id WHERE r.name = $1 AND \
            t.name > $2 ORDER BY t.name LIMIT $3";
        let args = [repository.into(), last.unwrap_or_default().into(), Arg::Int(page + 1)];
        let found = self.registry_rows(repository, sql, &args).await?;
        let known = "SELECT 1 FROM repositories WHERE name = $1";
        if found.is_empty() && self.inner.rows.row(known, &[repository.into()]).await?.is_none() {
            return Err(Error::Unknown(Missing::Repository));
        }
        listing(found, page)
    }

    /// Returns the repositories with manifests behind `last`, in the order of their bytes.
    pub async fn repositories(&self, count: Option<u64>, last: Option<&str>) -> Result<Listing, Error> {
        let page = page(count);
        let sql = "SELECT name FROM repositories r WHERE name > $1 AND EXISTS (SELECT 1 FROM manifests m WHERE \
            m.repository = r.id) UNION SELECT name FROM (SELECT CASE t.name WHEN '' THEN u.name ELSE \
            t.name || '/' || u.name END AS name FROM untied u JOIN tenants t ON t.id = u.tenant) AS charts \
            WHERE name > $1 ORDER BY name LIMIT $2";
        let args = [last.unwrap_or_default().into(), Arg::Int(page + 1)];
        listing(self.inner.rows.rows(sql, &args).await?, page)
    }
}

fn page(count: Option<u64>) -> i64 {
    i64::try_from(count.unwrap_or(PAGE).min(PAGE)).unwrap_or_default()
}

/// One row more than the page tells that there are more.
fn listing(rows: Vec<Row>, page: i64) -> Result<Listing, Error> {
    let page = usize::try_from(page).unwrap_or_default();
    // Asked for nothing, there is nothing to go on with.
    let more = rows.len() > page && page > 0;
    let names = rows.into_iter().take(page).map(|mut row| row.text()).collect::<Result<Vec<_>, Error>>()?;
    Ok(Listing { names, more })
}
