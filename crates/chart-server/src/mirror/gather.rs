//! Brings the archives that a round found to those who check them: over connections that one thread drives, and what does
//! not come so without ado by threads of its own.

use std::cell::{Cell, RefCell};
use std::io;
use std::ops::RangeInclusive;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::thread::Scope;
use std::time::Duration;

use chart_store::Spooled;
use futures_util::future::join_all;
use tokio::time::sleep;

use super::archive::{Fetched, Trouble};
use super::lane::{self, Lane, TICK, Tls};
use super::queue::Queue;
use super::quiet::{stand_back, thread};
use super::state::State;
use super::sync::{End, Round};
use super::upstream::Remote;

/// Archives on their way at a time: with more, requests wait longer where the server has two processors. As many small
/// ones as come together to so many bytes, as with these the time goes by with waiting for the upstream.
const AT_ONCE: RangeInclusive<u64> = 8..=32;
const AT_ONCE_BYTES: u64 = 512 << 10;
/// How long a connection that there are not bytes for yet waits for them.
const BRIEF: Duration = Duration::from_millis(100);
/// So many more archives may come with ado than without; after that all are taken for such, as each is asked for twice.
const ODD: u64 = 8;

/// Archives from where they are found to where they are checked.
#[derive(Clone, Copy)]
pub struct Gathering<'env, 'a> {
    pub round: &'env Round<'a>,
    pub end: &'env End,
    pub found: &'env Queue<Remote>,
    /// What does not come without ado.
    pub odd: &'env Queue<Remote>,
    pub fetched: &'env Queue<Fetched>,
}

/// What was found, and who fetches it: nobody until there is something.
pub struct Ahead<'scope, 'env, 'a> {
    gathering: Gathering<'env, 'a>,
    scope: &'scope Scope<'scope, 'env>,
    has_begun: bool,
}

impl<'scope, 'env, 'a> Ahead<'scope, 'env, 'a> {
    pub fn new(gathering: Gathering<'env, 'a>, scope: &'scope Scope<'scope, 'env>) -> Self {
        Ahead { gathering, scope, has_begun: false }
    }

    /// Hands something over as soon as there is room for it.
    ///
    /// # Errors
    /// The system has no more threads.
    pub fn put(&mut self, remote: Remote) -> io::Result<()> {
        if !self.has_begun {
            let hands = Hands { gathering: self.gathering, scope: self.scope, count: 0 };
            thread().spawn_scoped(self.scope, move || hands.gathering.drive(hands))?;
            self.has_begun = true;
        }
        self.gathering.found.put(remote);
        Ok(())
    }
}

impl<'env, 'a> Gathering<'env, 'a> {
    /// Fetches what is found until nothing comes any more.
    fn drive(self, hands: Hands<'_, 'env, 'a>) {
        stand_back();
        match lane::runtime() {
            Ok(runtime) => {
                let drive = Drive { hands: RefCell::new(hands), tls: Tls::default(), odd: Cell::new(ODD) };
                runtime.block_on(join_all((0..*AT_ONCE.end()).map(|number| self.go(number, &drive))));
            }
            Err(error) => {
                self.end.set(error.to_string());
                // So that nobody waits to put something into it.
                while self.found.take().is_some() {}
            }
        }
        self.odd.close();
    }

    /// Fetches over one connection.
    async fn go(self, number: u64, drive: &Drive<'_, 'env, 'a>) {
        while number >= at_once(&self.round.told()) {
            if self.found.is_over() {
                return;
            }
            // Nothing tells when the size of what came makes room for one more.
            sleep(BRIEF).await;
        }
        let mut lane = Lane::new(self.round.fetcher, &drive.tls);
        loop {
            match self.found.look() {
                Poll::Ready(None) => return,
                // What is still in the queue is taken out, so that nobody waits to put something into it.
                Poll::Ready(Some(_)) if self.end.is_over.load(Ordering::Relaxed) => {}
                Poll::Ready(Some(remote)) => self.bring(remote, &mut lane, drive).await,
                // Who puts something in is a thread that reads the index; being woken for each would cost what TICK saves.
                Poll::Pending => sleep(TICK).await,
            }
        }
    }

    async fn bring(self, remote: Remote, lane: &mut Lane<'_>, drive: &Drive<'_, 'env, 'a>) {
        let body = if drive.odd.get() == 0 { Ok(None) } else { self.round.fetch_over(lane, &remote).await };
        // Others went on meanwhile.
        let odd = drive.odd.get();
        match body.transpose() {
            Some(body) => {
                drive.odd.set(odd.saturating_add(1));
                self.came(remote, body);
            }
            None => {
                drive.odd.set(odd.saturating_sub(1));
                if let Err(error) = drive.hands.borrow_mut().give(remote) {
                    self.end.set(error.to_string());
                }
            }
        }
    }

    /// Fetches what does not come without ado until nothing comes any more.
    fn work(self) {
        stand_back();
        while let Some(remote) = self.odd.take() {
            if self.end.is_over.load(Ordering::Relaxed) {
                continue;
            }
            let body = self.round.fetcher.fetch(&remote);
            self.round.told().requests += 1;
            self.came(remote, body);
        }
    }

    fn came(self, remote: Remote, body: Result<Spooled, Trouble>) {
        match body {
            Ok(body) => {
                self.end.away.store(0, Ordering::Relaxed);
                self.fetched.put(Fetched { remote, body });
            }
            Err(trouble) => self.round.failed(&remote, &trouble, self.end),
        }
    }
}

impl Round<'_> {
    async fn fetch_over(&self, lane: &mut Lane<'_>, remote: &Remote) -> Result<Option<Spooled>, Trouble> {
        let body = self.fetcher.fetch_over(lane, remote).await;
        self.told().requests += std::mem::take(&mut lane.requests);
        body
    }
}

/// What the connections of a round share.
struct Drive<'scope, 'env, 'a> {
    hands: RefCell<Hands<'scope, 'env, 'a>>,
    tls: Tls,
    /// How many more may come with ado.
    odd: Cell<u64>,
}

/// Threads that fetch what does not come without ado, as many as there is work for, and may be.
struct Hands<'scope, 'env, 'a> {
    gathering: Gathering<'env, 'a>,
    scope: &'scope Scope<'scope, 'env>,
    count: u64,
}

impl Hands<'_, '_, '_> {
    /// Hands something over as soon as there is room for it.
    fn give(&mut self, remote: Remote) -> io::Result<()> {
        let gathering = self.gathering;
        if self.count < at_once(&gathering.round.told()) {
            thread().spawn_scoped(self.scope, move || gathering.work())?;
            self.count += 1;
        }
        gathering.odd.put(remote);
        Ok(())
    }
}

/// Returns how many archives may be on their way, by the size of those that came. Who has begun goes on to the end of the
/// round.
fn at_once(state: &State) -> u64 {
    let archives = &state.archives;
    let small = archives.fetched.saturating_mul(AT_ONCE_BYTES).checked_div(archives.bytes);
    small.unwrap_or_default().clamp(*AT_ONCE.start(), *AT_ONCE.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_small_archives_and_few_large_ones_are_on_their_way() {
        for (fetched, bytes, count) in [(0, 0, 8), (10, 10 << 10, 32), (10, 480 << 10, 10), (10, 10 << 20, 8)] {
            let mut state = State::default();
            (state.archives.fetched, state.archives.bytes) = (fetched, bytes);
            assert_eq!(at_once(&state), count, "{fetched} of {bytes} bytes");
        }
    }
}
