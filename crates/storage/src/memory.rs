//! Records of one process (`pkg/storage/driver/memory.go`): for tests, and for what is only tried.

use std::cell::RefCell;
use std::collections::BTreeMap;

use gostd::GoError;
use release::{Lease, Release, Status};

use crate::StorageError;
use crate::driver::{Driver, LeaseWriter, Listed, Query, Record};

/// Records in memory. As in Helm, what was written last sets the namespace of what is read next.
#[derive(Default)]
pub struct Memory(RefCell<Inner>);

#[derive(Default)]
struct Inner {
    /// Empty for all.
    namespace: String,
    /// By namespace, name and revision.
    records: BTreeMap<(String, String, i64), Record>,
}

impl Memory {
    pub fn new(namespace: &str) -> Self {
        let memory = Memory::default();
        memory.set_namespace(namespace);
        memory
    }

    /// Sets where the following calls look; empty for all namespaces.
    pub fn set_namespace(&self, namespace: &str) {
        namespace.clone_into(&mut self.0.borrow_mut().namespace);
    }
}

/// Reads the files that `HELM_MEMORY_DRIVER_DATA` names, with a colon between them.
///
/// # Errors
/// What Helm tells before it ends: a file that cannot be read, or is no list of releases.
pub fn releases_of_files(paths: &str) -> Result<Vec<Release>, GoError> {
    let mut releases = Vec::new();
    for path in paths.split(':') {
        let text = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
        let read = release::from_yaml(&text);
        let failed =
            |error: GoError| GoError::wrap(format!("Unable to unmarshal memory driver data: {}", error.text), error);
        releases.extend(read.map_err(failed)?);
    }
    Ok(releases)
}

fn unreadable(path: &str, error: &std::io::Error) -> GoError {
    let reason = match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        std::io::ErrorKind::IsADirectory => "is a directory".to_owned(),
        _ => error.to_string(),
    };
    let operation = if error.kind() == std::io::ErrorKind::IsADirectory { "read" } else { "open" };
    GoError::new(format!("Unable to read memory driver data{operation} {path}: {reason}"))
}

/// Names with `.v` in them cannot be told from their revision: Helm's memory has no records of these.
fn checked(name: &str) -> Result<(), StorageError> {
    if name.contains(".v") { Err(StorageError::InvalidKey) } else { Ok(()) }
}

fn namespace_of(release: &Release) -> String {
    if release.namespace.is_empty() { "default".to_owned() } else { release.namespace.clone() }
}

impl Inner {
    fn place(&self, name: &str, revision: i64) -> (String, String, i64) {
        (self.namespace.clone(), name.to_owned(), revision)
    }

    fn seen(&self) -> impl Iterator<Item = &Record> {
        let here = |place: &&(String, String, i64)| self.namespace.is_empty() || place.0 == self.namespace;
        self.records.iter().filter(move |(place, _)| here(place)).map(|(_, record)| record)
    }
}

impl Driver for Memory {
    fn name(&self) -> &'static str {
        "Memory"
    }

    fn create(&self, release: &Release, lease: Option<&Lease>) -> Result<(), StorageError> {
        let mut inner = self.0.borrow_mut();
        inner.namespace = namespace_of(release);
        let place = inner.place(&release.name, release.version);
        if inner.records.contains_key(&place) {
            return Err(StorageError::Exists);
        }
        inner.records.insert(place, Record { release: release.clone(), lease: lease.cloned() });
        Ok(())
    }

    fn update(&self, release: &Release, lease: Option<&Lease>) -> Result<(), StorageError> {
        let mut inner = self.0.borrow_mut();
        inner.namespace = namespace_of(release);
        let place = inner.place(&release.name, release.version);
        let record = inner.records.get_mut(&place).ok_or(StorageError::NotFound)?;
        *record = Record { release: release.clone(), lease: lease.cloned() };
        Ok(())
    }

    fn get(&self, name: &str, revision: i64) -> Result<Record, StorageError> {
        checked(name)?;
        let inner = self.0.borrow();
        inner.records.get(&inner.place(name, revision)).cloned().ok_or(StorageError::NotFound)
    }

    fn delete(&self, name: &str, revision: i64) -> Result<(), StorageError> {
        checked(name)?;
        let mut inner = self.0.borrow_mut();
        let place = inner.place(name, revision);
        inner.records.remove(&place).map(drop).ok_or(StorageError::NotFound)
    }

    fn query(&self, query: Query<'_>) -> Result<Vec<Record>, StorageError> {
        let wanted = |record: &&Record| {
            let release = &record.release;
            release.name == query.name && (!query.only_deployed || release.info.status == Status::Deployed)
        };
        let found: Vec<Record> = self.0.borrow().seen().filter(wanted).cloned().collect();
        if found.is_empty() { Err(StorageError::NotFound) } else { Ok(found) }
    }

    fn newest(&self, query: Query<'_>) -> Result<Option<Record>, StorageError> {
        Ok(self.query(query)?.into_iter().max_by_key(|record| record.release.version))
    }

    fn summaries(&self, name: Option<&str>, each: &mut dyn FnMut(Listed)) -> Result<(), StorageError> {
        for record in self.0.borrow().seen().filter(|record| name.is_none_or(|name| record.release.name == name)) {
            // Helm selects by what the release itself has here.
            let labels = record.release.labels.clone();
            each(Listed { summary: record.release.summary(), labels, lease: record.lease.clone() });
        }
        Ok(())
    }

    fn claim(&self, record: (&str, i64), seen: Option<&Lease>, lease: &Lease) -> Result<bool, StorageError> {
        let mut inner = self.0.borrow_mut();
        let place = inner.place(record.0, record.1);
        let record = inner.records.get_mut(&place).ok_or(StorageError::NotFound)?;
        let unchanged = record.lease.as_ref() == seen;
        if unchanged {
            record.lease = Some(lease.clone());
        }
        Ok(unchanged)
    }

    fn lease_writer(&self, name: &str, revision: i64) -> Result<Box<dyn LeaseWriter>, StorageError> {
        self.get(name, revision)?;
        Ok(Box::new(Nothing))
    }
}

/// Nobody else sees the records, and they end with the process.
struct Nothing;

impl LeaseWriter for Nothing {
    fn renew(&mut self, _: &Lease, _: &Lease) -> Result<bool, String> {
        Ok(true)
    }
}
