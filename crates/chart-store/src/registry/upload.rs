//! Bodies that come in parts: each part is an object of its own until the last one has come. Any process can take the
//! next part, and an upload outlives a crash.

use futures_util::TryStreamExt;

use data_encoding::HEXLOWER;

use crate::blobs::Spooled;
use crate::digest::Digest;
use crate::error::{Error, Missing};
use crate::rows::{Arg, Change, Tx};
use crate::store::{Store, now};

use super::Upload;

/// Parts of one upload.
const PARTS: u64 = 10_000;

impl Store {
    /// Begins an upload to a repository.
    pub async fn begin_upload(&self, repository: &str) -> Result<Upload, Error> {
        let id = uuid()?;
        let change = Begin { id: id.clone(), repository: repository.to_owned() };
        self.inner.rows.change(change).await?;
        Ok(Upload { id, size: 0 })
    }

    /// Returns an upload.
    ///
    /// # Errors
    /// The repository has no such upload.
    pub async fn upload(&self, repository: &str, id: &str) -> Result<Upload, Error> {
        let sql = "SELECT size FROM uploads WHERE id = $1 AND repository = $2";
        let row = self.inner.rows.row(sql, &[id.into(), repository.into()]).await?;
        let size = row.ok_or(Error::Unknown(Missing::Upload))?.size()?;
        Ok(Upload { id: id.to_owned(), size })
    }

    /// Adds the part that starts at byte `start` of the body, or at its end where that is not said.
    ///
    /// # Errors
    /// [`Error::OutOfOrder`] when the part does not start where the last one ended.
    pub async fn append(
        &self,
        repository: &str,
        id: &str,
        start: Option<u64>,
        mut part: Spooled,
    ) -> Result<Upload, Error> {
        let upload = self.upload(repository, id).await?;
        check_start(&upload, start)?;
        if part.size() == 0 {
            return Ok(upload);
        }
        let store = self.clone();
        self.whole(async move {
            let object = part_key(&upload, &uuid()?);
            store.inner.blobs.place(&mut part.content, &object).await?;
            let append = Append { upload: upload.clone(), size: part.size(), object: object.clone() };
            let done = store.inner.rows.change(append).await;
            if done.is_err() {
                // Else garbage collection finds it.
                let _ = store.inner.blobs.delete(&object).await;
            }
            done
        })
        .await
    }

    /// Ends an upload, perhaps with a last part: the blob is the repository's from then on.
    ///
    /// # Errors
    /// As [`Store::append`]; [`Error::Mismatch`] when the body has another digest, which ends the upload too.
    pub async fn finish_upload(
        &self,
        repository: &str,
        id: &str,
        start: Option<u64>,
        last: Spooled,
        digest: &Digest,
    ) -> Result<(), Error> {
        let upload = self.upload(repository, id).await?;
        check_start(&upload, start)?;
        let parts = self.parts(id).await?;
        let body = match parts.is_empty() {
            true => last,
            false => self.joined(&parts, last, digest).await?,
        };
        let done = self.put_blob_of(repository, body, digest, Some(id.to_owned())).await;
        match done {
            Ok(()) => self.delete_parts(&parts).await,
            Err(Error::Mismatch) => self.cancel_upload(repository, id).await?,
            Err(_) => {}
        }
        done
    }

    /// Gives an upload up.
    ///
    /// # Errors
    /// The repository has no such upload.
    pub async fn cancel_upload(&self, repository: &str, id: &str) -> Result<(), Error> {
        self.upload(repository, id).await?;
        self.drop_upload(id).await
    }

    /// Removes an upload with its parts.
    pub(crate) async fn drop_upload(&self, id: &str) -> Result<(), Error> {
        let parts = self.parts(id).await?;
        self.inner.rows.change(Cancel(id.to_owned())).await?;
        self.delete_parts(&parts).await;
        Ok(())
    }

    async fn parts(&self, id: &str) -> Result<Vec<(String, u64)>, Error> {
        let sql = "SELECT object, size FROM parts WHERE upload = $1 ORDER BY start";
        let rows = self.inner.rows.rows(sql, &[id.into()]).await?;
        rows.into_iter().map(|mut row| Ok((row.text()?, row.size()?))).collect()
    }

    /// What cannot be deleted now is found by garbage collection.
    async fn delete_parts(&self, parts: &[(String, u64)]) {
        for (object, _) in parts {
            let _ = self.inner.blobs.delete(object).await;
        }
    }

    async fn joined(&self, parts: &[(String, u64)], last: Spooled, digest: &Digest) -> Result<Spooled, Error> {
        let mut body = self.spool(digest.algorithm(), u64::MAX);
        for (object, size) in parts {
            let mut pieces = self.inner.blobs.pieces(object, 0..*size).await?;
            while let Some(piece) = pieces.try_next().await? {
                body.write(&piece).await?;
            }
        }
        let mut pieces = self.inner.blobs.incoming(last);
        while let Some(piece) = pieces.try_next().await? {
            body.write(&piece).await?;
        }
        body.finish().await
    }
}

