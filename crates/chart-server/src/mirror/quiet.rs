//! Threads of mirrors: less urgent than requests, and with a way to the store that ends when the server stops.

use std::sync::{Arc, PoisonError, RwLock};
use std::thread::Builder;

use chart_store::{Error, STACK_BYTES};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// How much less urgent than requests all this is (`setpriority(2)`).
#[cfg(target_os = "linux")]
const NICE: i32 = 10;

/// Makes this thread less urgent. Where that cannot be, it works as well.
pub fn stand_back() {
    // Of one thread alone, as Linux has it.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, NICE);
}

/// Returns what starts a thread of a mirror.
pub fn thread() -> Builder {
    Builder::new().name("mirror".to_owned()).stack_size(STACK_BYTES)
}

/// Does something on a thread of its own that is less urgent than requests.
///
/// # Errors
/// There can be no more threads, or the work fell.
pub async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    run_now(|| {
        stand_back();
        work()
    })
    .await
}

/// Does something that a request waits for on a thread of its own: those of the runtime are for what ends soon.
///
/// # Errors
/// There can be no more threads, or the work fell.
pub async fn run_now<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    let (answer, answered) = oneshot::channel();
    let spawned = thread().spawn(move || {
        // Who asked may be gone.
        let _ = answer.send(work());
    });
    spawned.map_err(|error| format!("cannot start a thread: {error}"))?;
    answered.await.map_err(|_| "the work of a thread fell".to_owned())
}

/// The way from such threads to the store. A server that stops closes it before the store goes: threads that wait for the
/// network are not waited for.
#[derive(Clone)]
pub struct Passage {
    handle: Handle,
    is_open: Arc<RwLock<bool>>,
}

impl Passage {
    pub fn new(handle: Handle) -> Self {
        Passage { handle, is_open: Arc::new(RwLock::new(true)) }
    }

    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Waits for something that the store does.
    ///
    /// # Errors
    /// Those of the store; [`Error::Busy`] when the server stops.
    pub fn wait<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let is_open = self.is_open.read().unwrap_or_else(PoisonError::into_inner);
        if *is_open { self.handle.block_on(work) } else { Err(Error::Busy) }
    }

    /// Lets nobody through any more, after those who are under way.
    pub fn close(&self) {
        *self.is_open.write().unwrap_or_else(PoisonError::into_inner) = false;
    }
}
