//! The end of a server: connections are told of it, and waited for.

use tokio::sync::watch;

/// Tells connections that the server ends.
pub struct Ending(watch::Sender<()>);

/// What a connection holds as long as it lives.
pub struct Told(watch::Receiver<()>);

impl Ending {
    pub fn new() -> Self {
        Ending(watch::Sender::new(()))
    }

    /// Returns what a new connection holds.
    pub fn told(&self) -> Told {
        Told(self.0.subscribe())
    }

    /// Tells all connections, and waits until none is left.
    pub async fn end(self) {
        self.0.send_replace(());
        self.0.closed().await;
    }
}

impl Told {
    /// Waits for the end.
    pub async fn end(&mut self) {
        // That nobody can tell any more is the end too.
        let _ = self.0.changed().await;
    }
}
