//! What is asked for often, within a number of bytes: two generations, of which the older one is dropped whole.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Things by scope (a repository, a tenant) and name.
pub struct Cache<T> {
    limit: usize,
    state: Mutex<State<T>>,
    /// Counts changes: what was read before a change is not kept after it.
    epoch: AtomicU64,
}

struct State<T> {
    young: Scopes<T>,
    old: Scopes<T>,
    /// Bytes of the young generation.
    bytes: usize,
}

type Scopes<T> = HashMap<String, HashMap<String, T>>;

impl<T: Clone> Cache<T> {
    /// A cache of so many bytes.
    pub fn new(limit: usize) -> Self {
        let state = State { young: HashMap::new(), old: HashMap::new(), bytes: 0 };
        Cache { limit, state: Mutex::new(state), epoch: AtomicU64::new(0) }
    }

    /// Returns the count of changes: to be read before the rows.
    pub fn epoch(&self) -> u64 {
        self.epoch.load(Ordering::SeqCst)
    }

    pub fn get(&self, scope: &str, name: &str) -> Option<T> {
        let state = self.state.lock().ok()?;
        let found = state.young.get(scope).and_then(|names| names.get(name));
        found.or_else(|| state.old.get(scope).and_then(|names| names.get(name))).cloned()
    }

    /// Keeps a thing of so many bytes, unless something has changed since `epoch`.
    pub fn put(&self, epoch: u64, scope: &str, name: &str, thing: T, bytes: usize) {
        let Ok(mut state) = self.state.lock() else { return };
        if self.epoch() != epoch || bytes > self.limit / 8 {
            return;
        }
        state.young.entry(scope.to_owned()).or_default().insert(name.to_owned(), thing);
        // The names, and what maps and allocators need.
        state.bytes += bytes + scope.len() + name.len() + 128;
        if state.bytes > self.limit / 2 {
            state.old = std::mem::take(&mut state.young);
            state.bytes = 0;
        }
    }

    /// Forgets everything of a scope, because it has changed.
    pub fn forget(&self, scope: &str) {
        let Ok(mut state) = self.state.lock() else { return };
        self.epoch.fetch_add(1, Ordering::SeqCst);
        state.young.remove(scope);
        state.old.remove(scope);
    }

    /// Forgets everything.
    pub fn clear(&self) {
        let Ok(mut state) = self.state.lock() else { return };
        self.epoch.fetch_add(1, Ordering::SeqCst);
        (state.young, state.old, state.bytes) = (HashMap::new(), HashMap::new(), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_things_go_changed_things_go_at_once() {
        let cache = Cache::new(2000);
        cache.put(0, "a", "x", 1, 100);
        cache.put(0, "b", "x", 2, 100);
        assert_eq!((cache.get("a", "x"), cache.get("b", "x"), cache.get("a", "y")), (Some(1), Some(2), None));
        cache.forget("a");
        assert_eq!((cache.get("a", "x"), cache.get("b", "x")), (None, Some(2)));
        cache.put(0, "a", "x", 1, 100);
        assert_eq!(cache.get("a", "x"), None, "read before the change");
        for number in 0..20 {
            cache.put(cache.epoch(), "c", &number.to_string(), number, 200);
        }
        assert_eq!((cache.get("b", "x"), cache.get("c", "19")), (None, Some(19)));
        cache.put(cache.epoch(), "c", "large", 1, 1000);
        assert_eq!(cache.get("c", "large"), None);
        cache.clear();
        assert_eq!(cache.get("c", "19"), None);
    }
}
