//! Collects what nobody needs: contents without a repository or chart, uploads that were given up, objects that a crash
//! left.
//!
//! A content goes in steps, each of which others can see: it is marked, its object is deleted, the mark stays for a while.
//! An upload that meets a mark places its content again. So no content is lost that a change has just come to need, in
//! this process or another.

use std::time::Duration;

use futures_util::TryStreamExt;

use crate::blobs::content_key;
use crate::digest::Digest;
use crate::error::Error;
use crate::registry::is_part;
use crate::rows::{Arg, Change, Tx};
use crate::store::{Store, now};

/// Rows of one step.
const PAGE: i64 = 200;
/// How long a mark stays behind the deletion: longer than any request lives between placing a content and its row.
const MARK: Duration = Duration::from_secs(3600);
/// No body of a request is on its way for longer, whatever the grace is: its file has no row that others could see.
const BODY: Duration = Duration::from_secs(24 * 3600);

/// What is too young to be garbage.
#[derive(Clone, Copy, Debug)]
pub struct Grace {
    /// Contents: their manifest may be on its way.
    pub contents: Duration,
    /// Uploads that have not ended, and objects that no row knows.
    pub uploads: Duration,
}

impl Default for Grace {
    fn default() -> Self {
        Grace { contents: Duration::from_secs(3600), uploads: Duration::from_secs(24 * 3600) }
    }
}

/// What a collection found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    pub uploads: u64,
    /// Blobs that a repository does not have any more.
    pub links: u64,
    pub contents: u64,
    pub bytes: u64,
    /// Objects that no row knew.
    pub objects: u64,
}

impl Store {
    /// Collects garbage. May run at any time, in several processes.
    ///
    /// # Errors
    /// Rows or blob store failed; what was done stays done, the next collection goes on.
    pub async fn collect_garbage(&self, grace: Grace) -> Result<Collected, Error> {
        let mut collected = Collected::default();
        let before = |age: Duration| now().saturating_sub(i64::try_from(age.as_millis()).unwrap_or(i64::MAX));
        self.collect_uploads(before(grace.uploads), &mut collected).await?;
        self.collect_links(before(grace.contents), &mut collected).await?;
        self.mark_contents(before(grace.contents), &mut collected).await?;
        self.mark_objects(before(grace.uploads), &mut collected).await?;
        self.delete_marked().await?;
        self.inner.blobs.clear_spool(before(grace.uploads.max(BODY))).await?;
        let sql = "DELETE FROM blobs WHERE state = 2 AND touched < $1 AND NOT EXISTS (SELECT 1 FROM versions v WHERE \
            v.blob = blobs.id)";
        self.inner.rows.change(Statement { sql, arg: before(MARK) }).await?;
        self.prune(before(MARK)).await?;
        Ok(collected)
    }

    async fn collect_uploads(&self, before: i64, collected: &mut Collected) -> Result<(), Error> {
        let sql = "SELECT id FROM uploads WHERE touched <= $1";
        for mut row in self.inner.rows.rows(sql, &[before.into()]).await? {
            self.drop_upload(&row.text()?).await?;
            collected.uploads += 1;
        }
        Ok(())
    }

    async fn collect_links(&self, before: i64, collected: &mut Collected) -> Result<(), Error> {
        let mut last = (0, String::new());
        loop {
            let sql = "SELECT repository, digest FROM links l WHERE linked <= $1 AND (repository, digest) > ($2, $3) AND \
                NOT EXISTS (SELECT 1 FROM needs n WHERE n.repository = l.repository AND n.digest = l.digest) \
                ORDER BY repository, digest LIMIT $4";
            let args = [before.into(), last.0.into(), (&last.1).into(), Arg::Int(PAGE)];
            let rows = self.inner.rows.rows(sql, &args).await?;
            let page = rows.into_iter().map(|mut row| Ok((row.int()?, row.text()?)));
            let page = page.collect::<Result<Vec<(i64, String)>, Error>>()?;
            let Some(end) = page.last().cloned() else { return Ok(()) };
            last = end;
            collected.links += self.inner.rows.change(Unlink { page, before }).await?;
        }
    }

