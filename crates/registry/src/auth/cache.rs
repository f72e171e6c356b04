//! Remembers how each registry wants to be asked, and the tokens that it took (`registry/remote/auth/cache.go`).

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Scheme {
    Basic,
    Bearer,
}

/// What is known of one registry: headers by the scopes that they are for. A user and a password are for all.
struct Known {
    scheme: Scheme,
    headers: BTreeMap<String, String>,
}

#[derive(Default)]
pub struct Cache {
    hosts: Mutex<BTreeMap<String, Known>>,
}

impl Cache {
    /// Returns the header to send along.
    pub fn get(&self, host: &str, scopes: &[String]) -> Option<String> {
        let hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let known = hosts.get(host)?;
        known.headers.get(&key(known.scheme, scopes)).cloned()
    }

    /// Keeps a header; another scheme than before forgets all of the host.
    pub fn set(&self, host: &str, scheme: Scheme, scopes: &[String], header: &str) {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let known = hosts.entry(host.to_owned()).or_insert(Known { scheme, headers: BTreeMap::new() });
        if known.scheme != scheme {
            *known = Known { scheme, headers: BTreeMap::new() };
        }
        known.headers.insert(key(scheme, scopes), header.to_owned());
    }
}

fn key(scheme: Scheme, scopes: &[String]) -> String {
    match scheme {
        Scheme::Basic => String::new(),
        Scheme::Bearer => scopes.join(" "),
    }
}
