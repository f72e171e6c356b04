//! What operations ask of the records, whatever their place (`pkg/storage/storage.go`).

use std::cell::RefCell;

use gostd::GoError;
use release::{Lease, Release, Status, Summary};

use crate::driver::{Driver, Listed, Query, Record};
use crate::{LeaseWriter, StorageError};

/// The records of releases.
pub struct Storage {
    driver: Box<dyn Driver>,
    /// Revisions that may be there of each release; 0 for no limit.
    max_history: usize,
    /// What is put beside records that are being worked on.
    lease: RefCell<Option<Lease>>,
}

impl Storage {
    pub fn new(driver: Box<dyn Driver>) -> Self {
        Storage { driver, max_history: 0, lease: RefCell::new(None) }
    }

    pub fn driver(&self) -> &dyn Driver {
        self.driver.as_ref()
    }

    /// Sets how many revisions of a release may be there, with the one that is created; 0 for no limit.
    pub fn set_max_history(&mut self, revisions: usize) {
        self.max_history = revisions;
    }

    /// Sets the lease that goes beside every record written while its operation is under way.
    pub fn hold(&self, lease: Option<Lease>) {
        self.lease.replace(lease);
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

    /// Writes a new revision, after old ones made room for it.
    ///
    /// # Errors
    /// `release: already exists`, `encountered 2 deletion errors. First is: …`, those of the place.
    pub fn create(&self, release: &Release) -> Result<(), StorageError> {
        if let Some(others) = self.max_history.checked_sub(1) {
            self.remove_least_recent(&release.name, others)?;
        }
        self.driver.create(release, self.lease_for(release).as_ref())
    }

    /// Replaces a revision.
    ///
    /// # Errors
    /// Those of the place.
    pub fn update(&self, release: &Release) -> Result<(), StorageError> {
        self.driver.update(release, self.lease_for(release).as_ref())
    }

    /// Removes a revision.
    ///
    /// # Errors
    /// `release: not found`, those of the place.
    pub fn delete(&self, name: &str, revision: i64) -> Result<(), StorageError> {
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

    /// Puts a lease on a record, if the one there is still the one that was seen; false when somebody was faster.
    ///
    /// # Errors
    /// `release: not found`, those of the place.
    pub fn claim(&self, record: (&str, i64), seen: Option<&Lease>, lease: &Lease) -> Result<bool, StorageError> {
        self.driver.claim(record, seen, lease)
    }

    /// Returns what renews the lease of a record from another thread.
    ///
    /// # Errors
    /// Those of the place.
    pub fn lease_writer(&self, name: &str, revision: i64) -> Result<Box<dyn LeaseWriter>, StorageError> {
        self.driver.lease_writer(name, revision)
    }

    fn lease_for(&self, release: &Release) -> Option<Lease> {
        let status = &release.info.status;
        let under_way = status.is_pending() || *status == Status::Uninstalling;
        self.lease.borrow().clone().filter(|_| under_way)
    }

    /// Removes the oldest revisions until no more than `limit` are left, but never the newest that is deployed.
    fn remove_least_recent(&self, name: &str, limit: usize) -> Result<(), StorageError> {
        let mut revisions = match self.revisions(name) {
            Err(StorageError::NotFound) => return Ok(()),
            revisions => revisions?,
        };
        revisions.sort_by(release::by_revision);
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