    async fn mark_contents(&self, before: i64, collected: &mut Collected) -> Result<(), Error> {
        let mut last = String::new();
        loop {
            let sql = "SELECT digest FROM blobs b WHERE state = 0 AND touched <= $1 AND digest > $2 AND NOT EXISTS \
                (SELECT 1 FROM links l WHERE l.digest = b.digest) AND NOT EXISTS \
                (SELECT 1 FROM versions v WHERE v.blob = b.id) ORDER BY digest LIMIT $3";
            let rows = self.inner.rows.rows(sql, &[before.into(), (&last).into(), Arg::Int(PAGE)]).await?;
            let page = rows.into_iter().map(|mut row| row.text()).collect::<Result<Vec<String>, Error>>()?;
            let Some(end) = page.last().cloned() else { return Ok(()) };
            last = end;
            let (contents, bytes) = self.inner.rows.change(Mark { page, before }).await?;
            collected.contents += contents;
            collected.bytes += bytes;
        }
    }

    /// Marks objects that no row knows: a crash came between the object and its row.
    async fn mark_objects(&self, before: i64, collected: &mut Collected) -> Result<(), Error> {
        let mut objects = self.inner.blobs.objects("blobs/").await?.objects;
        while let Some(object) = objects.try_next().await? {
            let Some(digest) = digest_of(&object.key).filter(|_| object.modified <= before) else { continue };
            let known = self.inner.rows.row("SELECT 1 FROM blobs WHERE digest = $1", &[digest.as_str().into()]).await?;
            if known.is_none() {
                collected.objects += self.inner.rows.change(MarkObject { digest, size: object.size }).await?;
            }
        }
        let mut objects = self.inner.blobs.objects("uploads/").await?.objects;
        while let Some(object) = objects.try_next().await? {
            let sql = "SELECT 1 FROM parts WHERE object = $1";
            let is_old_part = object.modified <= before && is_part(&object.key);
            if is_old_part && self.inner.rows.row(sql, &[(&object.key).into()]).await?.is_none() {
                self.inner.blobs.delete(&object.key).await?;
                collected.objects += 1;
            }
        }
        Ok(())
    }

    async fn delete_marked(&self) -> Result<(), Error> {
        let rows = self.inner.rows.rows("SELECT digest, size, path FROM blobs WHERE state = 1", &[]).await?;
        for mut row in rows {
            let digest: Digest = row.text()?.parse().map_err(|_| Error::torn("read a digest"))?;
            let size = row.size()?;
            match row.maybe_text()? {
                None => self.inner.blobs.delete(&content_key(&digest)).await?,
                Some(_) => self.delete_files(&digest, size).await?,
            }
            self.inner.rows.change(Deleted(digest)).await?;
        }
        Ok(())
    }

    /// Deletes all files that have a content which no version has any more.
    async fn delete_files(&self, digest: &Digest, size: u64) -> Result<(), Error> {
        let sql = "SELECT path FROM imported WHERE digest = $1";
        for mut row in self.inner.rows.rows(sql, &[digest.as_str().into()]).await? {
            self.delete_imported(&row.text()?, size).await?;
        }
        Ok(())
    }

    /// Deletes a file that was imported, unless somebody has put another one in its place since.
    async fn delete_imported(&self, path: &str, size: u64) -> Result<(), Error> {
        let row = self.inner.rows.row("SELECT modified FROM imported WHERE path = $1", &[path.into()]).await?;
        let Some(modified) = row.map(|mut row| row.int()).transpose()? else { return Ok(()) };
        let sql = "SELECT 1 FROM blobs WHERE digest IN (SELECT digest FROM imported WHERE path = $1) AND path = $1 AND \
            state = 0";
        let other = self.inner.rows.row(sql, &[path.into()]).await?.is_some();
        let object = self.inner.blobs.object(path).await?;
        if !other && object.is_some_and(|object| object.size == size && object.modified <= modified) {
            self.inner.blobs.delete(path).await?;
            self.inner.blobs.delete(&format!("{path}.prov")).await?;
        }
        Ok(())
    }

    /// Forgets removals of long ago: who holds an older index reads it anew.
    async fn prune(&self, before: i64) -> Result<(), Error> {
        let sql = "SELECT id FROM tenants t WHERE changed_at < $1 AND EXISTS (SELECT 1 FROM removals r WHERE \
            r.tenant = t.id)";
        for mut row in self.inner.rows.rows(sql, &[before.into()]).await? {
            let tenant = row.int()?;
            self.inner.rows.change(Prune { tenant, before }).await?;
        }
        self.inner.rows_changed();
        Ok(())
    }
}

fn digest_of(key: &str) -> Option<Digest> {
    let mut parts = key.split('/').skip(1);
    let (algorithm, _, hex) = (parts.next()?, parts.next()?, parts.next()?);
    let digest: Digest = format!("{algorithm}:{hex}").parse().ok()?;
    (content_key(&digest) == key).then_some(digest)
}

