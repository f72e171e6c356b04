//! What every place of records can do.

use std::collections::BTreeMap;

use release::{Lease, Release, Summary};

use crate::StorageError;

/// A record, and who works on it.
#[derive(Clone)]
pub struct Record {
    pub release: Release,
    pub lease: Option<Lease>,
}

/// A line of a list.
pub struct Listed {
    pub summary: Summary,
    /// All labels of the object, the system's too: what selectors see.
    pub labels: BTreeMap<String, String>,
    pub lease: Option<Lease>,
}

/// Which records are wanted.
#[derive(Clone, Copy)]
pub struct Query<'a> {
    pub name: &'a str,
    pub only_deployed: bool,
}

/// A place of records. Errors have Helm's texts; a query that finds nothing is [`StorageError::NotFound`].
pub trait Driver {
    /// As Helm names it: `Secret`, `ConfigMap`, `Memory`, `SQL`.
    fn name(&self) -> &'static str;

    /// Writes a new record; one of the same revision that is there is an error.
    fn create(&self, release: &Release, lease: Option<&Lease>) -> Result<(), StorageError>;

    /// Replaces a record, and its lease too.
    fn update(&self, release: &Release, lease: Option<&Lease>) -> Result<(), StorageError>;

    /// Reads a record. Its labels are those of the user.
    fn get(&self, name: &str, revision: i64) -> Result<Record, StorageError>;

    fn delete(&self, name: &str, revision: i64) -> Result<(), StorageError>;

    /// Reads all records of a query, in no order; unreadable ones are left out. Their labels are those that Helm gives
    /// them: what was created from such a record keeps its `createdAt`.
    fn query(&self, query: Query<'_>) -> Result<Vec<Record>, StorageError>;

    /// Reads the newest record of a query; `None` when none is readable.
    fn newest(&self, query: Query<'_>) -> Result<Option<Record>, StorageError>;

    /// Reads what lists show of all records, or of those of one name, one after the other; unreadable ones are left out.
    fn summaries(&self, name: Option<&str>, each: &mut dyn FnMut(Listed)) -> Result<(), StorageError>;

    /// Puts a lease on a record, if the one there is still the one that was seen; false when somebody was faster.
    fn claim(&self, record: (&str, i64), seen: Option<&Lease>, lease: &Lease) -> Result<bool, StorageError>;

    /// Returns what renews the lease of a record from another thread.
    fn lease_writer(&self, name: &str, revision: i64) -> Result<Box<dyn LeaseWriter>, StorageError>;
}

/// Renews a lease.
pub trait LeaseWriter: Send {
    /// Replaces the lease of the record, if the one there is still the one that was seen; false when it is another or
    /// the record is gone. Errors are texts: they may go from thread to thread.
    fn renew(&mut self, seen: &Lease, lease: &Lease) -> Result<bool, String>;
}
