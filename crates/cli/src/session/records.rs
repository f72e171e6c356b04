//! The records as operations see them.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use action::{Holder, Missing, NotRecorded};
use chart::log::Log;
use gostd::GoError;
use release::{Lease, Release};
use storage::holder::{self, Life};
use storage::{Storage, StorageError};

use crate::journal::Journal;
use crate::log::Stderr;

/// How often a lease of another machine is looked at until it ends.
const LOOK: Duration = Duration::from_secs(2);

pub struct Stored<'a> {
    storage: &'a Storage,
    /// The lease that was seen last: what is claimed must still have it.
    seen: RefCell<Option<Lease>>,
    journal: Option<&'a Journal>,
}

impl<'a> Stored<'a> {
    pub fn new(storage: &'a Storage) -> Self {
        Stored { storage, seen: RefCell::new(None), journal: None }
    }

    /// Writes down the revisions that are about to be written.
    pub fn noted(self, journal: &'a Journal) -> Self {
        Stored { journal: Some(journal), ..self }
    }

    fn note(&self, revision: i64) {
        if let Some(journal) = self.journal {
            journal.note(revision);
        }
    }

    fn lease(&self, name: &str, revision: i64) -> Result<Option<Lease>, NotRecorded> {
        Ok(self.storage.record(name, revision).map_err(not_recorded)?.lease)
    }

    /// Waits for the end of a lease; reports whether its holder gave a sign of life.
    fn wait(&self, (name, revision): (&str, i64), lease: &Lease, left: Duration) -> Result<bool, NotRecorded> {
        let text = format!("{} of revision {revision} may have been interrupted, waiting for its lease to end", name);
        Stderr.warn(&text, &[("holder", &lease.holder), ("seconds", &left.as_secs().to_string())]);
        let end = Instant::now() + left;
        while Instant::now() < end {
            // Nothing tells of a heartbeat that does not come.
            std::thread::sleep(LOOK.min(end.saturating_duration_since(Instant::now())));
            match self.lease(name, revision)? {
                Some(now) if now == *lease => {}
                // Renewed, taken over by another, or done.
                _ => return Ok(true),
            }
        }
        Ok(false)
    }
}

fn told_holder(lease: &Lease) -> String {
    format!("{} ({}, last sign of life {})", lease.holder, lease.operation, lease.heartbeat)
}

fn not_recorded(error: StorageError) -> NotRecorded {
    let missing = match &error {
        StorageError::NotFound => Missing::Release,
        StorageError::NoDeployed(_) => Missing::Deployed,
        _ => Missing::Nothing,
    };
    NotRecorded { missing, error: GoError::from(error) }
}

impl action::Records for Stored<'_> {
    fn holder(&self, name: &str, revision: i64) -> Result<Holder, NotRecorded> {
        let lease = self.lease(name, revision)?;
        self.seen.replace(lease.clone());
        let Some(lease) = lease else { return Ok(Holder::Nobody) };
        if holder::is_ours(&lease) {
            return Ok(Holder::Us);
        }
        let lives = match holder::life(&lease) {
            Life::Alive => true,
            Life::Dead => false,
            Life::Unknown(left) => self.wait((name, revision), &lease, left)?,
        };
        let who = told_holder(&lease);
        Ok(if lives { Holder::Alive(who) } else { Holder::Dead(who) })
    }

    fn claim(&self, name: &str, revision: i64) -> Result<bool, NotRecorded> {
        self.note(revision);
        self.storage.claim((name, revision), self.seen.borrow().as_ref()).map_err(not_recorded)
    }

    fn get(&self, name: &str, revision: i64) -> Result<Release, NotRecorded> {
        self.storage.get(name, revision).map_err(not_recorded)
    }

    fn last(&self, name: &str) -> Result<Release, NotRecorded> {
        self.storage.last(name).map_err(not_recorded)
    }

    fn deployed(&self, name: &str) -> Result<Release, NotRecorded> {
        self.storage.deployed(name).map_err(not_recorded)
    }

    fn deployed_all(&self, name: &str) -> Result<Vec<Release>, NotRecorded> {
        self.storage.deployed_all(name).map_err(not_recorded)
    }

    fn history(&self, name: &str) -> Result<Vec<Release>, NotRecorded> {
        self.storage.history(name).map_err(not_recorded)
    }

    fn create(&self, release: &Release) -> Result<(), NotRecorded> {
        self.note(release.version);
        self.storage.create(release).map_err(not_recorded)
    }

    fn update(&self, release: &Release) -> Result<(), NotRecorded> {
        self.storage.update(release).map_err(not_recorded)
    }

    fn delete(&self, name: &str, revision: i64) -> Result<(), NotRecorded> {
        self.storage.delete(name, revision).map_err(not_recorded)
    }

    fn kept_in(&self) -> Option<&'static str> {
        match self.storage.driver().name() {
            "Secret" => Some("secrets"),
            "ConfigMap" => Some("configmaps"),
            _ => None,
        }
    }
}
