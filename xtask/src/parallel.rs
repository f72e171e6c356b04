//! Work on many things at once, with the answers in the order of the things.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many cores there are; two where the system does not tell.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from)
}

/// Calls `work` with each item and its position, on so many `threads`, and returns the answers in the items' order.
pub fn each<I: Sync, T: Send>(
    items: &[I],
    threads: usize,
    work: impl Fn(usize, &I) -> Result<T, String> + Sync,
) -> Vec<Result<T, String>> {
    let next = AtomicUsize::new(0);
    let answers: Vec<Mutex<Result<T, String>>> =
        items.iter().map(|_| Mutex::new(Err("it was not run".into()))).collect();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let (Some(item), Some(slot)) = (items.get(at), answers.get(at)) else { return };
                    let answer = work(at, item);
                    if let Ok(mut slot) = slot.lock() {
                        *slot = answer;
                    }
                }
            });
        }
    });
    answers.into_iter().map(|slot| slot.into_inner().unwrap_or_else(|_| Err("it panicked".into()))).collect()
}
