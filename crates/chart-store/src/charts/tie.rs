//! The manifest and the tag of a package.
//!
//! A package needs a dozen rows to be in the registry, most of them in the order of digests. Where nobody has asked the
//! registry for its chart, they are put off until somebody does: few of the versions that are mirrored or uploaded are
//! ever pulled that way. While a chart is in `untied`, there is no row of its repository; every change that could make
//! one settles first what was put off, and every look that finds nothing looks again when that is done.

use std::sync::{Arc, Mutex};

use crate::blobs::Spooled;
use crate::digest::Digest;
use crate::error::Error;
use crate::names;
use crate::registry::table::{self as oci, NewBlob, NewManifest};
use crate::rows::{Arg, Change, PAGE_BYTES, Row, Tx};
use crate::store::{Store, now};

use super::Package;
use super::manifest::{CONFIG, Piece, manifest};
use super::table::Place;

/// What the row of a version has for a manifest that is put off; without one, the registry cannot have the name.
pub const PUT_OFF: &str = "";
/// Versions that are settled at a time.
const PAGE: i64 = 500;

/// Gives a package its manifest and tag, or puts that off. Returns what its row has for the manifest: nothing where the
/// registry cannot have the name.
pub async fn tie(
    tx: &mut Tx,
    place: &Place,
    tenant: &str,
    package: &Package,
    provenance: Option<Piece<'_>>,
) -> Result<Option<String>, Error> {
    let repository = names::repository(tenant, &package.name);
    if !names::is_repository(&repository) || !names::is_tag(&names::tag(&package.version)) {
        return Ok(None);
    }
    // Where others write too, the repository could come between the question and the answer.
    if matches!(tx, Tx::Sqlite(_)) && oci::known_repository(tx, &repository).await?.is_none() {
        let sql = "INSERT INTO untied (tenant, name) VALUES ($1, $2) ON CONFLICT (tenant, name) DO NOTHING";
        tx.execute(sql, &[place.tenant.into(), (&package.name).into()]).await?;
        return Ok(Some(PUT_OFF.to_owned()));
    }
    let subject = Subject {
        version: package.version.clone(),
        archive: package.digest.clone(),
        size: package.size,
        created: package.created,
        metadata: package.metadata.clone(),
    };
    let repository = oci::repository(tx, &repository).await?;
    subject.tie(tx, repository, provenance).await.map(|digest| Some(digest.to_string()))
}

/// Makes what was put off for the chart of a repository.
pub async fn settle(tx: &mut Tx, repository: &str) -> Result<(), Error> {
    let (tenant, chart) = names::tenant_and_chart(repository);
    let sql = "DELETE FROM untied WHERE name = $2 AND tenant = (SELECT id FROM tenants WHERE name = $1) \
        RETURNING tenant";
    let Some(mut row) = tx.row(sql, &[tenant.into(), chart.into()]).await? else { return Ok(()) };
    let tenant = row.int()?;
    let repository = oci::repository(tx, repository).await?;
    loop {
        // In the order they came: of two that have one tag, the last has it.
        let sql = "SELECT v.version, v.archive, v.size, v.created, v.metadata, v.provenance, b.size FROM versions v \
            LEFT JOIN blobs b ON b.digest = v.provenance WHERE v.tenant = $1 AND v.name = $2 AND v.manifest = $3 \
            ORDER BY v.changed, v.id LIMIT $4";
        let args = [tenant.into(), chart.into(), PUT_OFF.into(), Arg::Int(PAGE)];
        let rows = tx.some_rows(sql, &args, PAGE_BYTES).await?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in rows {
            settle_one(tx, repository, (tenant, chart), row).await?;
        }
    }
}

async fn settle_one(tx: &mut Tx, repository: i64, (tenant, chart): (i64, &str), mut row: Row) -> Result<(), Error> {
    let digest = |text: String| text.parse::<Digest>().map_err(|_| Error::torn("read a digest"));
    let subject = Subject {
        version: row.text()?,
        archive: digest(row.text()?)?,
        size: row.size()?,
        created: row.int()?,
        metadata: row.text()?,
    };
    let provenance = match row.maybe_text()? {
        Some(text) => Some((digest(text)?, row.size()?)),
        None => None,
    };
    let piece = provenance.as_ref().map(|(digest, size)| Piece { digest, size: *size });
    let manifest = subject.tie(tx, repository, piece).await?;
    let sql = "UPDATE versions SET manifest = $4 WHERE tenant = $1 AND name = $2 AND version = $3";
    let args = [tenant.into(), chart.into(), (&subject.version).into(), manifest.as_str().into()];
    tx.execute(sql, &args).await.map(drop)
}

