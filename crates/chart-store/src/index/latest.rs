//! What is made of the rows of a tenant for many requests, and kept until they change.

use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use crate::error::Error;
use crate::store::{Inner, Store};

use super::State;

/// Something that is made of the rows of a tenant.
pub trait Made: Send + Sync + Sized + 'static {
    /// Where those are that were asked for lately.
    fn latest(inner: &Inner) -> &Latest<Self>;

    /// Of which state of the rows it is made.
    fn state(&self) -> State;

    /// Bytes that it takes in memory, about.
    fn bytes(&self) -> u64;

    /// Makes it anew, as the rows are or newer than `state`.
    fn whole(store: &Store, tenant: &str, state: State) -> impl Future<Output = Result<Self, Error>> + Send;

    /// Makes the next one with what changed since.
    fn next(&self, store: &Store, tenant: &str, state: State) -> impl Future<Output = Result<Self, Error>> + Send;
}

/// Those that were asked for lately.
pub struct Latest<T> {
    /// Bytes of them beside the one that was asked for last.
    limit: u64,
    kept: Mutex<Kept<T>>,
    /// Counts changes of this process.
    epoch: AtomicU64,
    /// One request of a tenant brings it up to date, the others wait for it.
    turns: Mutex<HashMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

struct Kept<T> {
    made: HashMap<String, Entry<T>>,
    clock: u64,
}

struct Entry<T> {
    made: Arc<T>,
    /// The count of changes that were known when the rows were asked.
    epoch: u64,
    used: u64,
}

impl<T: Made> Latest<T> {
    pub fn new(limit: u64) -> Self {
        let kept = Mutex::new(Kept { made: HashMap::new(), clock: 0 });
        Latest { limit, kept, epoch: AtomicU64::new(0), turns: Mutex::default() }
    }

    /// Says that rows have changed.
    pub fn changed(&self) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
    }

    fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::SeqCst)
    }

    fn get(&self, tenant: &str) -> Option<(Arc<T>, u64)> {
        let mut kept = self.kept.lock().ok()?;
        kept.clock += 1;
        let clock = kept.clock;
        let entry = kept.made.get_mut(tenant)?;
        entry.used = clock;
        Some((entry.made.clone(), entry.epoch))
    }

    /// Keeps one, and drops those that nobody asked for longest when there are too many.
    fn put(&self, tenant: &str, made: Arc<T>, epoch: u64) {
        let Ok(mut kept) = self.kept.lock() else { return };
        kept.clock += 1;
        let entry = Entry { made, epoch, used: kept.clock };
        kept.made.insert(tenant.to_owned(), entry);
        while kept.made.len() > 1 && kept.made.values().map(|entry| entry.made.bytes()).sum::<u64>() > self.limit {
            let oldest = kept.made.iter().min_by_key(|(_, entry)| entry.used).map(|(name, _)| name.clone());
            let Some(oldest) = oldest else { return };
            kept.made.remove(&oldest);
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

impl Store {
    /// Returns what is made of the rows of a tenant; it is as new as the last acknowledged change of any process. What
    /// unknown tenants have is not kept.
    pub(super) async fn latest<T: Made>(&self, tenant: &str) -> Result<Arc<T>, Error> {
        if let Some(made) = self.current(tenant) {
            return Ok(made);
        }
        let latest = T::latest(&self.inner);
        let turn = latest.turn(tenant);
        let held = turn.lock().await;
        let made = match self.current(tenant) {
            Some(made) => Ok(made),
            None => self.updated(tenant).await,
        };
        drop(held);
        latest.end_turn(tenant);
        made
    }

    /// The one that is kept, if no rows have changed since: only where nobody else changes them can that be known.
    pub(super) fn current<T: Made>(&self, tenant: &str) -> Option<Arc<T>> {
        let latest = T::latest(&self.inner);
        let (made, epoch) = latest.get(tenant)?;
        (self.inner.rows.is_exclusive() && epoch == latest.epoch()).then_some(made)
    }

    async fn updated<T: Made>(&self, tenant: &str) -> Result<Arc<T>, Error> {
        let latest = T::latest(&self.inner);
        let epoch = latest.epoch();
        let Some(state) = self.state(tenant).await? else {
            return T::whole(self, tenant, State::NONE).await.map(Arc::new);
        };
        let made = match latest.get(tenant) {
            Some((made, _)) if made.state() == state => made,
            Some((made, _)) if made.state().tenant == state.tenant && made.state().changes >= state.pruned => {
                Arc::new(made.next(self, tenant, state).await?)
            }
            _ => Arc::new(T::whole(self, tenant, state).await?),
        };
        latest.put(tenant, made.clone(), epoch);
        Ok(made)
    }
}
