//! Indexes of tenants: kept as blocks of text, of which only those are written anew that a change touches.
//!
//! The rows count the changes of each tenant. An index remembers its count; a newer count in the rows, whoever made the
//! change, brings what changed since then. So an index is never behind an acknowledged upload, on any replica.

mod blocks;
mod build;
mod catalogue;
mod deflate;
mod json;
mod key;
mod latest;

use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use crate::config::IndexSettings;
use crate::digest::{Algorithm, Digest};
use crate::error::Error;
use crate::rows::Row;
use crate::store::{Inner, Store};
use crate::text::Text;
use blocks::Blocks;

pub use catalogue::Catalogue;
pub use key::Rank;
pub use latest::Latest;
use latest::Made;

/// An index of a tenant at one moment.
pub struct Index {
    state: State,
    blocks: Blocks,
    yaml: Text,
    etag: String,
    gzip: OnceLock<Text>,
}

/// What the rows say of a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    tenant: i64,
    changes: i64,
    /// Milliseconds since 1970.
    changed_at: i64,
    pruned: i64,
}

impl State {
    /// That of a tenant that nobody knows.
    const NONE: State = State { tenant: 0, changes: 0, changed_at: 0, pruned: 0 };
}

impl Index {
    /// Returns the index as YAML.
    pub fn yaml(&self) -> &Text {
        &self.yaml
    }

    /// Returns the YAML as one gzip member; what has not changed was packed before.
    ///
    /// # Errors
    /// The server is going down.
    pub async fn gzip(self: &Arc<Self>) -> Result<Text, Error> {
        if let Some(packed) = self.gzip.get() {
            return Ok(packed.clone());
        }
        let index = self.clone();
        let work = tokio::task::spawn_blocking(move || {
            let packed = index.gzip.get_or_init(|| deflate::gzip(&index.yaml, &index.blocks));
            packed.clone()
        });
        work.await.map_err(|_| Error::Busy)
    }

    /// Returns a strong entity tag of the YAML, in quotes; other forms of the index need their own.
    pub fn etag(&self) -> &str {
        &self.etag
    }

    /// Returns when the index changed last, in milliseconds since 1970.
    pub fn changed_at(&self) -> i64 {
        self.state.changed_at
    }

    /// Returns how many versions there are.
    pub fn versions(&self) -> usize {
        self.blocks.versions()
    }

    fn assemble(store: &str, settings: &IndexSettings, state: State, blocks: Blocks) -> Index {
        let head = match blocks.is_empty() {
            true => "apiVersion: v1\nentries: {}\n",
            false => "apiVersion: v1\nentries:\n",
        };
        let foot = build::foot(settings, state.changed_at);
        let yaml =
            [Bytes::from_static(head.as_bytes())].into_iter().chain(blocks.texts()).chain([foot.into()]).collect();
        let etag = etag(store, settings, state);
        Index { state, blocks, yaml, etag, gzip: OnceLock::new() }
    }
}

/// The same rows give the same index on every replica, and so the same tag.
fn etag(store: &str, settings: &IndexSettings, state: State) -> String {
    let IndexSettings { chart_url, context_path } = settings;
    let text = format!("1\0{store}\0{}\0{}\0{chart_url}\0{context_path}", state.tenant, state.changes);
    let digest = Digest::of(Algorithm::Sha256, text.as_bytes());
    format!("\"{}\"", digest.hex().get(..32).unwrap_or_default())
}

impl Made for Index {
    fn latest(inner: &Inner) -> &Latest<Self> {
        &inner.indexes
    }

    fn state(&self) -> State {
        self.state
    }

    /// Its text, packed or not, and what each index needs beside it.
    fn bytes(&self) -> u64 {
        self.yaml.len() + self.gzip.get().map_or(0, Text::len) + 4096
    }

    async fn whole(store: &Store, tenant: &str, state: State) -> Result<Self, Error> {
        let blocks = match state {
            State::NONE => Blocks::default(),
            _ => store.all_blocks(tenant, state).await?,
        };
        Ok(Index::assemble(store.inner.rows.name(), &store.inner.index_settings, state, blocks))
    }

    async fn next(&self, store: &Store, tenant: &str, state: State) -> Result<Self, Error> {
        let blocks = store.changed_blocks(tenant, &self.blocks, self.state).await?;
        Ok(Index::assemble(store.inner.rows.name(), &store.inner.index_settings, state, blocks))
    }
}

impl Store {
    /// Returns the index of a tenant; it is as new as the last acknowledged change of any process. Unknown tenants have
    /// an empty one.
    pub async fn index(&self, tenant: &str) -> Result<Arc<Index>, Error> {
        self.latest(tenant).await
    }

    async fn state(&self, tenant: &str) -> Result<Option<State>, Error> {
        let sql = "SELECT id, changes, changed_at, pruned FROM tenants WHERE name = $1";
        let row = self.inner.rows.row(sql, &[tenant.into()]).await?;
        let read = |mut row: Row| {
            Ok(State { tenant: row.int()?, changes: row.int()?, changed_at: row.int()?, pruned: row.int()? })
        };
        row.map(read).transpose()
    }

    /// Returns the entity tag that the index of a tenant has now, without making the index.
    pub async fn index_tag(&self, tenant: &str) -> Result<String, Error> {
        let state = self.state(tenant).await?.unwrap_or(State::NONE);
        Ok(etag(self.inner.rows.name(), &self.inner.index_settings, state))
    }
}