/// Forgets that something was put off for a chart whose last such version has gone.
pub async fn forget(tx: &mut Tx, place: &Place, chart: &str) -> Result<(), Error> {
    let sql = "DELETE FROM untied WHERE tenant = $1 AND name = $2 AND NOT EXISTS (SELECT 1 FROM versions WHERE \
        tenant = $1 AND name = $2 AND manifest = $3)";
    tx.execute(sql, &[place.tenant.into(), chart.into(), PUT_OFF.into()]).await.map(drop)
}

/// What a manifest says of a package.
struct Subject {
    version: String,
    archive: Digest,
    size: u64,
    created: i64,
    metadata: String,
}

impl Subject {
    async fn tie(&self, tx: &mut Tx, repository: i64, provenance: Option<Piece<'_>>) -> Result<Digest, Error> {
        let now = now();
        let chart = Piece { digest: &self.archive, size: self.size };
        let body = manifest(&self.metadata, chart, provenance, self.created)?;
        let config = Spooled::from_bytes(self.metadata.clone().into());
        oci::keep_blob(tx, &NewBlob::inline(&config, self.metadata.clone().into()), now).await?;
        let new = NewManifest::of_chart(body.into(), &self.version, CONFIG);
        let mut needs = vec![&self.archive, config.digest()];
        needs.extend(provenance.map(|piece| piece.digest));
        for digest in &needs {
            oci::link(tx, repository, digest, now).await?;
        }
        oci::put_manifest(tx, repository, &new, &needs).await?;
        oci::put_tag(tx, repository, &names::tag(&self.version), &new.digest).await?;
        Ok(new.digest)
    }
}

impl Store {
    /// Looks for rows of a repository, and again when what was put off for it is made.
    pub(crate) async fn registry_rows(
        &self,
        repository: &str,
        sql: &'static str,
        args: &[Arg<'_>],
    ) -> Result<Vec<Row>, Error> {
        let rows = &self.inner.rows;
        let found = rows.rows(sql, args).await?;
        if !found.is_empty() || !rows.is_exclusive() {
            return Ok(found);
        }
        let (tenant, chart) = names::tenant_and_chart(repository);
        let untied = "SELECT 1 FROM untied u JOIN tenants t ON t.id = u.tenant WHERE t.name = $1 AND u.name = $2";
        if rows.row(untied, &[tenant.into(), chart.into()]).await?.is_none() {
            // Another request may just have made it.
            return rows.rows(sql, args).await;
        }
        let args: Vec<OwnArg> = args.iter().map(OwnArg::of).collect();
        let (repository, found) = (repository.to_owned(), Arc::default());
        let look = |is_kept| Look {
            repository: repository.clone(),
            sql,
            args: args.clone(),
            found: Arc::clone(&found),
            is_kept,
        };
        match rows.change(look(true)).await {
            // What is there can be read without room for more.
            Err(Error::Full(_)) => drop(rows.change(look(false)).await),
            done => done?,
        }
        Ok(found.lock().map(|mut found| std::mem::take(&mut *found)).unwrap_or_default())
    }

    /// Looks for a row as [`Store::registry_rows`] does.
    pub(crate) async fn registry_row(
        &self,
        repository: &str,
        sql: &'static str,
        args: &[Arg<'_>],
    ) -> Result<Option<Row>, Error> {
        Ok(self.registry_rows(repository, sql, args).await?.into_iter().next())
    }
}

/// Makes what was put off for a repository, and looks for rows in it.
struct Look {
    repository: String,
    sql: &'static str,
    args: Vec<OwnArg>,
    found: Arc<Mutex<Vec<Row>>>,
    /// Else it is all taken back.
    is_kept: bool,
}

impl Change for Look {
    type Done = ();

    async fn apply(&self, tx: &mut Tx) -> Result<(), Error> {
        settle(tx, &self.repository).await?;
        let args: Vec<Arg<'_>> = self.args.iter().map(OwnArg::arg).collect();
        let rows = tx.rows(self.sql, &args).await?;
        if let Ok(mut found) = self.found.lock() {
            *found = rows;
        }
        if self.is_kept { Ok(()) } else { Err(Error::Busy) }
    }
}

#[derive(Clone)]
enum OwnArg {
    Int(i64),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

impl OwnArg {
    fn of(arg: &Arg<'_>) -> Self {
        match *arg {
            Arg::Int(number) => OwnArg::Int(number),
            Arg::Text(text) => OwnArg::Text(Some(text.to_owned())),
            Arg::MaybeText(text) => OwnArg::Text(text.map(str::to_owned)),
            Arg::Bytes(bytes) => OwnArg::Bytes(Some(bytes.to_owned())),
            Arg::MaybeBytes(bytes) => OwnArg::Bytes(bytes.map(<[u8]>::to_owned)),
        }
    }

    fn arg(&self) -> Arg<'_> {
        match self {
            OwnArg::Int(number) => Arg::Int(*number),
            OwnArg::Text(text) => Arg::MaybeText(text.as_deref()),
            OwnArg::Bytes(bytes) => Arg::MaybeBytes(bytes.as_deref()),
        }
    }
}
