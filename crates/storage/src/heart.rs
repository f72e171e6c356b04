//! Renews the lease of a record while its operation is under way.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use release::Lease;

use crate::LeaseWriter;
use crate::holder::now;

/// Heartbeats in the time that a lease lasts: two may be lost.
const BEATS: u32 = 3;

/// The lease of this process, which the engine writes with records and the heart renews between.
pub struct Hold {
    lease: Mutex<Lease>,
    lost: AtomicBool,
    on_lost: Box<dyn Fn() + Send + Sync>,
}

impl Hold {
    pub fn new(lease: Lease, on_lost: Box<dyn Fn() + Send + Sync>) -> Self {
        Hold { lease: Mutex::new(lease), lost: AtomicBool::new(false), on_lost }
    }

    /// Returns the lease, alive as of now, to be written while nobody else writes it.
    pub fn renewed(&self) -> MutexGuard<'_, Lease> {
        let mut lease = self.guard();
        lease.heartbeat = now();
        lease
    }

    /// Reports whether somebody took the record over.
    pub fn is_lost(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    fn guard(&self) -> MutexGuard<'_, Lease> {
        self.lease.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn beat(&self, writer: &mut dyn LeaseWriter) {
        let mut seen = self.guard();
        let renewed = Lease { heartbeat: now(), ..seen.clone() };
        match writer.renew(&seen, &renewed) {
            Ok(true) => *seen = renewed,
            Ok(false) => {
                self.lost.store(true, Ordering::Relaxed);
                (self.on_lost)();
            }
            // The server may be away for a while: the next beat tells.
            Err(_) => {}
        }
    }
}

/// A thread that renews a lease until it is dropped.
pub struct Heart {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Heart {
    pub fn start(hold: Arc<Hold>, mut writer: Box<dyn LeaseWriter>) -> Self {
        let pause = Duration::from_secs(u64::from(hold.guard().seconds.max(1))) / BEATS;
        let (stop, stopped) = channel();
        let beats = move || {
            while stopped.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) && !hold.is_lost() {
                hold.beat(writer.as_mut());
            }
        };
        // Without a thread the lease ends by itself, and a later take-over is all that can come of it.
        Heart { stop: Some(stop), thread: std::thread::Builder::new().spawn(beats).ok() }
    }
}

impl Drop for Heart {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // A panic there has been told already.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::{Sender, channel};

    use release::Lease;

    use super::{Heart, Hold};
    use crate::LeaseWriter;

    struct Told(Sender<Lease>, Vec<Result<bool, String>>);

    impl LeaseWriter for Told {
        fn renew(&mut self, _: &Lease, lease: &Lease) -> Result<bool, String> {
            self.0.send(lease.clone()).map_err(|error| error.to_string())?;
            self.1.pop().unwrap_or(Ok(true))
        }
    }

    #[test]
    fn a_lease_is_renewed_until_somebody_else_has_it() {
        let lost = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&lost);
        let count = Box::new(move || {
            counted.fetch_add(1, Ordering::Relaxed);
        });
        let hold = Arc::new(Hold::new(Lease { seconds: 1, holder: "me".into(), ..Lease::default() }, count));
        let (tell, told) = channel();
        let heart =
            Heart::start(Arc::clone(&hold), Box::new(Told(tell, vec![Ok(false), Ok(true), Err("away".into())])));
        let beats: Vec<Lease> = told.iter().collect();
        drop(heart);
        assert_eq!(beats.len(), 3);
        assert!(beats.iter().all(|lease| lease.holder == "me" && lease.heartbeat.ends_with('Z')));
        assert!(hold.is_lost());
        assert_eq!(lost.load(Ordering::Relaxed), 1);
    }
}
