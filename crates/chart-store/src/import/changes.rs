//! What an import changes in the rows.
//!
//! A content that nobody has sent us lies in a file that others may change or remove (`blobs.path`). Its bytes are where
//! any of the files is that have them (`imported.digest`).

use crate::charts::{Package, Piece, Place, UPLOADED, of_before, put_version, remove_everywhere, tie, version_of};
use crate::digest::Digest;
use crate::error::Error;
use crate::registry::table::{self, NewBlob};
use crate::rows::{Arg, Change, Tx};
use crate::store::now;

/// Takes a package in, where it is.
pub struct Take {
    pub tenant: String,
    pub path: String,
    pub size: u64,
    pub modified: i64,
    pub digest: Digest,
    pub package: Package,
    pub provenance: Signed,
}

/// The provenance file beside a package.
pub enum Signed {
    No,
    By(NewBlob),
    /// There is one that cannot be read.
    Unreadable,
}

impl Change for Take {
    type Done = Option<Left>;

    async fn apply(&self, tx: &mut Tx) -> Result<Option<Left>, Error> {
        let (now, package) = (now(), &self.package);
        let place = Place::hold(tx, &self.tenant, now).await?;
        let left = match File::of(tx, &self.path).await?.filter(|file| file.digest != self.digest.as_str()) {
            Some(file) => Some(file.leave(tx, &place, &self.tenant).await?),
            None => None,
        };
        let version = Version { digest: self.digest.as_str(), name: &package.name, version: &package.version };
        let before = version_of(tx, place.tenant, version.name, version.version).await?;
        let owner = match &before {
            Some(before) if before.archive != version.digest => return Err(Error::Exists(package.file.clone())),
            Some(_) if !version.is_of_a_file(tx, &place).await? => UPLOADED,
            _ => place.tenant,
        };
        self.keep(tx, now).await?;
        if let Signed::By(provenance) = &self.provenance {
            table::keep_blob(tx, provenance, now).await?;
        }
        let provenance = match &self.provenance {
            Signed::By(blob) => Some((blob.digest.clone(), blob.size)),
            Signed::No if self.was_signed_beside(tx).await? => None,
            // What came another way does not go because there is no such file.
            _ => of_before(tx, package, before.as_ref()).await?,
        };
        let piece = provenance.as_ref().map(|(digest, size)| Piece { digest, size: *size });
        let manifest = tie(tx, &place, &self.tenant, package, piece).await?;
        let provenance = provenance.as_ref().map(|(digest, _)| digest);
        put_version(tx, &place, package, provenance, manifest.as_deref()).await?;
        let sql = "INSERT INTO imported (path, size, modified, digest, tenant, name, version) VALUES ($1, $2, $3, $4, $5, \
            $6, $7) ON CONFLICT (path) DO UPDATE SET size = excluded.size, modified = excluded.modified, \
            digest = excluded.digest, tenant = excluded.tenant, name = excluded.name, version = excluded.version";
        let args = [
            (&self.path).into(),
            number(self.size)?,
            self.modified.into(),
            self.digest.as_str().into(),
            owner.into(),
            version.name.into(),
            version.version.into(),
        ];
        tx.execute(sql, &args).await?;
        Ok(left)
    }
}

impl Take {
    /// Reports whether there was a provenance file beside the package when it was taken in: it was counted with it.
    async fn was_signed_beside(&self, tx: &mut Tx) -> Result<bool, Error> {
        let sql = "SELECT 1 FROM imported i JOIN blobs b ON b.digest = i.digest WHERE i.path = $1 AND i.size > b.size";
        Ok(tx.row(sql, &[(&self.path).into()]).await?.is_some())
    }

    /// Writes the row of the content, which points at the file unless the content is elsewhere too.
    async fn keep(&self, tx: &mut Tx, now: i64) -> Result<(), Error> {
        let sql = "INSERT INTO blobs (digest, size, state, touched, path) VALUES ($1, $2, 0, $3, $4) ON CONFLICT (digest) \
            DO UPDATE SET touched = excluded.touched, state = 0, \
            path = CASE WHEN blobs.state = 0 THEN blobs.path ELSE excluded.path END";
        let args = [self.digest.as_str().into(), number(self.package.size)?, now.into(), (&self.path).into()];
        tx.execute(sql, &args).await.map(drop)
    }
}

