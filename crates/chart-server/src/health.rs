//! Whether the server can do its work: rows and blobs answer. Asked often, looked at once a second.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::answer;
use crate::app::App;
use crate::log::chain;

/// How long a look counts.
const COUNTS: Duration = Duration::from_secs(1);
/// How long a look may take: probes wait no longer than a second or two.
const PATIENCE: Duration = Duration::from_secs(1);

/// The last look.
#[derive(Default)]
pub struct Health {
    last: std::sync::Mutex<Option<(Instant, bool)>>,
    /// One looks at a time.
    turn: Mutex<()>,
    stopping: AtomicBool,
}

impl Health {
    /// From now on new requests should go elsewhere.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// Answers `GET /health`: ChartMuseum's words when all is well.
    pub async fn answer(&self, app: &Arc<App>) -> Response {
        if self.is_stopping() {
            return answer::json(StatusCode::SERVICE_UNAVAILABLE, r#"{"healthy":false,"reason":"stopping"}"#);
        }
        match self.look(app).await {
            true => answer::json(StatusCode::OK, r#"{"healthy":true}"#),
            false => answer::json(StatusCode::SERVICE_UNAVAILABLE, r#"{"healthy":false,"reason":"storage"}"#),
        }
    }

    /// Returns what was seen last if that was just now. What is a little older is answered too, so that frequent probes
    /// never wait for the disk; but then somebody looks again.
    async fn look(&self, app: &Arc<App>) -> bool {
        match self.last() {
            Some((when, healthy)) if when.elapsed() < COUNTS => healthy,
            Some((when, healthy)) if when.elapsed() < 2 * COUNTS => {
                let app = app.clone();
                tokio::spawn(async move { app.health.look_again(&app).await });
                healthy
            }
            _ => self.look_again(app).await,
        }
    }

    fn last(&self) -> Option<(Instant, bool)> {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the store; who comes meanwhile waits for that look.
    async fn look_again(&self, app: &App) -> bool {
        let _turn = self.turn.lock().await;
        if let Some((when, healthy)) = self.last()
            && when.elapsed() < COUNTS
        {
            return healthy;
        }
        let healthy = match timeout(PATIENCE, app.store.check()).await {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                app.log.error("The storage fails", &[("error", json!(chain(&error)))]);
                false
            }
            Err(_) => {
                app.log.error("The storage does not answer", &[]);
                false
            }
        };
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), healthy));
        healthy
    }
}
