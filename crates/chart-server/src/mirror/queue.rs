//! What one group of threads hands to another. Who waits is woken when there is something to do for a while, not for each
//! thing: to wake a thread costs more than most of what is handed over.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

/// Bytes of what waits in a queue before it is full, however few things that are; the last one may go beyond.
const LIMIT_BYTES: usize = 4 << 20;

/// A thing that takes memory while it waits.
pub trait Weighed {
    fn memory_bytes(&self) -> usize;
}

/// Things on their way.
pub struct Queue<T> {
    state: Mutex<State<T>>,
    /// There is a first thing.
    begun: Condvar,
    /// There is no more room.
    filled: Condvar,
    emptied: Condvar,
    limit: usize,
}

struct State<T> {
    things: VecDeque<T>,
    /// What the things weigh together.
    bytes: usize,
    /// Nothing comes any more.
    is_closed: bool,
    /// Threads that wait for a first thing.
    takers: usize,
    /// A thread that has a first thing waits for more; others leave them to it.
    is_gathered: bool,
    /// Threads that wait for room.
    givers: usize,
}

impl<T: Weighed> Queue<T> {
    /// Makes a queue for at most so many things, and fewer of large ones.
    pub fn new(limit: usize) -> Self {
        let state =
            State { things: VecDeque::new(), bytes: 0, is_closed: false, takers: 0, is_gathered: false, givers: 0 };
        let [begun, filled, emptied] = std::array::from_fn(|_| Condvar::new());
        Queue { state: Mutex::new(state), begun, filled, emptied, limit }
    }

