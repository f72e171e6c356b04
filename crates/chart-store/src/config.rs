//! Where a store is, and what its indexes say.

use std::path::PathBuf;

/// The folder for what is in work, below [`Config::folder`] and in buckets: no name of a tenant begins with a dot, so that
/// nothing of a user is ever there.
pub(crate) const WORKING: &str = ".pilothouse";

/// Where everything is kept.
#[derive(Clone, Debug)]
pub struct Config {
    /// A folder of this process: bodies of requests under way, and by default blobs and rows too.
    pub folder: PathBuf,
    pub blobs: BlobPlace,
    pub rows: RowPlace,
    pub index: IndexSettings,
}

/// Where contents are.
#[derive(Clone, Debug)]
pub enum BlobPlace {
    /// Below [`Config::folder`].
    Folder,
    /// A bucket, as `s3://bucket/prefix`, `gs://…`, `az://…`, with options as object_store names them
    /// (`aws_endpoint`, `aws_access_key_id`, `aws_allow_http`, …). What is not given comes from the environment.
    Bucket { url: String, options: Vec<(String, String)> },
}

/// Where rows are.
#[derive(Clone, Debug)]
pub enum RowPlace {
    /// `store.db` in [`Config::folder`]: one process at a time.
    File,
    /// `postgres://…`: any number of processes.
    Postgres(String),
}

/// What an index says beside the charts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexSettings {
    /// What stands before `/charts/FILE` (after it the tenant, if there is one); empty for relative URLs.
    pub chart_url: String,
    /// `serverInfo.contextPath`, which the cm-push plugin reads; empty is left out.
    pub context_path: String,
}

impl Config {
    /// A store in a folder, without anything else.
    pub fn folder(folder: impl Into<PathBuf>) -> Self {
        Config {
            folder: folder.into(),
            blobs: BlobPlace::Folder,
            rows: RowPlace::File,
            index: IndexSettings::default(),
        }
    }

    /// Returns a folder of this process for one kind of work. What is in it may be removed when the process starts.
    pub fn working(&self, name: &str) -> PathBuf {
        self.folder.join(WORKING).join(name)
    }
}
