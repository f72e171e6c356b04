//! From the name in `HELM_DRIVER` to a storage (`pkg/action/action.go`).

use std::sync::Arc;

use gostd::{GoError, strconv};

use crate::objects::{Api, Kind, Objects};
use crate::{Memory, Sql, Storage};

/// Where records are looked for.
pub struct Place<'a> {
    /// Empty for all, which only lists can use.
    pub namespace: &'a str,
    /// The way to the cluster; not used by other drivers.
    pub api: Arc<dyn Api>,
    /// `HELM_DRIVER_SQL_CONNECTION_STRING`.
    pub sql_connection: &'a str,
}

/// Opens the storage of a driver: `secret` (also for an empty name), `configmap`, their plurals, `memory`, `sql`.
///
/// # Errors
/// `unknown driver "x"`, `unable to instantiate SQL driver: …`.
pub fn open(driver: &str, place: &Place<'_>) -> Result<Storage, GoError> {
    let objects = |kind| Storage::new(Box::new(Objects::new(kind, place.api.clone(), place.namespace)));
    match driver {
        "secret" | "secrets" | "" => Ok(objects(Kind::Secret)),
        "configmap" | "configmaps" => Ok(objects(Kind::ConfigMap)),
        "memory" => Ok(Storage::new(Box::new(Memory::new(place.namespace)))),
        "sql" => match Sql::connect(place.sql_connection, place.namespace) {
            Ok(sql) => Ok(Storage::new(Box::new(sql))),
            Err(error) => Err(GoError::wrap(format!("unable to instantiate SQL driver: {}", error.text), error)),
        },
        _ => {
            let name = strconv::quote(driver.as_bytes());
            Err(GoError::new(format!("unknown driver {}", String::from_utf8_lossy(&name))))
        }
    }
}
