//! What operations ask of the records, whatever their place (`pkg/storage/storage.go`).

use std::cell::RefCell;
use std::sync::Arc;

use gostd::GoError;
use release::{Lease, Release, Status, Summary};

use crate::StorageError;
use crate::driver::{Driver, Listed, Query, Record};
use crate::heart::{Heart, Hold};

/// The records of releases.
pub struct Storage {
    driver: Box<dyn Driver>,
    /// Revisions that may be there of each release; 0 for no limit.
    max_history: usize,
    /// What is put beside records that are being worked on.
    hold: Option<Arc<Hold>>,
    /// What keeps the lease of a record alive.
    heart: RefCell<Option<((String, i64), Heart)>>,
}

impl Storage {
    pub fn new(driver: Box<dyn Driver>) -> Self {
        Storage { driver, max_history: 0, hold: None, heart: RefCell::new(None) }
    }

    pub fn driver(&self) -> &dyn Driver {
        self.driver.as_ref()
    }

    /// Sets how many revisions of a release may be there, with the one that is created; 0 for no limit.
    pub fn set_max_history(&mut self, revisions: usize) {
        self.max_history = revisions;
    }

    /// Sets the lease that goes beside every record written while its operation is under way. It is renewed until then;
    /// `on_lost` is called, from another thread, should somebody take the record over.
    pub fn hold(&mut self, lease: Lease, on_lost: Box<dyn Fn() + Send + Sync>) {
        self.hold = Some(Arc::new(Hold::new(lease, on_lost)));
    }

    /// Reads a revision.
    ///
    /// # Errors
    /// `release: not found`, those of the place.
    pub fn get(&self, name: &str, revision: i64) -> Result<Release, StorageError> {
        self.record(name, revision).map(|record| record.release)
    }

    /// Reads a revision, and who works on it.
    ///
    /// # Errors
    /// As [`Storage::get`].
    pub fn record(&self, name: &str, revision: i64) -> Result<Record, StorageError> {
        self.driver.get(name, revision)
    }

    /// Writes a new revision, and removes old ones that are too many by it. Helm removes them first: were it
    /// interrupted in between, the revision that is rolled back to could be gone.
    ///
    /// # Errors
    /// `release: already exists`, `encountered 2 deletion errors. First is: …`, those of the place.
    pub fn create(&self, release: &Release) -> Result<(), StorageError> {
        self.write(release, |lease| self.driver.create(release, lease))?;
        if self.max_history == 0 {
            return Ok(());
        }
        self.remove_least_recent(release).inspect_err(|_| {
            // The error to tell is the one of making room.
            let _ = self.delete(&release.name, release.version);
        })
    }

    /// Replaces a revision.
    ///
    /// # Errors
    /// Those of the place.
    pub fn update(&self, release: &Release) -> Result<(), StorageError> {
        self.write(release, |lease| self.driver.update(release, lease))
    }

    fn write(
        &self,
        release: &Release,
        write: impl FnOnce(Option<&Lease>) -> Result<(), StorageError>,
    ) -> Result<(), StorageError> {
        let Some(hold) = &self.hold else { return write(None) };
        if hold.is_lost() {
            return Err(StorageError::other("another process has taken over this release"));
        }
        let key = (release.name.as_str(), release.version);
        if !is_under_way(&release.info.status) {
            self.rest(key);
            return write(None);
        }
        write(Some(&hold.renewed()))?;
        self.keep_alive(hold, key)
    }

    /// Renews the lease of a record from now on.
    fn keep_alive(&self, hold: &Arc<Hold>, (name, revision): (&str, i64)) -> Result<(), StorageError> {
        let mut heart = self.heart.borrow_mut();
        if heart.as_ref().is_none_or(|((other, version), _)| other != name || *version != revision) {
            let writer = self.driver.lease_writer(name, revision)?;
            *heart = Some(((name.to_owned(), revision), Heart::start(Arc::clone(hold), writer)));
        }
        Ok(())
    }

    /// Renews the lease of a record no more.
    fn rest(&self, (name, revision): (&str, i64)) {
        let mut heart = self.heart.borrow_mut();
        if heart.as_ref().is_some_and(|((other, version), _)| other == name && *version == revision) {
            *heart = None;
        }
    }

    /// Removes a revision.
    ///
    /// # Errors
    /// `release: not found`, those of the place.
    pub fn delete(&self, name: &str, revision: i64) -> Result<(), StorageError> {
        self.rest((name, revision));
        self.driver.delete(name, revision)
    }

    /// Reads the newest revision that is deployed.
    ///
    /// # Errors
    /// `"x" has no deployed releases`, those of the place.
    pub fn deployed(&self, name: &str) -> Result<Release, StorageError> {
        let found = self.driver.newest(Query { name, only_deployed: true });
        let found = found.map_err(|error| no_deployed(name, error))?;
        found.map(|record| record.release).ok_or_else(|| StorageError::NoDeployed(name.to_owned()))
    }

