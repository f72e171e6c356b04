//! Contents in a bucket. What is acknowledged by the bucket is kept; its errors are tried again by object_store.

use std::collections::BTreeMap;
use std::fs::File;
use std::ops::Range;
use std::sync::Arc;

use futures_util::stream::{BoxStream, StreamExt, TryStreamExt};
use object_store::path::Path;
use object_store::{GetOptions, GetRange, ObjectMeta, ObjectStore, ObjectStoreExt, PutPayload};
use tokio::sync::Semaphore;

use super::spool::{Content, read_at};
use super::{Object, Pieces, Stamp};
use crate::error::{Error, Missing};

/// Bytes of one part: S3 wants 5 MiB or more, and each is in memory while it is sent.
const PART_BYTES: u64 = 8 * 1024 * 1024;
/// Parts that are sent at a time, over all requests: what they may cost in memory.
const PARTS_AT_ONCE: usize = 2;

pub struct Remote {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
    parts: Semaphore,
}

impl Remote {
    pub fn open(url: &str, options: &[(String, String)]) -> Result<Self, Error> {
        let wrong = |error: &dyn std::fmt::Display| Error::Config(format!("cannot use the blob store {url}: {error}"));
        let parsed = url.parse().map_err(|error| wrong(&error))?;
        let given = options.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        // What is not given comes from the environment, as tools of the clouds have it.
        let inherited = inherited(std::env::vars());
        let inherited = inherited.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let (store, prefix) =
            object_store::parse_url_opts(&parsed, inherited.chain(given)).map_err(|error| wrong(&error))?;
        Ok(Remote { store: Arc::from(store), prefix, parts: Semaphore::new(PARTS_AT_ONCE) })
    }

    fn path(&self, key: &str) -> Path {
        self.prefix.parts().chain(Path::from(key).parts()).collect()
    }

    pub async fn place(&self, content: &mut Content, key: &str) -> Result<(), Error> {
        let path = self.path(key);
        let failed = |error| Error::remote("cannot write a blob", error);
        match content {
            Content::Placed => Err(Error::Busy),
            Content::Memory(bytes) => {
                self.store.put(&path, PutPayload::from(bytes.clone())).await.map(drop).map_err(failed)
            }
            Content::File(file, _) => {
                let file = Arc::new(file.try_clone().map_err(|error| Error::disk("cannot read a body", error))?);
                let size = file.metadata().map_err(|error| Error::disk("cannot read a body", error))?.len();
                self.put_file(&path, &file, size).await
            }
        }
    }

    async fn put_file(&self, path: &Path, file: &Arc<File>, size: u64) -> Result<(), Error> {
        let failed = |error| Error::remote("cannot write a blob", error);
        if size <= PART_BYTES {
            let _turn = self.parts.acquire().await.map_err(|_| Error::Busy)?;
            let whole = read_at(file, 0..size).await?;
            return self.store.put(path, PutPayload::from(whole)).await.map(drop).map_err(failed);
        }
        let mut upload = self.store.put_multipart(path).await.map_err(failed)?;
        let mut start = 0;
        while start < size {
            let end = size.min(start + PART_BYTES);
            let sent = async {
                let _turn = self.parts.acquire().await.map_err(|_| Error::Busy)?;
                upload.put_part(PutPayload::from(read_at(file, start..end).await?)).await.map_err(failed)
            };
            if let Err(error) = sent.await {
                // What the bucket has of it is of no use; if this fails too, the bucket's own rules remove it.
                let _ = upload.abort().await;
                return Err(error);
            }
            start = end;
        }
        upload.complete().await.map(drop).map_err(failed)
    }

    pub async fn pieces(&self, key: &str, range: Range<u64>, stamp: Option<Stamp>) -> Result<Pieces, Error> {
        if range.is_empty() {
            return Ok(futures_util::stream::empty().boxed());
        }
        let options = GetOptions { range: Some(GetRange::Bounded(range)), ..GetOptions::default() };
        let found = self.store.get_opts(&self.path(key), options).await.map_err(|error| missing_or(error, "read"))?;
        if let Some(stamp) = stamp {
            stamp.check(found.meta.size, found.meta.last_modified.timestamp_millis())?;
        }
        Ok(found.into_stream().map_err(|error| Error::remote("cannot read a blob", error)).boxed())
    }

    pub async fn delete(&self, key: &str) -> Result<(), Error> {
        match self.store.delete(&self.path(key)).await {
            Err(object_store::Error::NotFound { .. }) | Ok(()) => Ok(()),
            Err(error) => Err(Error::remote("cannot delete a blob", error)),
        }
    }

    pub async fn object(&self, key: &str) -> Result<Option<Object>, Error> {
        match self.store.head(&self.path(key)).await {
            Ok(meta) => Ok(Some(described(key.to_owned(), &meta))),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(Error::remote("cannot look at a blob", error)),
        }
    }

    pub fn objects(&self, prefix: &str) -> BoxStream<'static, Result<Object, Error>> {
        let above = self.prefix.clone();
        let all = self.store.list(Some(&self.path(prefix)));
        all.map(move |meta| {
            let meta = meta.map_err(|error| Error::remote("cannot list blobs", error))?;
            let key = meta.location.prefix_match(&above).map(|parts| parts.collect::<Path>());
            Ok(described(key.unwrap_or_else(|| meta.location.clone()).to_string(), &meta))
        })
        .boxed()
    }
}

/// Options in variables of the environment, as object_store names them. ChartMuseum has another name for the account and the
/// domain of Azure (`microsoft.go` of its storage 0.16.0).
fn inherited(variables: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
    let ours = |name: &str| ["aws_", "google_", "azure_"].iter().any(|start| name.starts_with(start));
    let mut options: BTreeMap<String, String> = variables
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .filter(|(name, value)| ours(name) && !value.is_empty())
        .collect();
    if let Some(account) = options.remove("azure_storage_account") {
        if let Some(domain) = options.remove("azure_base_url") {
            options.entry("azure_storage_endpoint".to_owned()).or_insert(format!("https://{account}.blob.{domain}"));
        }
        options.entry("azure_storage_account_name".to_owned()).or_insert(account);
    }
    options.into_iter().collect()
}

fn missing_or(error: object_store::Error, what: &str) -> Error {
    match error {
        object_store::Error::NotFound { .. } => Error::Unknown(Missing::File),
        error => Error::remote(format!("cannot {what} a blob"), error),
    }
}

fn described(key: String, meta: &ObjectMeta) -> Object {
    Object { key, size: meta.size, modified: meta.last_modified.timestamp_millis() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_those_of_the_clouds_and_of_chartmuseum() {
        let made = |variables: &[(&str, &str)]| {
            let owned = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            inherited(owned).into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(made(&[("AWS_REGION", "r"), ("HOME", "h"), ("GOOGLE_BUCKET", "")]), "aws_region=r");
        let museum = [("AZURE_STORAGE_ACCOUNT", "a"), ("AZURE_STORAGE_ACCESS_KEY", "k")];
        assert_eq!(made(&museum), "azure_storage_access_key=k azure_storage_account_name=a");
        let china = [museum[0], ("AZURE_BASE_URL", "core.chinacloudapi.cn")];
        let endpoint = "azure_storage_endpoint=https://a.blob.core.chinacloudapi.cn";
        assert_eq!(made(&china), format!("azure_storage_account_name=a {endpoint}"));
        assert_eq!(made(&[museum[0], ("AZURE_STORAGE_ACCOUNT_NAME", "b")]), "azure_storage_account_name=b");
    }
}
