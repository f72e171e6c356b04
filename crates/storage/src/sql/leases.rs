//! Leases in a table of our own, made when the first is written. Helm knows nothing of it and leaves its rows alone, so
//! each row has the check sum of the record that it was written with: to another one it does not belong.

use std::cell::Cell;

use postgres::{Client, GenericClient, Transaction};
use release::Lease;

use super::failed;
use crate::{LeaseWriter, StorageError};

pub const TABLE: &str = "pilothouse_leases_v1";

const CREATE: &str = "CREATE TABLE IF NOT EXISTS pilothouse_leases_v1 (
        releaseKey VARCHAR(90),
        releaseNamespace VARCHAR(64),
        lease TEXT NOT NULL,
        record TEXT NOT NULL,
        PRIMARY KEY (releaseKey, releaseNamespace)
    );
    GRANT ALL ON pilothouse_leases_v1 TO PUBLIC;
    ALTER TABLE pilothouse_leases_v1 ENABLE ROW LEVEL SECURITY;";

const WRITE: &str = "INSERT INTO pilothouse_leases_v1 (releaseKey, releaseNamespace, lease, record)
    SELECT key, namespace, $3, encode(sha256(convert_to(body, 'UTF8')), 'hex') FROM releases_v1
    WHERE key = $1 AND namespace = $2
    ON CONFLICT (releaseKey, releaseNamespace) DO UPDATE SET lease = EXCLUDED.lease, record = EXCLUDED.record";

const READ: &str = "SELECT l.lease FROM pilothouse_leases_v1 l JOIN releases_v1 r
    ON r.key = l.releaseKey AND r.namespace = l.releaseNamespace
    WHERE r.key = $1 AND r.namespace = $2 AND l.record = encode(sha256(convert_to(r.body, 'UTF8')), 'hex')";

/// Whether the table is known to be there.
#[derive(Default)]
pub struct Leases(Cell<bool>);

impl Leases {
    /// Reports whether the table is there.
    pub fn are_there(&self, client: &mut Client) -> Result<bool, StorageError> {
        if !self.0.get() {
            let row = client.query_one("SELECT to_regclass('pilothouse_leases_v1') IS NOT NULL", &[]);
            self.0.set(row.map_err(|error| failed(&error))?.get(0));
        }
        Ok(self.0.get())
    }

    /// Makes the table.
    pub fn ensure(&self, client: &mut Client) -> Result<(), StorageError> {
        if self.are_there(client)? {
            return Ok(());
        }
        client.batch_execute(CREATE).map_err(|error| failed(&error))?;
        self.0.set(true);
        Ok(())
    }

    /// Reads the lease of a record as it is now.
    pub fn read(&self, client: &mut Client, key: &str, namespace: &str) -> Result<Option<Lease>, StorageError> {
        if !self.are_there(client)? {
            return Ok(None);
        }
        read(client, (key, namespace))
    }

    /// Puts a lease on a record, if the one there is still the one that was seen.
    pub fn claim(
        &self,
        client: &mut Client,
        place: (&str, &str),
        seen: Option<&Lease>,
        lease: &Lease,
    ) -> Result<bool, StorageError> {
        self.ensure(client)?;
        exchange(client, place, seen, lease)
    }
}

fn exchange(
    client: &mut Client,
    place: (&str, &str),
    seen: Option<&Lease>,
    lease: &Lease,
) -> Result<bool, StorageError> {
    let mut transaction = client.transaction().map_err(|error| failed(&error))?;
    // Who comes second waits here, and then sees the lease of the first.
    let row = transaction
        .query_opt("SELECT 1 FROM releases_v1 WHERE key = $1 AND namespace = $2 FOR UPDATE", &[&place.0, &place.1]);
    row.map_err(|error| failed(&error))?.ok_or(StorageError::NotFound)?;
    if read(&mut transaction, place)?.as_ref() != seen {
        return Ok(false);
    }
    write(&mut transaction, place, lease)?;
    transaction.commit().map_err(|error| failed(&error))?;
    Ok(true)
}

fn read(client: &mut impl GenericClient, place: (&str, &str)) -> Result<Option<Lease>, StorageError> {
    let row = client.query_opt(READ, &[&place.0, &place.1]).map_err(|error| failed(&error))?;
    Ok(row.and_then(|row| Lease::from_json(row.get(0)).ok()))
}

/// Writes the lease of a record that is there.
pub fn write(transaction: &mut Transaction<'_>, place: (&str, &str), lease: &Lease) -> Result<(), StorageError> {
    let written = transaction.execute(WRITE, &[&place.0, &place.1, &lease.to_json()]);
    written.map(drop).map_err(|error| failed(&error))
}

/// Renews a lease over a connection of its own.
pub struct Writer {
    pub client: Client,
    pub key: String,
    pub namespace: String,
}

impl LeaseWriter for Writer {
    fn renew(&mut self, seen: &Lease, lease: &Lease) -> Result<bool, String> {
        let place = (self.key.as_str(), self.namespace.as_str());
        match exchange(&mut self.client, place, Some(seen), lease) {
            Err(StorageError::NotFound) => Ok(false),
            result => result.map_err(|error| error.to_string()),
        }
    }
}
