//! Fetches all archives of an index that are not here: a few at a time, each on its own, so that a broken one stops no
//! other. What is here counts, whoever brought it: a round that was cut off goes on where it was.
//!
//! One thread walks through the index, one or more fetch what it finds, some check what came, one keeps what is sound;
//! between them are queues that are short, as what is in them takes memory.

use std::collections::HashSet;
use std::io;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chart_store::{Listed, names};
use repo::index::{Head, Index, Place};

use super::archive::{Fetched, Fetcher, Sound, Trouble};
use super::gather::{Ahead, Gathering};
use super::ours::Ours;
use super::queue::Queue;
use super::quiet::{stand_back, thread};
use super::state::State;
use super::upstream::{Remote, Upstream};

/// So many servers that are away in a row are one that is away: the round ends, and comes again later.
const AWAY: u32 = 16;
/// What was found in the index ahead of those who fetch it.
const AHEAD: usize = 64;
/// What came ahead of those who check it, and how long these wait for so much: one after the other costs less than each
/// on its own, as what checks is in the processor's memory then.
const FETCHED: usize = 16;
const BRIEF: Duration = Duration::from_millis(100);
/// Threads that check, at most.
const CHECKERS: usize = 4;
/// Packages that are kept together: they are written through to the disk once, and so are the pages that all of them
/// change.
const TOGETHER: usize = 128;
/// How long a package waits for others.
const PATIENCE: Duration = Duration::from_secs(1);

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
pub struct End {
    pub is_over: AtomicBool,
    /// Failures of servers without a success between them.
    pub away: AtomicU32,
    why: Mutex<Option<String>>,
}

impl End {
    pub fn set(&self, why: String) {
        self.why.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(why);
        self.is_over.store(true, Ordering::Relaxed);
    }
}

impl Round<'_> {
    /// Fetches what is missing; reports why not all of it was tried.
    pub fn run(&self, ours: Ours) -> Result<(), String> {
        let end = &End::default();
        let (mut kept, fetched) = (0, self.told().archives.fetched);
        let sound = &Queue::new(TOGETHER);
        std::thread::scope(|scope| {
            let keeper = thread().spawn_scoped(scope, move || self.keep(sound, end));
            let walked = keeper.and_then(|_| self.gather(ours, sound, end));
            sound.close();
            match walked {
                Ok(here) => kept = here,
                Err(error) => end.set(error.to_string()),
            }
        });
        match end.why.lock().unwrap_or_else(PoisonError::into_inner).take() {
            None => {
                let mut state = self.told();
                state.archives.kept = kept + state.archives.fetched - fetched;
                Ok(())
            }
            Some(why) => Err(self.upstream.hidden(&why)),
        }
    }

    /// Walks, fetches and checks; returns how much of the index was here.
    fn gather(&self, ours: Ours, sound: &Queue<Sound>, end: &End) -> io::Result<u64> {
        let [found, odd] = &[Queue::new(AHEAD), Queue::new(AHEAD)];
        let fetched = &Queue::new(FETCHED);
        std::thread::scope(|scope| {
            let checker = |_| thread().spawn_scoped(scope, move || self.check(fetched, sound, end));
            let checkers = (0..checkers()).map(checker).collect::<io::Result<Vec<_>>>();
            let walked = std::thread::scope(|scope| {
                let mut ahead = Ahead::new(Gathering { round: self, end, found, odd, fetched }, scope);
                let walked = checkers.and_then(|_| self.walk(ours, end, &mut ahead));
                found.close();
                walked
            });
            fetched.close();
            walked
        })
    }

    /// Goes through the index beside what is here; returns how much of it is.
    fn walk(&self, mut ours: Ours, end: &End, ahead: &mut Ahead<'_, '_, '_>) -> io::Result<u64> {
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
                if end.is_over.load(Ordering::Relaxed) {
                    return Ok(here);
                }
                if (self.is_stopping)() {
                    return Err(io::Error::other("the server stops"));
                }
                self.take(head.name, &version, &place, ahead)?;
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

    fn take(&self, name: &str, version: &str, place: &Place, ahead: &mut Ahead<'_, '_, '_>) -> io::Result<()> {
        let item = self.index.item(place).map_err(|error| io::Error::other(error.text))?;
        match item.and_then(|item| self.upstream.remote(name, version, &item)) {
            None => {
                let error = "the index has no address for it that can be fetched".to_owned();
                self.told().archives.failures.add(&format!("{name}-{version}.tgz"), error, self.pause);
            }
            Some(remote) if self.told().archives.failures.is_due(&remote.file) => ahead.put(remote)?,
            Some(_) => {}
        }
        Ok(())
    }

    /// Checks what came until nothing comes any more.
    fn check(&self, fetched: &Queue<Fetched>, sound: &Queue<Sound>, end: &End) {
        stand_back();
        loop {
            let bodies = fetched.take_all(BRIEF);
            if bodies.is_empty() {
                return;
            }
            for Fetched { remote, body } in bodies {
                match self.fetcher.check(&remote, body) {
                    Ok(checked) => sound.put(Sound { remote, checked }),
                    Err(trouble) => self.failed(&remote, &trouble, end),
                }
            }
        }
    }

    /// Keeps what is sound until nothing comes any more.
    fn keep(&self, sound: &Queue<Sound>, end: &End) {
        stand_back();
        loop {
            let packages = sound.take_all(PATIENCE);
            if packages.is_empty() {
                return;
            }
            match self.fetcher.keep_all(self.tenant, packages) {
                Ok(kept) => kept.iter().for_each(|(remote, kept)| match kept {
                    Ok(bytes) => self.kept(remote, *bytes),
                    Err(trouble) => self.failed(remote, trouble, end),
                }),
                Err(error) => end.set(error.to_string()),
            }
        }
    }

    fn kept(&self, remote: &Remote, bytes: u64) {
        let archives = &mut self.told().archives;
        archives.kept += 1;
        archives.fetched += 1;
        archives.bytes += bytes;
        archives.failures.remove(&remote.file);
    }

    pub fn failed(&self, remote: &Remote, trouble: &Trouble, end: &End) {
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
        self.told().archives.failures.add(&remote.file, text, self.pause);
    }

    pub fn told(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Half of the processors: requests, and those who fetch, need some too.
fn checkers() -> usize {
    std::thread::available_parallelism().map_or(1, |processors| (processors.get() / 2).clamp(1, CHECKERS))
}