    /// Reads all revisions that are deployed: more than one, where two operations ran at once.
    ///
    /// # Errors
    /// As [`Storage::deployed`].
    pub fn deployed_all(&self, name: &str) -> Result<Vec<Release>, StorageError> {
        let found = self.driver.query(Query { name, only_deployed: true }).map_err(|error| no_deployed(name, error))?;
        Ok(found.into_iter().map(|record| record.release).collect())
    }

    /// Reads all revisions, in no order.
    ///
    /// # Errors
    /// `release: not found`, those of the place.
    pub fn history(&self, name: &str) -> Result<Vec<Release>, StorageError> {
        let found = self.driver.query(Query { name, only_deployed: false })?;
        Ok(found.into_iter().map(|record| record.release).collect())
    }

    /// Reads what `history` shows of all revisions, in no order.
    ///
    /// # Errors
    /// As [`Storage::history`].
    pub fn revisions(&self, name: &str) -> Result<Vec<Summary>, StorageError> {
        crate::labels::check_value(name)?;
        let mut found = Vec::new();
        self.driver.summaries(Some(name), &mut |listed| found.push(listed.summary))?;
        if found.is_empty() { Err(StorageError::NotFound) } else { Ok(found) }
    }

    /// Reads the newest revision.
    ///
    /// # Errors
    /// `release: not found`, `no revision for release "x"`, those of the place.
    pub fn last(&self, name: &str) -> Result<Release, StorageError> {
        self.last_record(name).map(|record| record.release)
    }

    /// Reads the newest revision, and who works on it.
    ///
    /// # Errors
    /// As [`Storage::last`].
    pub fn last_record(&self, name: &str) -> Result<Record, StorageError> {
        self.driver.newest(Query { name, only_deployed: false })?.ok_or_else(|| {
            let name = gostd::strconv::quote(name.as_bytes());
            StorageError::other(format!("no revision for release {}", String::from_utf8_lossy(&name)))
        })
    }

    /// Reads what lists show of all records, one after the other.
    ///
    /// # Errors
    /// Those of the place: `list: failed to list: …`.
    pub fn summaries(&self, each: &mut dyn FnMut(Listed)) -> Result<(), StorageError> {
        self.driver.summaries(None, each)
    }

    /// Puts the lease of this process on a record, if the one there is still the one that was seen; false when
    /// somebody was faster.
    ///
    /// # Errors
    /// `release: not found`, those of the place.
    pub fn claim(&self, (name, revision): (&str, i64), seen: Option<&Lease>) -> Result<bool, StorageError> {
        let Some(hold) = &self.hold else { return Err(StorageError::other("no lease is held")) };
        let claimed = self.driver.claim((name, revision), seen, &hold.renewed())?;
        if claimed {
            self.keep_alive(hold, (name, revision))?;
        }
        Ok(claimed)
    }

    /// Removes the oldest revisions until no more than the limit are left, but never the new one, nor the newest that is
    /// deployed.
    fn remove_least_recent(&self, new: &Release) -> Result<(), StorageError> {
        let name = new.name.as_str();
        let mut revisions = match self.revisions(name) {
            Err(StorageError::NotFound) => return Ok(()),
            revisions => revisions?,
        };
        revisions.retain(|summary| summary.version != new.version);
        revisions.sort_by(release::by_revision);
        let limit = self.max_history.saturating_sub(1);
        let deployed =
            revisions.iter().rfind(|summary| summary.status == Status::Deployed).map(|summary| summary.version);
        let surplus = revisions.len().saturating_sub(limit);
        let old = revisions.iter().map(|summary| summary.version).filter(|version| Some(*version) != deployed);
        let errors: Vec<StorageError> =
            old.take(surplus).filter_map(|version| self.driver.delete(name, version).err()).collect();
        let count = errors.len();
        match errors.into_iter().next() {
            None => Ok(()),
            // Another process may have made room at the same time.
            Some(StorageError::NotFound) => Ok(()),
            Some(error) if count == 1 => Err(error),
            Some(error) => {
                let text = format!("encountered {count} deletion errors. First is: {error}");
                Err(GoError::wrap(text, error.into()).into())
            }
        }
    }
}

/// Helm goes by the text: whatever says that something was not found counts as that.
fn no_deployed(name: &str, error: StorageError) -> StorageError {
    match error.to_string().contains("not found") {
        true => StorageError::NoDeployed(name.to_owned()),
        false => error,
    }
}

/// Reports whether somebody works on a release of this status.
fn is_under_way(status: &Status) -> bool {
    status.is_pending() || *status == Status::Uninstalling
}
