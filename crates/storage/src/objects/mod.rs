//! Records in Secrets and ConfigMaps (`pkg/storage/driver/secrets.go`, `cfgmaps.go`).

mod api;
mod body;
mod item;
mod lease;
mod pages;

pub use api::{Api, ApiError, Call, Method};

use std::cell::RefCell;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use gostd::{GoError, strconv};
use release::{Known, Lease, Packer, Release, Summary, SummaryReader, decode};

use crate::driver::{Driver, LeaseWriter, Listed, Query, Record};
use crate::labels::{check_value, of_user};
use crate::{StorageError, key};
use api::Place;
use item::Item;

/// The start of a record that mostly has all that lists show, as the API gives it: a multiple of 16, so that base64 of base64
/// can be cut there.
const START_BYTES: usize = 8 << 10;

/// The kind of object that holds records.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Secret,
    ConfigMap,
}

/// Records in one namespace, or in all for lists.
pub struct Objects {
    place: Place,
    packer: RefCell<Packer>,
}

impl Objects {
    /// Makes the driver of a namespace; an empty one stands for all, and only lists work then.
    pub fn new(kind: Kind, api: Arc<dyn Api>, namespace: &str) -> Self {
        let place = Place { kind, api, namespace: namespace.to_owned() };
        Objects { place, packer: RefCell::default() }
    }

    /// Returns the object of a record.
    fn object(&self, release: &Release, stamp: &str, lease: Option<&Lease>) -> Result<Vec<u8>, GoError> {
        let stored = self.packer.borrow_mut().encode(release)?;
        body::object(self.place.kind, (release, stored), (stamp, now()), lease)
    }

    fn is_secret(&self) -> bool {
        self.place.kind == Kind::Secret
    }

    /// Secrets say what was being done, ConfigMaps only what went wrong.
    fn failed(&self, doing: &str, error: impl Into<GoError>) -> StorageError {
        let error = error.into();
        match self.is_secret() {
            true => GoError::wrap(format!("{doing}: {}", error.text), error).into(),
            false => error.into(),
        }
    }

    fn read(&self, item: &Item) -> Result<Release, GoError> {
        decode(&self.stored(item)?)
    }

    /// Returns the text that was stored: the API shows the bytes of Secrets as base64.
    fn stored(&self, item: &Item) -> Result<Vec<u8>, GoError> {
        match self.is_secret() {
            true => release::decode_base64(&item.release),
            false => Ok(item.release.clone()),
        }
    }

    /// Reads what lists show: of the record's start where its object says the rest.
    fn summary(&self, item: &Item, reader: &mut SummaryReader) -> Result<Summary, GoError> {
        if let Some(known) = item.known()
            && let Some(summary) = self.short_summary(item, reader, known)
        {
            return Ok(summary);
        }
        reader.read(&self.stored(item)?)
    }

    fn short_summary(&self, item: &Item, reader: &mut SummaryReader, known: Known<'_>) -> Option<Summary> {
        let start = item.release.get(..START_BYTES).unwrap_or(&item.release);
        let summary = match self.is_secret() {
            true => reader.read_start(&release::decode_base64(start).ok()?, known),
            false => reader.read_start(start, known),
        };
        summary.ok().filter(|summary| item.labels.get("name") == Some(&summary.name))
    }

    /// Calls `each` for all objects of a query; finding none is an error.
    fn found(&self, query: Query<'_>, each: &mut dyn FnMut(&mut Item)) -> Result<(), StorageError> {
        check_value(query.name)?;
        let status = if query.only_deployed { ",status=deployed" } else { "" };
        let selector = format!("name={},owner=helm{status}", query.name);
        let mut count = 0usize;
        let counted = &mut |item: &mut Item| {
            count += 1;
            each(item);
        };
        pages::each(&self.place, &selector, counted)
            .map_err(|error| self.failed("query: failed to query with labels", error))?;
        if count == 0 { Err(StorageError::NotFound) } else { Ok(()) }
    }
}