struct Statement {
    sql: &'static str,
    arg: i64,
}

impl Change for Statement {
    type Done = ();

    async fn apply(&self, tx: &mut Tx) -> Result<(), Error> {
        tx.execute(self.sql, &[self.arg.into()]).await.map(drop)
    }
}

/// Takes blobs from repositories where no manifest needs them.
struct Unlink {
    page: Vec<(i64, String)>,
    before: i64,
}

impl Change for Unlink {
    type Done = u64;

    async fn apply(&self, tx: &mut Tx) -> Result<u64, Error> {
        let mut gone = 0;
        for (repository, digest) in &self.page {
            // The row is held, so that no manifest comes between the question and the answer.
            tx.execute("UPDATE repositories SET name = name WHERE id = $1", &[(*repository).into()]).await?;
            let sql = "DELETE FROM links WHERE repository = $1 AND digest = $2 AND linked <= $3 AND NOT EXISTS \
                (SELECT 1 FROM needs n WHERE n.repository = $1 AND n.digest = $2)";
            gone += tx.execute(sql, &[(*repository).into(), digest.into(), self.before.into()]).await?;
        }
        Ok(gone)
    }
}

/// Marks contents that neither a repository nor a chart has. What is in the rows alone goes at once.
struct Mark {
    page: Vec<String>,
    before: i64,
}

impl Change for Mark {
    type Done = (u64, u64);

    async fn apply(&self, tx: &mut Tx) -> Result<(u64, u64), Error> {
        let (mut contents, mut bytes) = (0, 0);
        for digest in &self.page {
            let hold = "UPDATE blobs SET state = 0 WHERE digest = $1 AND state = 0 AND touched <= $2";
            if tx.execute(hold, &[digest.into(), self.before.into()]).await? == 0 || is_needed(tx, digest).await? {
                continue;
            }
            let sql = "SELECT size, body FROM blobs WHERE digest = $1";
            let mut row = tx.row(sql, &[digest.into()]).await?.ok_or_else(|| Error::torn("read a blob"))?;
            let (size, body) = (row.size()?, row.maybe_bytes()?);
            let sql = match body {
                Some(_) => "DELETE FROM blobs WHERE digest = $1",
                None => "UPDATE blobs SET state = 1 WHERE digest = $1",
            };
            tx.execute(sql, &[digest.into()]).await?;
            contents += 1;
            bytes += size;
        }
        Ok((contents, bytes))
    }
}

async fn is_needed(tx: &mut Tx, digest: &str) -> Result<bool, Error> {
    let questions = [
        "SELECT 1 FROM links WHERE digest = $1 LIMIT 1",
        "SELECT 1 FROM versions WHERE blob = (SELECT id FROM blobs WHERE digest = $1) LIMIT 1",
        "SELECT 1 FROM versions WHERE provenance = $1 LIMIT 1",
        "SELECT 1 FROM provenances WHERE digest = $1 LIMIT 1",
    ];
    for sql in questions {
        if tx.row(sql, &[digest.into()]).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

struct MarkObject {
    digest: Digest,
    size: u64,
}

impl Change for MarkObject {
    type Done = u64;

    async fn apply(&self, tx: &mut Tx) -> Result<u64, Error> {
        let sql =
            "INSERT INTO blobs (digest, size, state, touched) VALUES ($1, $2, 1, $3) ON CONFLICT (digest) DO NOTHING";
        let size = i64::try_from(self.size).unwrap_or(i64::MAX);
        tx.execute(sql, &[self.digest.as_str().into(), size.into(), now().into()]).await
    }
}

/// The object of a marked content is deleted.
struct Deleted(Digest);

impl Change for Deleted {
    type Done = ();

    async fn apply(&self, tx: &mut Tx) -> Result<(), Error> {
        let sql = "UPDATE blobs SET state = 2, touched = $2, path = NULL WHERE digest = $1 AND state = 1";
        tx.execute(sql, &[self.0.as_str().into(), now().into()]).await.map(drop)
    }
}

struct Prune {
    tenant: i64,
    before: i64,
}

impl Change for Prune {
    type Done = ();

    async fn apply(&self, tx: &mut Tx) -> Result<(), Error> {
        let sql = "UPDATE tenants SET pruned = changes WHERE id = $1 AND changed_at < $2";
        if tx.execute(sql, &[self.tenant.into(), self.before.into()]).await? > 0 {
            tx.execute("DELETE FROM removals WHERE tenant = $1", &[self.tenant.into()]).await?;
        }
        Ok(())
    }
}
