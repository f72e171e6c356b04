//! Fetches all archives of an index that are not here: a few at a time, each on its own, so that a broken one stops no
//! other. What is here counts, whoever brought it: a round that was cut off goes on where it was.

use std::collections::HashSet;
use std::io;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, Scope};
use std::time::Duration;

use chart_store::{Listed, names};
use repo::index::{Head, Index, Place};

use super::archive::{Fetcher, Trouble};
use super::ours::Ours;
use super::quiet::stand_back;
use super::state::State;
use super::upstream::{Remote, Upstream};

/// Archives on their way at a time.
const AT_ONCE: usize = 16;
/// So many servers that are away in a row are one that is away: the round ends, and comes again later.
const AWAY: u32 = 2 * AT_ONCE as u32;
/// What a round works on.
pub struct Round<'a> {
    pub tenant: &'a str,
    pub upstream: &'a Upstream,
    pub index: &'a Index,
    pub fetcher: &'a Fetcher,
    pub state: &'a Mutex<State>,
    /// The pause after a first failure.
    pub pause: Duration,
    /// The server goes down.
    pub is_stopping: &'a (dyn Fn() -> bool + Sync),
}

/// Why a round ended early.
#[derive(Default)]
struct End {
    is_over: AtomicBool,
    /// Failures of servers without a success between them.
    away: AtomicU32,
    why: Mutex<Option<String>>,
}

impl End {
    fn set(&self, why: String) {
        self.why.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
        self.is_over.store(true, Ordering::Relaxed);
    }
}

impl Round<'_> {
    /// Fetches what is missing; reports why not all of it was tried.
    pub fn run(&self, ours: Ours) -> Result<(), String> {
        let end = End::default();
        let (mut kept, fetched) = (0, self.told().archives.fetched);
        let (jobs, queue) = sync_channel(AT_ONCE);
        let queue = Mutex::new(queue);
        std::thread::scope(|scope| {
            let mut hands = Hands { round: self, scope, end: &end, queue: &queue, jobs, count: 0 };
            match self.walk(ours, &mut hands) {
                Ok(here) => kept = here,
                Err(error) => end.set(error.to_string()),
            }
        });
        match end.why.into_inner().unwrap_or_else(PoisonError::into_inner) {
            None => {
                let mut state = self.told();
                state.archives.kept = kept + state.archives.fetched - fetched;
                Ok(())
            }
            Some(why) => Err(self.upstream.hidden(&why)),
        }
    }

    /// Goes through the index beside what is here; returns how much of it is.
    fn walk(&self, mut ours: Ours, hands: &mut Hands<'_, '_, '_>) -> io::Result<u64> {
        let counts_kept = !self.told().archives.is_complete;
        let mut here = 0;
        for head in self.index.catalogue().heads() {
            while ours.before(Some(head.name)).map_err(io::Error::other)?.is_some() {}
            let own = ours.of(head.name).map_err(io::Error::other)?;
            let (kept, missing) = self.missing(&head, &own)?;
            here += kept;
            if counts_kept {
                self.told().archives.kept += kept;
            }
            self.forget_failures(&own);
            for (version, place) in missing {
                if hands.end.is_over.load(Ordering::Relaxed) {
                    return Ok(here);
                }
                if (self.is_stopping)() {
                    return Err(io::Error::other("the server stops"));
                }
                self.take(head.name, &version, &place, hands)?;
            }
        }
        Ok(here)
    }

    /// What came in another way did not fail.
    fn forget_failures(&self, here: &[Listed]) {
        let mut state = self.told();
        if state.archives.failures.len() > 0 {
            let files = here.iter().filter_map(|own| names::file(&own.name, &own.version).ok());
            files.for_each(|file| state.archives.failures.remove(&file));
        }
    }

    /// Returns how many versions of a chart are here, and the others, each once.
    fn missing(&self, head: &Head<'_>, own: &[Listed]) -> io::Result<(u64, Vec<(String, Place)>)> {
        let here: HashSet<&str> = own.iter().map(|listed| listed.version.as_str()).collect();
        let (mut kept, mut missing, mut seen) = (0, Vec::new(), HashSet::new());
        self.index.catalogue().each_row(head, |row| {
            if here.contains(row.version) {
                kept += 1;
            } else if seen.insert(row.version.to_owned()) {
                missing.push((row.version.to_owned(), row.place));
            }
            ControlFlow::<()>::Continue(())
        })?;
        Ok((kept, missing))
    }

    fn take(&self, name: &str, version: &str, place: &Place, hands: &mut Hands<'_, '_, '_>) -> io::Result<()> {
        let item = self.index.item(place).map_err(|error| io::Error::other(error.text))?;
        match item.and_then(|item| self.upstream.remote(name, version, &item)) {
            None => {
                let error = "the index has no address for it that can be fetched".to_owned();
                self.told().archives.failures.add(&format!("{name}-{version}.tgz"), error, self.pause);
            }
            Some(remote) if self.told().archives.failures.is_due(&remote.file) => hands.give(remote)?,
            Some(_) => {}
        }
        Ok(())
    }

    /// Fetches what comes until nothing comes any more.
    fn work(&self, queue: &Mutex<Receiver<Remote>>, end: &End) {
        stand_back();
        loop {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(remote) = next else { return };
            // What is still in the queue is taken out, so that nobody waits to put something into it.
            if !end.is_over.load(Ordering::Relaxed) {
                self.one(&remote, end);
            }
        }
    }

    fn one(&self, remote: &Remote, end: &End) {
        let fetched = self.fetcher.package(self.tenant, remote);
        let mut state = self.told();
        state.requests += 1;
        let trouble = match fetched {
            Ok(bytes) => {
                end.away.store(0, Ordering::Relaxed);
                state.archives.kept += 1;
                state.archives.fetched += 1;
                state.archives.bytes += bytes;
                state.archives.failures.remove(&remote.file);
                return;
            }
            Err(trouble) => trouble,
        };
        let text = self.upstream.hidden(&trouble.text());
        match trouble {
            // The next archive would find the same disk.
            Trouble::Ours(_) => return end.set(text),
            Trouble::Away(_) if end.away.fetch_add(1, Ordering::Relaxed) + 1 >= AWAY => {
                end.set(format!("{AWAY} requests in a row failed, the last one: {text}"));
            }
            Trouble::Away(_) => {}
            Trouble::Bad(_) => end.away.store(0, Ordering::Relaxed),
        }
        state.archives.failures.add(&remote.file, text, self.pause);
    }

    fn told(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Threads that fetch, as many as there is work for.
struct Hands<'scope, 'env, 'a> {
    round: &'env Round<'a>,
    scope: &'scope Scope<'scope, 'env>,
    end: &'env End,
    queue: &'env Mutex<Receiver<Remote>>,
    jobs: SyncSender<Remote>,
    count: usize,
}

impl Hands<'_, '_, '_> {
    /// Hands something over as soon as somebody has time for it.
    fn give(&mut self, remote: Remote) -> io::Result<()> {
        if self.count < AT_ONCE {
            let (round, queue, end) = (self.round, self.queue, self.end);
            let builder = Builder::new().name("mirror".to_owned()).stack_size(crate::server::STACK_BYTES);
            builder.spawn_scoped(self.scope, move || round.work(queue, end))?;
            self.count += 1;
        }
        self.jobs.send(remote).map_err(io::Error::other)
    }
}
