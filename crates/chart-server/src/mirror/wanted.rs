//! Archives that somebody wants now. Each is fetched once, however many want it, and to its end even if all of them leave:
//! what waits for the network is a thread of its own, and there are few of these.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::{HeaderMap, StatusCode};
use data_encoding::HEXLOWER;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::{locked, quiet};
use crate::answer::Fault;

/// Archives that are fetched at a time.
const AT_ONCE: usize = 8;
/// How long a request waits until its archive is one of them.
const PATIENCE: Duration = Duration::from_secs(30);

/// The header by which requests are known that lead back to who made them (RFC 9110, 7.6.3).
pub const VIA: &str = "via";

/// How the names of all mirrors begin.
const NAME: &str = "1.1 pilothouse-";

/// Returns what a mirror is called in `Via`: nobody else has the name.
pub fn name() -> String {
    let mut bytes = [0; 8];
    // Without random bytes the process has a name at least.
    let _ = aws_lc_rs::rand::fill(&mut bytes);
    format!("{NAME}{}-{}", std::process::id(), HEXLOWER.encode(&bytes))
}

/// Who makes a request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Asker {
    Client,
    /// A mirror of this program.
    Mirror,
    /// This mirror itself: its repository leads back to it.
    Itself,
}

/// Finds out by `Via` who makes a request to a mirror.
pub fn asker(headers: &HeaderMap, name: &str) -> Asker {
    let lists = headers.get_all(VIA).iter().filter_map(|value| value.to_str().ok());
    let mut asker = Asker::Client;
    for by in lists.flat_map(|list| list.split(',')).map(str::trim) {
        if by == name {
            return Asker::Itself;
        }
        if by.starts_with(NAME) {
            asker = Asker::Mirror;
        }
    }
    asker
}

/// What becomes of a wanted archive: whether it is here now.
type Answer = Result<bool, Fault>;

/// The archives that are being fetched.
pub struct Wanted {
    places: Arc<Semaphore>,
    under_way: Mutex<HashMap<String, Shared<BoxFuture<'static, Answer>>>>,
}

impl Default for Wanted {
    fn default() -> Self {
        Wanted { places: Arc::new(Semaphore::new(AT_ONCE)), under_way: Mutex::default() }
    }
}

impl Wanted {
    /// Fetches a file, or waits for somebody who does.
    ///
    /// # Errors
    /// Those of the work; 503 when too much is wanted.
    pub async fn fetch(self: &Arc<Self>, file: &str, work: impl FnOnce() -> Answer + Send + 'static) -> Answer {
        let under_way = locked(&self.under_way).get(file).cloned();
        if let Some(answer) = under_way {
            return answer.await;
        }
        let place = timeout(PATIENCE, self.places.clone().acquire_owned()).await;
        let Ok(Ok(place)) = place else {
            return Err(Fault::new(StatusCode::SERVICE_UNAVAILABLE, "too much is wanted of the mirrored repository"));
        };
        self.begin(file, place, work).await
    }

    fn begin(
        self: &Arc<Self>,
        file: &str,
        place: OwnedSemaphorePermit,
        work: impl FnOnce() -> Answer + Send + 'static,
    ) -> Shared<BoxFuture<'static, Answer>> {
        let mut under_way = locked(&self.under_way);
        if let Some(answer) = under_way.get(file) {
            return answer.clone();
        }
        let (wanted, key) = (self.clone(), file.to_owned());
        let done = tokio::spawn(async move {
            let answer = quiet::run_now(work).await.unwrap_or_else(|error| Err(Fault::internal(error)));
            locked(&wanted.under_way).remove(&key);
            drop(place);
            answer
        });
        let answer = done.map(|done| done.unwrap_or_else(|error| Err(Fault::internal(error.to_string()))));
        let answer = answer.boxed().shared();
        under_way.insert(file.to_owned(), answer.clone());
        answer
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn requests_of_a_mirror_are_known() {
        let (own, other) = (name(), name());
        assert_ne!(own, other);
        let mut headers = HeaderMap::new();
        assert_eq!(asker(&headers, &own), Asker::Client);
        for (value, expected) in [
            ("1.1 proxy".to_owned(), Asker::Client),
            (format!("1.0 a, {other} , 1.1 b"), Asker::Mirror),
            (own.clone(), Asker::Itself),
        ] {
            headers.append(VIA, value.parse().expect("a header"));
            assert_eq!(asker(&headers, &own), expected, "{value}");
        }
    }

    #[tokio::test]
    async fn each_file_is_fetched_once_and_to_its_end() {
        let (wanted, begun) = (Arc::new(Wanted::default()), Arc::new(AtomicUsize::new(0)));
        let (go, gone) = mpsc::channel::<()>();
        let gone = Arc::new(Mutex::new(gone));
        let fetch = |file: &'static str| {
            let (wanted, begun, gone) = (wanted.clone(), begun.clone(), gone.clone());
            async move {
                let work = move || {
                    begun.fetch_add(1, Ordering::SeqCst);
                    Ok(locked(&gone).recv().is_err())
                };
                wanted.fetch(file, work).await
            }
        };
        // Who asked first goes away, as soon as the work has begun.
        assert!(fetch("a").now_or_never().is_none());
        let others = futures_util::future::join_all([fetch("a"), fetch("a"), fetch("b")]);
        drop(go);
        let answers: Vec<bool> = others.await.into_iter().map(|answer| answer.expect("an answer")).collect();
        assert_eq!((answers, begun.load(Ordering::SeqCst)), (vec![true; 3], 2));
        assert!(locked(&wanted.under_way).is_empty());
        assert_eq!(wanted.places.available_permits(), AT_ONCE);
    }
}
