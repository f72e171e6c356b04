//! Records in PostgreSQL (`pkg/storage/driver/sql.go`): the tables of Helm, and one of our own for leases.

mod connection;
mod leases;
mod schema;
mod tls;
mod verify;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use gostd::GoError;
use postgres::types::ToSql;
use postgres::{Client, Row, Transaction};
use release::{Lease, Packer, Release, SummaryReader, decode};

use crate::driver::{Driver, LeaseWriter, Listed, Query, Record};
use crate::labels::{of_system, of_user};
use crate::{StorageError, key};
use connection::Connection;
use leases::Leases;

/// Rows that are fetched at once in lists.
const ROWS: i32 = 200;

/// Records in one database. As in Helm, what was written last sets the namespace of what is read next.
pub struct Sql {
    client: RefCell<Client>,
    connection: Connection,
    namespace: RefCell<String>,
    leases: Leases,
    packer: RefCell<Packer>,
}

impl Sql {
    /// Connects, and makes the tables where they are missing.
    ///
    /// # Errors
    /// `dial tcp 127.0.0.1:5432: connect: connection refused`, `pq: password authentication failed for user "x" (28P01)`,
    /// what is wrong with the connection string.
    pub fn connect(connection: &str, namespace: &str) -> Result<Self, GoError> {
        let connection = Connection::parse(connection, &|name| std::env::var(name).ok())?;
        let mut client = connection.open()?;
        schema::ensure(&mut client)?;
        let leases = Leases::default();
        let namespace = RefCell::new(namespace.to_owned());
        Ok(Sql { client: RefCell::new(client), connection, namespace, leases, packer: RefCell::default() })
    }

    /// Where clause for the namespace: an empty one is all.
    fn namespace(&self) -> String {
        self.namespace.borrow().clone()
    }

    fn enter(&self, release: &Release) -> String {
        let namespace = if release.namespace.is_empty() { "default" } else { &release.namespace };
        self.namespace.replace(namespace.to_owned());
        namespace.to_owned()
    }

    /// Reads a row of key and body; the labels are those of the user.
    fn record(&self, client: &mut Client, row: &Row, namespace: &str) -> Result<Option<Record>, StorageError> {
        let (key, body): (&str, &str) = (row.get(0), row.get(1));
        let Ok(release) = decode(body.as_bytes()) else { return Ok(None) };
        let labels = labels(client, key, namespace)?;
        let lease = self.leases.read(client, key, namespace)?;
        Ok(Some(Record { release: Release { labels, ..release }, lease }))
    }

    fn rows(&self, client: &mut Client, query: Query<'_>) -> Result<Vec<Row>, StorageError> {
        let namespace = self.namespace();
        let mut text = "SELECT key, body FROM releases_v1 WHERE name = $1 AND owner = 'helm'".to_owned();
        let mut values: Vec<&(dyn ToSql + Sync)> = vec![&query.name];
        if query.only_deployed {
            text += " AND status = 'deployed'";
        }
        if !namespace.is_empty() {
            text += " AND namespace = $2";
            values.push(&namespace);
        }
        let rows = client.query(&text, &values).map_err(|error| failed(&error))?;
        if rows.is_empty() { Err(StorageError::NotFound) } else { Ok(rows) }
    }
}

