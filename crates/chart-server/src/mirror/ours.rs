//! The versions that a tenant has, chart by chart beside the charts of another index. Waits for the rows: for threads that
//! may wait.

use std::collections::VecDeque;

use bytes::Bytes;
use chart_store::{Error, Listed, Store};

use super::quiet::Passage;

/// What of a version is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    Names,
    Entries,
}

/// Goes through the versions in the order of their charts' names.
pub struct Ours {
    store: Store,
    tenant: String,
    passage: Passage,
    detail: Detail,
    page: VecDeque<Listed>,
    /// Where the next page begins; none at the end.
    after: Option<(String, String)>,
}

impl Ours {
    /// Starts at the first chart.
    pub fn new(store: &Store, tenant: &str, passage: Passage, detail: Detail) -> Self {
        let after = Some(Default::default());
        Ours { store: store.clone(), tenant: tenant.to_owned(), passage, detail, page: VecDeque::new(), after }
    }

    /// Returns the versions of the next chart if its name comes before another one; of the next chart at all without one.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn before(&mut self, name: Option<&str>) -> Result<Option<(String, Vec<Listed>)>, Error> {
        let next = self.peek()?.map(|listed| listed.name.clone());
        match next.filter(|next| name.is_none_or(|name| next.as_str() < name)) {
            None => Ok(None),
            Some(next) => self.of(&next).map(|versions| Some((next, versions))),
        }
    }

    /// Returns the versions of a chart, if it is the next one.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn of(&mut self, name: &str) -> Result<Vec<Listed>, Error> {
        let mut versions = Vec::new();
        while self.peek()?.is_some_and(|listed| listed.name == name) {
            versions.extend(self.page.pop_front());
        }
        Ok(versions)
    }

    /// Returns the item of a version whose text did not come with it; none if it has gone.
    ///
    /// # Errors
    /// The rows cannot be read.
    pub fn entry(&self, name: &str, version: &str) -> Result<Option<Bytes>, Error> {
        self.passage.wait(self.store.entry(&self.tenant, name, version))
    }

    fn peek(&mut self) -> Result<Option<&Listed>, Error> {
        if self.page.is_empty()
            && let Some((name, version)) = self.after.take()
        {
            let after = (name.as_str(), version.as_str());
            let page = match self.detail {
                Detail::Names => self.passage.wait(self.store.names(&self.tenant, after)),
                Detail::Entries => self.passage.wait(self.store.entries(&self.tenant, after)),
            };
            self.page = page?.into();
            self.after = self.page.back().map(|last| (last.name.clone(), last.version.clone()));
        }
        Ok(self.page.front())
    }
}