impl Driver for Objects {
    fn name(&self) -> &'static str {
        self.place.kind.name()
    }

    fn create(&self, release: &Release, lease: Option<&Lease>) -> Result<(), StorageError> {
        let body = self
            .object(release, "createdAt", lease)
            .map_err(|error| self.failed(&encoding("create", release), error))?;
        match self.place.create(body) {
            Ok(()) => Ok(()),
            Err(error) if error.is_already_exists() => Err(StorageError::Exists),
            Err(error) => Err(self.failed("create: failed to create", error)),
        }
    }

    fn update(&self, release: &Release, lease: Option<&Lease>) -> Result<(), StorageError> {
        let body = self
            .object(release, "modifiedAt", lease)
            .map_err(|error| self.failed(&encoding("update", release), error))?;
        let replaced = self.place.replace(&key(&release.name, release.version), body);
        replaced.map_err(|error| self.failed("update: failed to update", error))
    }

    fn get(&self, name: &str, revision: i64) -> Result<Record, StorageError> {
        let key = key(name, revision);
        let quoted = String::from_utf8_lossy(&strconv::quote(key.as_bytes())).into_owned();
        let mut item = match self.place.get(&key) {
            Ok(item) => item,
            Err(error) if error.is_not_found() => return Err(StorageError::NotFound),
            Err(error) => return Err(self.failed(&format!("get: failed to get {quoted}"), error)),
        };
        let release =
            self.read(&item).map_err(|error| self.failed(&format!("get: failed to decode data {quoted}"), error))?;
        let labels = of_user(std::mem::take(&mut item.labels));
        Ok(Record { release: Release { labels, ..release }, lease: item.lease() })
    }

    fn delete(&self, name: &str, revision: i64) -> Result<(), StorageError> {
        match self.place.delete(&key(name, revision)) {
            Ok(()) => Ok(()),
            Err(error) if error.is_not_found() => Err(StorageError::NotFound),
            Err(error) => Err(StorageError::Other(error.into())),
        }
    }

    fn query(&self, query: Query<'_>) -> Result<Vec<Record>, StorageError> {
        let mut records = Vec::new();
        self.found(query, &mut |item| {
            if let Ok(release) = self.read(item) {
                let labels = std::mem::take(&mut item.labels);
                records.push(Record { release: Release { labels, ..release }, lease: item.lease() });
            }
        })?;
        Ok(records)
    }

    fn newest(&self, query: Query<'_>) -> Result<Option<Record>, StorageError> {
        let mut reader = SummaryReader::default();
        let mut newest: Option<(i64, Item)> = None;
        self.found(query, &mut |item| {
            let Ok(summary) = self.summary(item, &mut reader) else { return };
            if newest.as_ref().is_none_or(|(version, _)| *version < summary.version) {
                newest = Some((summary.version, std::mem::take(item)));
            }
        })?;
        let Some((_, item)) = newest else { return Ok(None) };
        match self.read(&item) {
            Ok(release) => {
                let lease = item.lease();
                Ok(Some(Record { release: Release { labels: item.labels, ..release }, lease }))
            }
            // What lists read of it is fine, and the rest is not: Helm would not see it at all.
            Err(_) => Ok(self.query(query)?.into_iter().max_by_key(|record| record.release.version)),
        }
    }

    fn summaries(&self, name: Option<&str>, each: &mut dyn FnMut(Listed)) -> Result<(), StorageError> {
        let selector = match name {
            Some(name) => format!("name={name},owner=helm"),
            None => "owner=helm".to_owned(),
        };
        let doing = if name.is_some() { "query: failed to query with labels" } else { "list: failed to list" };
        let mut reader = SummaryReader::default();
        let listed = &mut |item: &mut Item| {
            let Ok(summary) = self.summary(item, &mut reader) else { return };
            each(Listed { summary, labels: std::mem::take(&mut item.labels), lease: item.lease() });
        };
        pages::each(&self.place, &selector, listed).map_err(|error| self.failed(doing, error))
    }

    fn claim(&self, record: (&str, i64), seen: Option<&Lease>, lease: &Lease) -> Result<bool, StorageError> {
        lease::claim(&self.place, &key(record.0, record.1), seen, lease)
    }

    fn lease_writer(&self, name: &str, revision: i64) -> Result<Box<dyn LeaseWriter>, StorageError> {
        Ok(Box::new(lease::Writer { place: self.place.clone(), key: key(name, revision) }))
    }
}

fn encoding(doing: &str, release: &Release) -> String {
    let name = strconv::quote(release.name.as_bytes());
    format!("{doing}: failed to encode release {}", String::from_utf8_lossy(&name))
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
