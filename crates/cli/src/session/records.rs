//! The records as operations see them.

use action::{Missing, NotRecorded};
use gostd::GoError;
use release::Release;
use storage::{Storage, StorageError};

pub struct Stored<'a>(pub &'a Storage);

fn not_recorded(error: StorageError) -> NotRecorded {
    let missing = match &error {
        StorageError::NotFound => Missing::Release,
        StorageError::NoDeployed(_) => Missing::Deployed,
        _ => Missing::Nothing,
    };
    NotRecorded { missing, error: GoError::from(error) }
}

impl action::Records for Stored<'_> {
    fn get(&self, name: &str, revision: i64) -> Result<Release, NotRecorded> {
        self.0.get(name, revision).map_err(not_recorded)
    }

    fn last(&self, name: &str) -> Result<Release, NotRecorded> {
        self.0.last(name).map_err(not_recorded)
    }

    fn deployed(&self, name: &str) -> Result<Release, NotRecorded> {
        self.0.deployed(name).map_err(not_recorded)
    }

    fn deployed_all(&self, name: &str) -> Result<Vec<Release>, NotRecorded> {
        self.0.deployed_all(name).map_err(not_recorded)
    }

    fn history(&self, name: &str) -> Result<Vec<Release>, NotRecorded> {
        self.0.history(name).map_err(not_recorded)
    }

    fn create(&self, release: &Release) -> Result<(), NotRecorded> {
        self.0.create(release).map_err(not_recorded)
    }

    fn update(&self, release: &Release) -> Result<(), NotRecorded> {
        self.0.update(release).map_err(not_recorded)
    }

    fn delete(&self, name: &str, revision: i64) -> Result<(), NotRecorded> {
        self.0.delete(name, revision).map_err(not_recorded)
    }

    fn kept_in(&self) -> Option<&'static str> {
        match self.0.driver().name() {
            "Secret" => Some("secrets"),
            "ConfigMap" => Some("configmaps"),
            _ => None,
        }
    }
}
