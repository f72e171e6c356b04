//! A token that says "stop": Ctrl-C sets it, and every wait and request looks at it.

use std::sync::Arc;

use tokio::sync::watch;

/// Shared by all clones; once set it stays so until it is cleared.
#[derive(Clone, Debug)]
pub struct Cancel {
    state: Arc<watch::Sender<bool>>,
}

impl Default for Cancel {
    fn default() -> Self {
        Cancel { state: Arc::new(watch::Sender::new(false)) }
    }
}

impl Cancel {
    pub fn new() -> Self {
        Cancel::default()
    }

    /// Stops what runs under this token, from any thread.
    pub fn cancel(&self) {
        self.state.send_replace(true);
    }

    /// Lets work go on: what was stopped has ended, and now it is tidied up.
    pub fn clear(&self) {
        self.state.send_replace(false);
    }

    pub fn is_cancelled(&self) -> bool {
        *self.state.borrow()
    }

    /// Ends when the token is set.
    pub(crate) async fn cancelled(&self) {
        let mut receiver = self.state.subscribe();
        // Fails only when no sender is left, and `self` holds one.
        let _ = receiver.wait_for(|set| *set).await;
    }
}
