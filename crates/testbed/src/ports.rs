//! Free ports for the parts of a cluster.
//!
//! They lie below the range that the system gives to outgoing connections: one from there could be taken by a connection
//! while a part is down, even by the one that asks whether the part is back. Two clusters that start at once may still
//! choose the same port; the one that loses starts again with others.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::net::{Ipv4Addr, TcpListener};

const LOWEST: u16 = 12_000;
/// Linux gives ports from 32,768 on to connections; node ports of Services, which nobody serves here, begin at 30,000.
const COUNT: u16 = 18_000;
/// So many tries find a port even where half of them are taken.
const TRIES: usize = 1000;

/// The ports of one cluster, each on 127.0.0.1.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    pub etcd: u16,
    pub etcd_peer: u16,
    pub server: u16,
    pub kubelet: u16,
}

impl Ports {
    /// Chooses ports that nobody listens at now.
    pub fn free() -> Result<Ports, String> {
        let mut chosen = BTreeSet::new();
        let mut next = || {
            let port = another_port(&chosen)?;
            chosen.insert(port);
            Ok::<u16, String>(port)
        };
        Ok(Ports { etcd: next()?, etcd_peer: next()?, server: next()?, kubelet: next()? })
    }
}

/// Returns a port of 127.0.0.1 that nobody listens at now.
///
/// # Errors
/// That there is none.
pub fn free_port() -> Result<u16, String> {
    another_port(&BTreeSet::new())
}

fn another_port(taken: &BTreeSet<u16>) -> Result<u16, String> {
    // Each state of the standard hash map is keyed at random.
    let start = RandomState::new().hash_one(0);
    let candidates = (0..TRIES as u64).map(|step| LOWEST + (start.wrapping_add(step * 7) % u64::from(COUNT)) as u16);
    candidates
        .filter(|port| !taken.contains(port))
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .ok_or_else(|| "no free port between 12000 and 30000".to_string())
}

/// Whether a part failed because another process took its port meanwhile.
pub fn is_conflict(error: &str) -> bool {
    // PostgreSQL begins it with a capital letter.
    error.to_ascii_lowercase().contains("address already in use")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_differ_and_are_free() {
        let ports = Ports::free().expect("ports");
        let all = [ports.etcd, ports.etcd_peer, ports.server, ports.kubelet];
        assert_eq!(BTreeSet::from(all).len(), all.len());
        for port in all {
            TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("a free port");
        }
    }
}