    /// Hands something over. Where there is no room, waits until half of it is free, or more is wanted at once.
    pub fn put(&self, thing: T) {
        let mut state = self.locked();
        if self.is_full(&state) {
            state.givers += 1;
            while !self.has_room(&state) {
                state = self.emptied.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            state.givers -= 1;
        }
        state.bytes += thing.memory_bytes();
        state.things.push_back(thing);
        if state.is_gathered {
            if self.is_full(&state) {
                self.filled.notify_one();
            }
        } else if state.takers > 0 {
            self.begun.notify_one();
        }
    }

    /// Says that nothing comes any more.
    pub fn close(&self) {
        self.locked().is_closed = true;
        self.begun.notify_all();
        self.filled.notify_all();
    }

    /// Waits for something; none when nothing comes any more.
    pub fn take(&self) -> Option<T> {
        let mut state = self.first();
        let thing = state.pop();
        self.tell_givers(&state);
        thing
    }

    /// Returns something without waiting for it; none when nothing comes any more.
    pub fn look(&self) -> Poll<Option<T>> {
        let mut state = self.locked();
        match state.pop() {
            None if state.is_closed => Poll::Ready(None),
            None => Poll::Pending,
            thing => {
                self.tell_givers(&state);
                Poll::Ready(thing)
            }
        }
    }

    /// Reports whether nothing is there, nor comes any more.
    pub fn is_over(&self) -> bool {
        let state = self.locked();
        state.is_closed && state.things.is_empty()
    }

    /// Waits for something, and then until there is no room or a time is over; nothing when nothing comes any more.
    pub fn take_all(&self, patience: Duration) -> VecDeque<T> {
        let mut state = self.first();
        let deadline = Instant::now() + patience;
        state.is_gathered = true;
        self.tell_givers(&state);
        while !self.is_full(&state) && !state.is_closed {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = self.filled.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.is_gathered = false;
        state.bytes = 0;
        let things = std::mem::take(&mut state.things);
        self.tell_givers(&state);
        things
    }

    /// Waits until there is something that nobody gathers, or nothing comes any more.
    fn first(&self) -> MutexGuard<'_, State<T>> {
        let mut state = self.locked();
        state.takers += 1;
        while (state.things.is_empty() || state.is_gathered) && !state.is_closed {
            state = self.begun.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.takers -= 1;
        state
    }

    fn tell_givers(&self, state: &State<T>) {
        if state.givers > 0 && self.has_room(state) {
            self.emptied.notify_all();
        }
    }

    fn is_full(&self, state: &State<T>) -> bool {
        state.things.len() >= self.limit || state.bytes >= LIMIT_BYTES
    }

    /// Reports whether those who waited for room go on.
    fn has_room(&self, state: &State<T>) -> bool {
        match state.is_gathered {
            true => !self.is_full(state),
            false => state.things.len() <= self.limit / 2 && state.bytes <= LIMIT_BYTES / 2,
        }
    }

    fn locked(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Weighed> State<T> {
    fn pop(&mut self) -> Option<T> {
        let thing = self.things.pop_front()?;
        self.bytes -= thing.memory_bytes();
        Some(thing)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::identity;

    use super::*;

    const LONG: Duration = Duration::from_secs(600);

    impl Weighed for u64 {
        fn memory_bytes(&self) -> usize {
            0
        }
    }

    /// A third of what a queue holds.
    struct Large(u64);

    impl Weighed for Large {
        fn memory_bytes(&self) -> usize {
            LIMIT_BYTES / 3 + 1
        }
    }

    /// Returns the sum of what three threads take while three others put the same thousand numbers.
    fn taken<T: Weighed + Send>(make: fn(u64) -> T, take: impl Fn(&Queue<T>) -> Vec<u64> + Sync) -> u64 {
        let (queue, take) = (&Queue::new(4), &take);
        std::thread::scope(|scope| {
            let all = move || std::iter::from_fn(|| Some(take(queue)).filter(|numbers| !numbers.is_empty()));
            let takers: Vec<_> = (0..3).map(|_| scope.spawn(move || all().flatten().sum::<u64>())).collect();
            let givers: Vec<_> =
                (0..3).map(|_| scope.spawn(move || (0..1000).for_each(|number| queue.put(make(number))))).collect();
            givers.into_iter().for_each(|giver| giver.join().expect("it gives"));
            queue.close();
            takers.into_iter().map(|taker| taker.join().expect("it takes")).sum::<u64>()
        })
    }

    /// Returns how many of some things are taken at a time from a queue for eight.
    fn gathered<T: Weighed + Send>(things: Vec<T>) -> Vec<usize> {
        let queue = &Queue::new(8);
        std::thread::scope(|scope| {
            let taker = scope.spawn(move || {
                let all = std::iter::from_fn(|| Some(queue.take_all(LONG)).filter(|things| !things.is_empty()));
                all.map(|things| things.len()).collect()
            });
            things.into_iter().for_each(|thing| queue.put(thing));
            queue.close();
            taker.join().expect("it takes")
        })
    }

    #[test]
    fn everything_arrives_once() {
        assert_eq!(taken(identity, |queue| queue.take().into_iter().collect()), 3 * 499_500);
        let looked = |queue: &Queue<u64>| loop {
            match queue.look() {
                Poll::Ready(number) => break number.into_iter().collect(),
                Poll::Pending => std::thread::yield_now(),
            }
        };
        assert_eq!(taken(identity, looked), 3 * 499_500);
        for patience in [Duration::ZERO, Duration::from_millis(1), LONG] {
            assert_eq!(taken(identity, |queue| queue.take_all(patience).into()), 3 * 499_500, "{patience:?}");
        }
    }

    #[test]
    fn what_comes_together_is_taken_together() {
        assert_eq!(gathered((0..19_u64).collect()), [8, 8, 3]);
    }

    #[test]
    fn who_looks_does_not_wait() {
        let queue = Queue::new(8);
        assert_eq!((queue.look(), queue.is_over()), (Poll::Pending, false));
        queue.put(1);
        queue.close();
        assert!(!queue.is_over());
        assert_eq!([queue.look(), queue.look()], [Poll::Ready(Some(1)), Poll::Ready(None)]);
        assert!(queue.is_over());
    }

    #[test]
    fn patience_ends() {
        let queue = Queue::new(8);
        queue.put(1);
        assert_eq!(queue.take_all(Duration::from_millis(1)), [1]);
    }

    #[test]
    fn of_large_things_there_are_few() {
        assert_eq!(gathered((0..7).map(Large).collect()), [3, 3, 1]);
        let one = |queue: &Queue<Large>| queue.take().into_iter().map(|Large(number)| number).collect();
        assert_eq!(taken(Large, one), 3 * 499_500);
    }
}