impl Driver for Sql {
    fn name(&self) -> &'static str {
        "SQL"
    }

    fn create(&self, release: &Release, lease: Option<&Lease>) -> Result<(), StorageError> {
        let namespace = self.enter(release);
        let body = self.packer.borrow_mut().encode(release)?;
        let key = key(&release.name, release.version);
        let mut client = self.client.borrow_mut();
        if lease.is_some() {
            self.leases.ensure(&mut client)?;
        }
        let begun = client.transaction();
        let mut transaction =
            begun.map_err(|error| StorageError::other(format!("error beginning transaction: {}", text(&error))))?;
        let [(_, name), (_, owner), (_, status), _] = of_system(release);
        let inserted = transaction.execute(
            "INSERT INTO releases_v1 (key, type, body, name, namespace, version, status, owner, createdAt) \
             VALUES ($1, 'helm.sh/release.v1', $2, $3, $4, $5, $6, $7, $8)",
            &[&key, &body, &name, &namespace, &number(release.version), &status, &owner, &now()],
        );
        if let Err(error) = inserted {
            drop(transaction);
            let there =
                client.query_opt("SELECT key FROM releases_v1 WHERE key = $1 AND namespace = $2", &[&key, &namespace]);
            return Err(if let Ok(Some(_)) = there { StorageError::Exists } else { failed(&error) });
        }
        insert_labels(&mut transaction, (&key, &namespace), release).map_err(|error| failed(&error))?;
        if let Some(lease) = lease {
            leases::write(&mut transaction, (&key, &namespace), lease)?;
        }
        transaction.commit().map_err(|error| failed(&error))
    }

    fn update(&self, release: &Release, lease: Option<&Lease>) -> Result<(), StorageError> {
        let namespace = self.enter(release);
        let body = self.packer.borrow_mut().encode(release)?;
        let key = key(&release.name, release.version);
        let mut client = self.client.borrow_mut();
        if lease.is_some() {
            self.leases.ensure(&mut client)?;
        }
        let mut transaction = client.transaction().map_err(|error| failed(&error))?;
        let [(_, name), (_, owner), (_, status), _] = of_system(release);
        transaction
            .execute(
                "UPDATE releases_v1 SET body = $1, name = $2, version = $3, status = $4, owner = $5, modifiedAt = $6 \
                 WHERE key = $7 AND namespace = $8",
                &[&body, &name, &number(release.version), &status, &owner, &now(), &key, &namespace],
            )
            .map_err(|error| failed(&error))?;
        // A lease belongs to the body that it was written with: without a new one it is void.
        if let Some(lease) = lease {
            leases::write(&mut transaction, (&key, &namespace), lease)?;
        }
        transaction.commit().map_err(|error| failed(&error))
    }

    fn get(&self, name: &str, revision: i64) -> Result<Record, StorageError> {
        let (key, namespace) = (key(name, revision), self.namespace());
        let mut client = self.client.borrow_mut();
        let row =
            client.query_opt("SELECT body FROM releases_v1 WHERE key = $1 AND namespace = $2", &[&key, &namespace]);
        // Helm calls every fault of this query so.
        let row = row.ok().flatten().ok_or(StorageError::NotFound)?;
        let release = decode(row.get::<_, &str>(0).as_bytes())?;
        let labels = labels(&mut client, &key, &namespace)?;
        let lease = self.leases.read(&mut client, &key, &namespace)?;
        Ok(Record { release: Release { labels, ..release }, lease })
    }

    fn delete(&self, name: &str, revision: i64) -> Result<(), StorageError> {
        let (key, namespace) = (key(name, revision), self.namespace());
        let mut client = self.client.borrow_mut();
        let with_leases = self.leases.are_there(&mut client)?;
        let begun = client.transaction();
        let mut transaction =
            begun.map_err(|error| StorageError::other(format!("error beginning transaction: {}", text(&error))))?;
        let place: [&(dyn ToSql + Sync); 2] = [&key, &namespace];
        let deleted = transaction.execute("DELETE FROM releases_v1 WHERE key = $1 AND namespace = $2", &place);
        if deleted.map_err(|error| failed(&error))? == 0 {
            return Err(StorageError::NotFound);
        }
        let mut tables = vec!["custom_labels_v1"];
        tables.extend(with_leases.then_some(leases::TABLE));
        for table in tables {
            let query = format!("DELETE FROM {table} WHERE releaseKey = $1 AND releaseNamespace = $2");
            transaction.execute(&query, &place).map_err(|error| failed(&error))?;
        }
        transaction.commit().map_err(|error| failed(&error))
    }

    fn query(&self, query: Query<'_>) -> Result<Vec<Record>, StorageError> {
        let mut client = self.client.borrow_mut();
        let namespace = self.namespace();
        let mut records = Vec::new();
        for row in self.rows(&mut client, query)? {
            records.extend(self.record(&mut client, &row, &namespace)?);
        }
        if records.is_empty() { Err(StorageError::NotFound) } else { Ok(records) }
    }

    fn newest(&self, query: Query<'_>) -> Result<Option<Record>, StorageError> {
        Ok(self.query(query)?.into_iter().max_by_key(|record| record.release.version))
    }

    fn summaries(&self, name: Option<&str>, each: &mut dyn FnMut(Listed)) -> Result<(), StorageError> {
        let namespace = self.namespace();
        let mut client = self.client.borrow_mut();
        let mut labels = all_labels(&mut client, &namespace)?;
        let mut reader = SummaryReader::default();
        let mut transaction = client.transaction().map_err(|error| failed(&error))?;
        let portal = transaction
            .bind(
                "SELECT key, body FROM releases_v1 WHERE owner = 'helm' AND ($1 = '' OR namespace = $1) \
                 AND ($2 = '' OR name = $2)",
                &[&namespace, &name.unwrap_or_default()],
            )
            .map_err(|error| failed(&error))?;
        loop {
            let rows = transaction.query_portal(&portal, ROWS).map_err(|error| failed(&error))?;
            if rows.is_empty() {
                return Ok(());
            }
            for row in rows {
                let Ok(summary) = reader.read(row.get::<_, &str>(1).as_bytes()) else { continue };
                let mut labels = labels.remove(row.get::<_, &str>(0)).unwrap_or_default();
                labels.insert("name".to_owned(), summary.name.clone());
                labels.insert("owner".to_owned(), "helm".to_owned());
                labels.insert("status".to_owned(), summary.status.as_str().to_owned());
                labels.insert("version".to_owned(), summary.version.to_string());
                each(Listed { summary, labels, lease: None });
            }
        }
    }

    fn claim(&self, record: (&str, i64), seen: Option<&Lease>, lease: &Lease) -> Result<bool, StorageError> {
        let place = (key(record.0, record.1), self.namespace());
        self.leases.claim(&mut self.client.borrow_mut(), (&place.0, &place.1), seen, lease)
    }

    fn lease_writer(&self, name: &str, revision: i64) -> Result<Box<dyn LeaseWriter>, StorageError> {
        self.leases.ensure(&mut self.client.borrow_mut())?;
        let client = self.connection.open()?;
        Ok(Box::new(leases::Writer { client, key: key(name, revision), namespace: self.namespace() }))
    }
}

