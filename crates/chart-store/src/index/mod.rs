//! Indexes of tenants: kept as blocks of text, of which only those are written anew that a change touches.
//!
//! The rows count the changes of each tenant. An index remembers its count; a newer count in the rows, whoever made the
//! change, brings what changed since then. So an index is never behind an acknowledged upload, on any replica.

mod blocks;
mod build;
mod deflate;
mod json;
mod key;

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use bytes::Bytes;

use crate::config::IndexSettings;
use crate::digest::{Algorithm, Digest};
use crate::error::Error;
use crate::rows::Row;
use crate::store::Store;
use crate::text::Text;
use blocks::Blocks;

pub use key::Rank;

/// Bytes of indexes in memory beside the one that was asked for last.
const CACHE_BYTES: u64 = 48 * 1024 * 1024;

/// An index of a tenant at one moment.
pub struct Index {
    state: State,
    blocks: Blocks,
    yaml: Text,
    etag: String,
    gzip: OnceLock<Text>,
    json: tokio::sync::OnceCell<Text>,
}

/// What the rows say of a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct State {
    tenant: i64,
    changes: i64,
    /// Milliseconds since 1970.
    changed_at: i64,
    pruned: i64,
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
        Index { state, blocks, yaml, etag, gzip: OnceLock::new(), json: tokio::sync::OnceCell::new() }
    }
}

/// The same rows give the same index on every replica, and so the same tag.
fn etag(store: &str, settings: &IndexSettings, state: State) -> String {
    let IndexSettings { chart_url, context_path } = settings;
    let text = format!("1\0{store}\0{}\0{}\0{chart_url}\0{context_path}", state.tenant, state.changes);
    let digest = Digest::of(Algorithm::Sha256, text.as_bytes());
    format!("\"{}\"", digest.hex().get(..32).unwrap_or_default())
}

/// The indexes of tenants that were asked for lately.
#[derive(Default)]
pub struct Indexes {
    kept: Mutex<Kept>,
    /// Counts changes of this process.
    epoch: AtomicU64,
    /// One request of a tenant brings its index up to date, the others wait for it.
    turns: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

#[derive(Default)]
struct Kept {
    indexes: HashMap<String, Entry>,
    clock: u64,
}

struct Entry {
    index: Arc<Index>,
    /// The count of changes that were known when the rows were asked.
    epoch: u64,
    used: u64,
}

impl Indexes {
    /// Says that rows have changed.
    pub fn changed(&self) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
    }

    fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::SeqCst)
    }

    fn get(&self, tenant: &str) -> Option<(Arc<Index>, u64)> {
        let mut kept = self.kept.lock().ok()?;
        kept.clock += 1;
        let clock = kept.clock;
        let entry = kept.indexes.get_mut(tenant)?;
        entry.used = clock;
        Some((entry.index.clone(), entry.epoch))
    }

    /// Keeps an index, and drops those that nobody asked for longest when there are too many.
    fn put(&self, tenant: &str, index: Arc<Index>, epoch: u64) {
        let Ok(mut kept) = self.kept.lock() else { return };
        kept.clock += 1;
        let entry = Entry { index, epoch, used: kept.clock };
        kept.indexes.insert(tenant.to_owned(), entry);
        while kept.indexes.len() > 1 && kept.indexes.values().map(Entry::bytes).sum::<u64>() > CACHE_BYTES {
            let oldest = kept.indexes.iter().min_by_key(|(_, entry)| entry.used).map(|(name, _)| name.clone());
            let Some(oldest) = oldest else { return };
            kept.indexes.remove(&oldest);
        }
    }

    fn turn(&self, tenant: &str) -> Arc<tokio::sync::Mutex<()>> {
        let Ok(mut turns) = self.turns.lock() else { return Arc::default() };
        turns.entry(tenant.to_owned()).or_default().clone()
    }

    /// Forgets turns that nobody waits for.
    fn end_turn(&self, tenant: &str) {
        let Ok(mut turns) = self.turns.lock() else { return };
        if turns.get(tenant).is_some_and(|turn| Arc::strong_count(turn) <= 2) {
            turns.remove(tenant);
        }
    }
}

impl Entry {
    /// Bytes of an index: its text, and what each needs beside it.
    fn bytes(&self) -> u64 {
        self.index.yaml.len() + 4096
    }
}

impl Store {
    /// Returns the index of a tenant; it is as new as the last acknowledged change of any process. Unknown tenants have
    /// an empty one, which is not kept.
    pub async fn index(&self, tenant: &str) -> Result<Arc<Index>, Error> {
        let indexes = &self.inner.indexes;
        if let Some(index) = self.current(tenant) {
            return Ok(index);
        }
        let turn = indexes.turn(tenant);
        let held = turn.lock().await;
        let index = match self.current(tenant) {
            Some(index) => Ok(index),
            None => self.updated(tenant).await,
        };
        drop(held);
        indexes.end_turn(tenant);
        index
    }

    /// The index that is kept, if no rows have changed since: only where nobody else changes them can that be known.
    fn current(&self, tenant: &str) -> Option<Arc<Index>> {
        let (index, epoch) = self.inner.indexes.get(tenant)?;
        (self.inner.rows.is_exclusive() && epoch == self.inner.indexes.epoch()).then_some(index)
    }

    async fn updated(&self, tenant: &str) -> Result<Arc<Index>, Error> {
        let epoch = self.inner.indexes.epoch();
        let settings = &self.inner.index_settings;
        let Some(state) = self.state(tenant).await? else {
            let state = State { tenant: 0, changes: 0, changed_at: 0, pruned: 0 };
            return Ok(Arc::new(Index::assemble(self.inner.rows.name(), settings, state, Blocks::default())));
        };
        let index = match self.inner.indexes.get(tenant) {
            Some((index, _)) if index.state == state => index,
            Some((index, _)) if index.state.tenant == state.tenant && index.state.changes >= state.pruned => {
                let blocks = self.changed_blocks(tenant, &index.blocks, index.state).await?;
                Arc::new(Index::assemble(self.inner.rows.name(), settings, state, blocks))
            }
            _ => {
                let blocks = self.all_blocks(tenant, state).await?;
                Arc::new(Index::assemble(self.inner.rows.name(), settings, state, blocks))
            }
        };
        self.inner.indexes.put(tenant, index.clone(), epoch);
        Ok(index)
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
        let state = self.state(tenant).await?.unwrap_or(State { tenant: 0, changes: 0, changed_at: 0, pruned: 0 });
        Ok(etag(self.inner.rows.name(), &self.inner.index_settings, state))
    }

    /// Returns the index of a tenant as JSON: made when it is asked for, and kept until the index changes.
    pub async fn index_json(&self, tenant: &str) -> Result<Text, Error> {
        let index = self.index(tenant).await?;
        let made = index.json.get_or_try_init(|| json::index(self, tenant, index.state.tenant, index.state.changed_at));
        made.await.cloned()
    }
}
