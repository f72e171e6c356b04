//! Ctrl-C and its like.

use tokio::runtime::Builder;

use crate::Error;

/// Calls `told` in a thread of its own at each signal that asks the program to end, with how many there were before. The
/// signals no longer end the program by themselves.
///
/// # Errors
/// The system gives no thread or no signals.
pub fn on_interrupt(told: impl Fn(usize) + Send + 'static) -> Result<(), Error> {
    let failed = |error: std::io::Error| Error::Plain(format!("cannot listen to signals: {error}"));
    let runtime = Builder::new_current_thread().enable_io().build().map_err(failed)?;
    // Here and not in the thread: once this returns, no signal is missed.
    let mut signals = runtime.block_on(async { Signals::new() }).map_err(failed)?;
    let listen = move || {
        for count in 0.. {
            if runtime.block_on(signals.next()).is_none() {
                return;
            }
            told(count);
        }
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(listen).map(drop).map_err(failed)
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) -> Option<()> {
        tokio::select! {
            next = self.interrupt.recv() => next,
            next = self.terminate.recv() => next,
        }
    }
}

#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Signals)
    }

    async fn next(&mut self) -> Option<()> {
        self.0.recv().await
    }
}