fn check_start(upload: &Upload, start: Option<u64>) -> Result<(), Error> {
    match start {
        Some(start) if start != upload.size => Err(Error::OutOfOrder(upload.size)),
        _ => Ok(()),
    }
}

/// Returns a random UUID (version 4).
/// Returns where a part is kept that starts at the end of what came so far.
fn part_key(upload: &Upload, id: &str) -> String {
    format!("uploads/{}/{:020}-{id}", upload.id, upload.size)
}

/// Tells whether a key is that of a part: a tenant may have the same name as the folder of parts.
pub fn is_part(key: &str) -> bool {
    let mut names = key.split('/');
    let (Some("uploads"), Some(upload), Some(part), None) = (names.next(), names.next(), names.next(), names.next())
    else {
        return false;
    };
    let is_start = |start: &str| start.len() == 20 && start.bytes().all(|b| b.is_ascii_digit());
    is_uuid(upload) && part.split_once('-').is_some_and(|(start, id)| is_start(start) && is_uuid(id))
}

/// Tells whether a text is a UUID as [`uuid`] makes them.
fn is_uuid(text: &str) -> bool {
    let is_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    text.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && text.split('-').all(is_digits)
}

fn uuid() -> Result<String, Error> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).map_err(|_| Error::Config("the system has no random bytes".to_owned()))?;
    bytes[6] = bytes[6] & 0x0F | 0x40;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    let hex = HEXLOWER.encode(&bytes);
    let parts = [hex.get(..8), hex.get(8..12), hex.get(12..16), hex.get(16..20), hex.get(20..)];
    Ok(parts.map(Option::unwrap_or_default).join("-"))
}

struct Begin {
    id: String,
    repository: String,
}

impl Change for Begin {
    type Done = ();

    async fn apply(&self, tx: &mut Tx) -> Result<(), Error> {
        let sql = "INSERT INTO uploads (id, repository, size, touched) VALUES ($1, $2, 0, $3)";
        tx.execute(sql, &[(&self.id).into(), (&self.repository).into(), now().into()]).await.map(drop)
    }
}

struct Append {
    /// As it was before.
    upload: Upload,
    size: u64,
    object: String,
}

impl Change for Append {
    type Done = Upload;

    async fn apply(&self, tx: &mut Tx) -> Result<Upload, Error> {
        let number = |number: u64| i64::try_from(number).map_err(|_| Error::TooLarge { limit: i64::MAX as u64 });
        let (id, start, size) = (Arg::from(&self.upload.id), number(self.upload.size)?, number(self.size)?);
        let end = self.upload.size + self.size;
        let sql = "SELECT count(*) FROM parts WHERE upload = $1";
        let count = tx.row(sql, &[id]).await?.map(|mut row| row.size()).transpose()?.unwrap_or_default();
        if count >= PARTS {
            return Err(Error::TooLarge { limit: PARTS });
        }
        let sql = "UPDATE uploads SET size = $3, touched = $4 WHERE id = $1 AND size = $2";
        if tx.execute(sql, &[id, start.into(), number(end)?.into(), now().into()]).await? == 0 {
            let row = tx.row("SELECT size FROM uploads WHERE id = $1", &[id]).await?;
            return Err(match row {
                Some(mut row) => Error::OutOfOrder(row.size()?),
                None => Error::Unknown(Missing::Upload),
            });
        }
        let sql = "INSERT INTO parts (upload, start, size, object) VALUES ($1, $2, $3, $4)";
        tx.execute(sql, &[id, start.into(), size.into(), (&self.object).into()]).await?;
        Ok(Upload { id: self.upload.id.clone(), size: end })
    }
}

struct Cancel(String);

impl Change for Cancel {
    type Done = ();

    async fn apply(&self, tx: &mut Tx) -> Result<(), Error> {
        tx.execute("DELETE FROM parts WHERE upload = $1", &[(&self.0).into()]).await?;
        tx.execute("DELETE FROM uploads WHERE id = $1", &[(&self.0).into()]).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_from_files_of_a_tenant() {
        let upload = Upload { id: uuid().expect("a UUID"), size: 77 };
        let key = part_key(&upload, &uuid().expect("a UUID"));
        assert!(is_part(&key), "{key}");
        for wrong in
            [format!("{key}.tgz"), format!("x/{key}"), format!("{key}/x"), key.replace('0', "g"), String::new()]
        {
            assert!(!is_part(&wrong), "{wrong}");
        }
        assert!(!is_part("uploads/a-1.0.0.tgz") && !is_part("uploads/team/00000000000000000001-a"));
    }
}
