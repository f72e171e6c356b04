//! What one group of threads hands to another. Who waits is woken when there is something to do for a while, not for each
//! thing: to wake a thread costs more than most of what is handed over.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Things on their way.
pub struct Queue<T> {
    state: Mutex<State<T>>,
    filled: Condvar,
    emptied: Condvar,
    limit: usize,
}

struct State<T> {
    things: VecDeque<T>,
    /// Nothing comes any more.
    is_closed: bool,
    /// Threads that wait for things, and for how many.
    takers: usize,
    wanted: usize,
    /// Threads that wait for room.
    givers: usize,
}

impl<T> Queue<T> {
    /// Makes a queue for at most so many things.
    pub fn new(limit: usize) -> Self {
        let state = State { things: VecDeque::new(), is_closed: false, takers: 0, wanted: 1, givers: 0 };
        Queue { state: Mutex::new(state), filled: Condvar::new(), emptied: Condvar::new(), limit }
    }

    /// Hands something over. Where there is no room, waits until half of it is free.
    pub fn put(&self, thing: T) {
        let mut state = self.locked();
        if state.things.len() >= self.limit {
            state.givers += 1;
            while state.things.len() > self.limit / 2 {
                state = self.emptied.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            state.givers -= 1;
        }
        state.things.push_back(thing);
        if state.takers > 0 && state.things.len() >= state.wanted {
            self.filled.notify_one();
        }
    }

    /// Says that nothing comes any more.
    pub fn close(&self) {
        self.locked().is_closed = true;
        self.filled.notify_all();
    }

    /// Waits for something; none when nothing comes any more.
    pub fn take(&self) -> Option<T> {
        let mut state = self.wait(self.locked(), 1, None);
        let thing = state.things.pop_front();
        self.tell_givers(&state);
        thing
    }

    /// Waits for something, and then until there is no room or a time is over; nothing when nothing comes any more.
    pub fn take_all(&self, patience: Duration) -> VecDeque<T> {
        let state = self.wait(self.locked(), 1, None);
        let mut state = self.wait(state, self.limit, Some(Instant::now() + patience));
        let things = std::mem::take(&mut state.things);
        self.tell_givers(&state);
        things
    }

    /// Waits until there are so many things, nothing comes any more, or the time is over.
    fn wait<'a>(
        &'a self,
        mut state: MutexGuard<'a, State<T>>,
        wanted: usize,
        deadline: Option<Instant>,
    ) -> MutexGuard<'a, State<T>> {
        state.takers += 1;
        while state.things.len() < wanted && !state.is_closed {
            state.wanted = wanted;
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            state = match left {
                Some(Duration::ZERO) => break,
                Some(left) => self.filled.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0,
                None => self.filled.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
        state.takers -= 1;
        state
    }

    fn tell_givers(&self, state: &State<T>) {
        if state.givers > 0 && state.things.len() <= self.limit / 2 {
            self.emptied.notify_all();
        }
    }

    fn locked(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(600);

    #[test]
    fn everything_arrives_once() {
        let queue = &Queue::new(4);
        let sums = std::thread::scope(|scope| {
            let takers: Vec<_> =
                (0..3).map(|_| scope.spawn(move || std::iter::from_fn(|| queue.take()).sum::<u64>())).collect();
            let givers: Vec<_> =
                (0..3).map(|_| scope.spawn(move || (0..1000).for_each(|number| queue.put(number)))).collect();
            givers.into_iter().for_each(|giver| giver.join().expect("it gives"));
            queue.close();
            takers.into_iter().map(|taker| taker.join().expect("it takes")).sum::<u64>()
        });
        assert_eq!(sums, 3 * 499_500);
    }

    #[test]
    fn what_comes_together_is_taken_together() {
        let queue = &Queue::new(8);
        let sizes = std::thread::scope(|scope| {
            let taker = scope.spawn(move || {
                let all = std::iter::from_fn(|| Some(queue.take_all(LONG)).filter(|things| !things.is_empty()));
                all.map(|things| things.len()).collect::<Vec<_>>()
            });
            (0..19).for_each(|number| queue.put(number));
            queue.close();
            taker.join().expect("it takes")
        });
        assert_eq!(sizes, [8, 8, 3]);
    }

    #[test]
    fn patience_ends() {
        let queue = Queue::new(8);
        queue.put(1);
        assert_eq!(queue.take_all(Duration::from_millis(1)), [1]);
    }
}