fn insert_labels(
    transaction: &mut Transaction<'_>,
    place: (&str, &str),
    release: &Release,
) -> Result<(), postgres::Error> {
    for (name, value) in of_user(release.labels.clone()) {
        transaction.execute(
            "INSERT INTO custom_labels_v1 (releaseKey, releaseNamespace, key, value) VALUES ($1, $2, $3, $4)",
            &[&place.0, &place.1, &name, &value],
        )?;
    }
    Ok(())
}

/// Reads the user's labels of a record.
fn labels(client: &mut Client, key: &str, namespace: &str) -> Result<BTreeMap<String, String>, StorageError> {
    let query = "SELECT key, value FROM custom_labels_v1 WHERE releaseKey = $1 AND releaseNamespace = $2";
    let rows = client.query(query, &[&key, &namespace]).map_err(|error| failed(&error))?;
    Ok(of_user(rows.iter().map(|row| (row.get(0), row.get(1))).collect()))
}

type LabelsByKey = BTreeMap<String, BTreeMap<String, String>>;

/// Reads the user's labels of all records of a namespace; as in Helm, of none when all namespaces are listed.
fn all_labels(client: &mut Client, namespace: &str) -> Result<LabelsByKey, StorageError> {
    let query = "SELECT releaseKey, key, value FROM custom_labels_v1 WHERE releaseNamespace = $1";
    let rows = client.query(query, &[&namespace]).map_err(|error| failed(&error))?;
    let mut all = LabelsByKey::new();
    for row in rows {
        all.entry(row.get(0)).or_default().insert(row.get(1), row.get(2));
    }
    Ok(all.into_iter().map(|(key, labels)| (key, of_user(labels))).collect())
}

/// Columns hold 32 bits.
fn number(number: i64) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// Seconds since 1970.
fn now() -> i32 {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    i32::try_from(seconds).unwrap_or(i32::MAX)
}

fn failed(error: &postgres::Error) -> StorageError {
    StorageError::other(text(error))
}

/// Returns the text of an error as lib/pq has it.
fn text(error: &postgres::Error) -> String {
    if let Some(said) = error.as_db_error() {
        return format!("pq: {} ({})", said.message(), said.code().code());
    }
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(link) = cause {
        text = link.to_string();
        cause = link.source();
    }
    match text.as_str() {
        "server does not support TLS" => "pq: SSL is not enabled on the server".to_owned(),
        _ => text,
    }
}