fn number(number: u64) -> Result<Arg<'static>, Error> {
    i64::try_from(number).map(Arg::Int).map_err(|_| Error::torn("keep a size"))
}

/// Takes a package out whose file is gone.
pub struct Forget {
    pub tenant: String,
    pub path: String,
}

impl Change for Forget {
    type Done = Option<Left>;

    async fn apply(&self, tx: &mut Tx) -> Result<Option<Left>, Error> {
        let place = Place::hold(tx, &self.tenant, now()).await?;
        match File::of(tx, &self.path).await? {
            Some(file) => file.leave(tx, &place, &self.tenant).await.map(Some),
            None => Ok(None),
        }
    }
}

/// Bytes are not in their file any more: what is remembered of where contents are is wrong.
pub struct Left {
    /// Their version went with them.
    pub with_version: bool,
}

/// A version of a tenant, with a content.
struct Version<'a> {
    digest: &'a str,
    name: &'a str,
    version: &'a str,
}

impl Version<'_> {
    async fn is_of_a_file(&self, tx: &mut Tx, place: &Place) -> Result<bool, Error> {
        let sql = "SELECT 1 FROM imported WHERE digest = $1 AND tenant = $2 AND name = $3 AND version = $4 LIMIT 1";
        let key = [self.digest.into(), place.tenant.into(), self.name.into(), self.version.into()];
        Ok(tx.row(sql, &key).await?.is_some())
    }
}

/// A file as it was when it was taken in.
struct File {
    path: String,
    /// Whose version it is, unless it is [`UPLOADED`].
    tenant: i64,
    digest: String,
    name: String,
    version: String,
}

impl File {
    async fn of(tx: &mut Tx, path: &str) -> Result<Option<File>, Error> {
        let row = tx.row("SELECT tenant, digest, name, version FROM imported WHERE path = $1", &[path.into()]).await?;
        let file = row.map(|mut row| {
            let (path, tenant) = (path.to_owned(), row.int()?);
            Ok(File { path, tenant, digest: row.text()?, name: row.text()?, version: row.text()? })
        });
        file.transpose()
    }

    /// Its bytes are not there any more. Its version goes with it, unless it came by an upload or another file has it.
    async fn leave(&self, tx: &mut Tx, place: &Place, tenant: &str) -> Result<Left, Error> {
        tx.execute("DELETE FROM imported WHERE path = $1", &[(&self.path).into()]).await?;
        self.move_content(tx).await?;
        let version = Version { digest: &self.digest, name: &self.name, version: &self.version };
        let found = version_of(tx, place.tenant, version.name, version.version).await?;
        let is_its = self.tenant == place.tenant && found.is_some_and(|found| found.archive == version.digest);
        if !is_its || version.is_of_a_file(tx, place).await? {
            return Ok(Left { with_version: false });
        }
        remove_everywhere(tx, place, tenant, (version.name, version.version)).await?;
        Ok(Left { with_version: true })
    }

    /// Lets the content be where another file has it, if it was in this one. Where none has, it is as if garbage collection
    /// had taken it away: who sends it now places it again. Manifests that need it go, whatever tags they have: to clients
    /// one that is there says that its contents are.
    async fn move_content(&self, tx: &mut Tx) -> Result<(), Error> {
        let (digest, path) = (Arg::from(&self.digest), Arg::from(&self.path));
        let sql = "UPDATE blobs SET path = (SELECT min(path) FROM imported WHERE digest = $1) WHERE digest = $1 AND \
            path = $2 AND state = 0";
        if tx.execute(sql, &[digest, path]).await? == 0 {
            return Ok(());
        }
        let sql = "UPDATE blobs SET state = 2, touched = $2 WHERE digest = $1 AND path IS NULL";
        if tx.execute(sql, &[digest, now().into()]).await? > 0 {
            let sql = "SELECT repository, manifest FROM needs WHERE digest = $1";
            for mut row in tx.rows(sql, &[digest]).await? {
                table::remove_manifest(tx, row.int()?, &row.text()?).await?;
            }
        }
        Ok(())
    }
}
