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
        let row = self.inner.rows.row("SELECT id FROM repositories WHERE name = $1", &[repository.into()]).await?;
        let id = row.ok_or(Error::Unknown(Missing::Repository))?.int()?;
        let page = page(count);
        let sql = "SELECT name FROM tags WHERE repository = $1 AND name > $2 ORDER BY name LIMIT $3";
        let args = [id.into(), last.unwrap_or_default().into(), Arg::Int(page + 1)];
        listing(self.inner.rows.rows(sql, &args).await?, page)
    }

    /// Returns the repositories with manifests behind `last`, in the order of their bytes.
    pub async fn repositories(&self, count: Option<u64>, last: Option<&str>) -> Result<Listing, Error> {
        let page = page(count);
        let sql = "SELECT name FROM repositories r WHERE name > $1 AND EXISTS (SELECT 1 FROM manifests m WHERE \
            m.repository = r.id) ORDER BY name LIMIT $2";
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
