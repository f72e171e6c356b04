//! Whether the server can do its work: rows and blobs answer. Asked often, looked at once a second.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::answer;
use crate::app::App;
use crate::log::{Level, chain};

/// How long a look counts.
const COUNTS: Duration = Duration::from_secs(1);
/// How long a look may take: probes wait no longer than a second or two.
const PATIENCE: Duration = Duration::from_secs(1);

/// The last look.
#[derive(Default)]
pub struct Health {
    last: Mutex<Option<(Instant, bool)>>,
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
    pub async fn answer(&self, app: &App) -> Response {
        if self.is_stopping() {
            return answer::json(StatusCode::SERVICE_UNAVAILABLE, r#"{"healthy":false,"reason":"stopping"}"#);
        }
        match self.look(app).await {
            true => answer::json(StatusCode::OK, r#"{"healthy":true}"#),
            false => answer::json(StatusCode::SERVICE_UNAVAILABLE, r#"{"healthy":false,"reason":"storage"}"#),
        }
    }

    /// Looks at the store, unless somebody did so just now; who comes meanwhile waits for that look.
    async fn look(&self, app: &App) -> bool {
        let mut last = self.last.lock().await;
        if let Some((when, healthy)) = *last
            && when.elapsed() < COUNTS
        {
            return healthy;
        }
        let healthy = match timeout(PATIENCE, app.store.check()).await {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                app.log.line(Level::Error, "The storage fails", &[("error", json!(chain(&error)))]);
                false
            }
            Err(_) => {
                app.log.line(Level::Error, "The storage does not answer", &[]);
                false
            }
        };
        *last = Some((Instant::now(), healthy));
        healthy
    }
}
