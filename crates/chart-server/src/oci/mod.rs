//! The OCI distribution API 1.1 over the store: what `helm push` and `helm pull`, and clients as `oras` and `crane`,
//! speak. Knows nothing of who may do what: a [`Gate`] decides.
//!
//! Ends are numbered as in the specification (`spec.md` of opencontainers/distribution-spec): end-1 is `GET /v2/`.

mod blobs;
mod body;
mod gate;
mod lint;
mod list;
mod manifests;
mod path;
mod query;
mod range;
mod referrers;
mod reply;
mod uploads;

use std::sync::Arc;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use chart_store::{Policy, Store};

pub use gate::{Action, Gate, Open, Refusal, Subject};
pub use reply::Cause;

use crate::answer;
use crate::linting::Linting;
use path::{Route, find};
use query::Query;
use reply::{Code, Fault};

/// Bytes of a manifest: the specification wants 4 MB to be possible.
const MANIFEST_BYTES: u64 = 4 * 1024 * 1024;

/// What the registry of a server allows.
#[derive(Clone, Debug)]
pub struct Rules {
    /// What stands before `/v2` in addresses, as `/charts`; mostly nothing.
    pub context_path: String,
    /// For charts that come into the index: whether the tag of a version may get another package, and how many there may be.
    pub policy: Policy,
    pub deletes: bool,
    /// Bytes of a blob.
    pub blob_bytes: u64,
    /// Charts are looked at before they are kept.
    pub linting: Option<Arc<Linting>>,
}

impl Default for Rules {
    fn default() -> Self {
        // Nothing that charts need comes near it, images do.
        let blob_bytes = 10 * 1024 * 1024 * 1024;
        let policy = Policy { overwrite: true, ..Policy::default() };
        Rules { context_path: String::new(), policy, deletes: true, blob_bytes, linting: None }
    }
}

/// What all requests share.
pub struct Registry {
    store: Store,
    gate: Arc<dyn Gate>,
    rules: Rules,
}

impl Registry {
    pub fn new(store: Store, gate: Arc<dyn Gate>, rules: Rules) -> Arc<Self> {
        Arc::new(Registry { store, gate, rules })
    }

    /// Answers a request below `/v2`, whose path has or has not the context path still.
    pub async fn answer(self: Arc<Self>, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let head = parts.method == Method::HEAD;
        let query = Query::new(parts.uri.query().unwrap_or_default());
        let call = Call { registry: self, method: parts.method, headers: parts.headers, query };
        let path = path::decoded(parts.uri.path());
        let below = path.strip_prefix(call.base()).unwrap_or(&path);
        let answered = match find(below) {
            Some(route) => dispatch(&call, route, body).await,
            None => Err(Fault::new(StatusCode::NOT_FOUND, Code::Unsupported, "there is no such address")),
        };
        let response = answered.unwrap_or_else(|fault| fault.response());
        match head {
            true => response.map(|_| Body::empty()),
            false => {
                let sent = answer::sent(response, call.store()).await;
                sent.unwrap_or_else(|error| Fault::from(error).response())
            }
        }
    }
}

/// A request, taken apart.
struct Call {
    registry: Arc<Registry>,
    method: Method,
    headers: HeaderMap,
    query: Query,
}

impl Call {
    fn store(&self) -> &Store {
        &self.registry.store
    }

    fn may(&self, action: Action, subject: Subject<'_>) -> Result<(), Fault> {
        self.registry.gate.decide(&self.headers, action, subject).map_err(Fault::from)
    }

    /// What locations begin with.
    fn base(&self) -> &str {
        &self.registry.rules.context_path
    }

    fn header(&self, name: impl axum::http::header::AsHeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

async fn dispatch(call: &Call, route: Route<'_>, body: Body) -> Result<Response, Fault> {
    let method = call.method.as_str();
    match (route, method) {
        (Route::Base, "GET" | "HEAD") => reply::base(call),
        (Route::Catalog, "GET") => list::catalog(call).await,
        (Route::Tags(name), "GET") => list::tags(call, name?).await,
        (Route::Referrers(name, digest), "GET") => referrers::list(call, name?, digest).await,
        (Route::Manifest(name, reference), "GET" | "HEAD") => manifests::get(call, name?, reference).await,
        (Route::Manifest(name, reference), "PUT") => manifests::put(call, name?, reference, body).await,
        (Route::Manifest(name, reference), "DELETE") => manifests::delete(call, name?, reference).await,
        (Route::Blob(name, digest), "GET" | "HEAD") => blobs::get(call, name?, digest).await,
        (Route::Blob(name, digest), "DELETE") => blobs::delete(call, name?, digest).await,
        (Route::Uploads(name), "POST") => uploads::begin(call, name?, body).await,
        (Route::Upload(name, id), "GET") => uploads::status(call, name?, id).await,
        (Route::Upload(name, id), "PATCH") => uploads::append(call, name?, id, body).await,
        (Route::Upload(name, id), "PUT") => uploads::finish(call, name?, id, body).await,
        (Route::Upload(name, id), "DELETE") => uploads::cancel(call, name?, id).await,
        (route, _) => Err(Fault::not_allowed("the operation is unsupported", route.methods())),
    }
}
