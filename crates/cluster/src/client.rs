//! The handle on a cluster: connects when first asked, and lets plain code wait for asynchronous requests.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use crate::body::Answer;
use crate::connect;
use crate::discovery::Discovery;
use crate::kubeconfig::{self, Loaded};
use crate::transport::Transport;
use crate::{Cancel, Config, Error, Request, Response};

/// One cluster, seen as one user. Clones share the connection and what was discovered; any thread may use them, but none
/// that runs asynchronous code.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    cancel: Cancel,
}

struct Inner {
    config: Config,
    loaded: Result<Loaded, Error>,
    /// Taken out only when the last client goes.
    runtime: OnceLock<Runtime>,
    transport: OnceLock<Result<Arc<Transport>, Error>>,
    discovery: Mutex<Option<Arc<Discovery>>>,
}

impl Client {
    /// Makes a client. Files are read now, the server is asked only when needed; a kubeconfig of no use is told then.
    pub fn connect(config: &Config, cancel: Cancel) -> Self {
        Client {
            inner: Arc::new(Inner {
                config: config.clone(),
                loaded: kubeconfig::load(config),
                runtime: OnceLock::new(),
                transport: OnceLock::new(),
                discovery: Mutex::new(None),
            }),
            cancel,
        }
    }

    /// Returns the same connection under another token: what must be said even after a Ctrl-C goes through it.
    pub fn under(&self, cancel: Cancel) -> Self {
        Client { inner: Arc::clone(&self.inner), cancel }
    }

    /// Returns the namespace of the settings, else of the context, else `default`.
    ///
    /// Source: `EnvSettings.Namespace`, pkg/cli/environment.go.
    pub fn namespace(&self) -> &str {
        match &self.inner.loaded {
            Ok(loaded) => &loaded.namespace,
            Err(_) if !self.inner.config.namespace.is_empty() => &self.inner.config.namespace,
            Err(_) => "default",
        }
    }

    pub fn cancel(&self) -> &Cancel {
        &self.cancel
    }

    /// Asks the server for its version.
    ///
    /// # Errors
    /// `kubernetes cluster unreachable: …`. Source: `Client.IsReachable`, pkg/kube/client.go.
    pub fn reachable(&self) -> Result<(), Error> {
        self.version().map(|_| ()).map_err(|error| match error {
            Error::Cancelled => error,
            error => Error::context("kubernetes cluster unreachable", error),
        })
    }

    /// Sends a request as it is.
    ///
    /// # Errors
    /// [`Error::Api`] for an answer outside 200 to 299, [`Error::Transport`] for none, [`Error::Cancelled`].
    pub fn request(&self, request: &Request) -> Result<Response, Error> {
        self.block(async { self.send(request).await })
    }

    /// Sends a request whose answer, JSON, is read as it comes: lists may be longer than what should be in memory.
    ///
    /// # Errors
    /// As [`Client::request`]; reading gives [`Error::Transport`] for an answer that breaks off, inside an
    /// [`std::io::Error`].
    pub fn open_answer(&self, request: &Request) -> Result<Answer, Error> {
        let answer = self.block(async { self.transport().await?.answer(request).await })?;
        Answer::new(self.clone(), answer)
    }

    /// Returns the warnings that the server gave since the last call.
    pub fn take_warnings(&self) -> Vec<String> {
        match self.inner.transport.get() {
            Some(Ok(transport)) => transport.take_warnings(),
            _ => Vec::new(),
        }
    }

    pub(crate) async fn send(&self, request: &Request) -> Result<Response, Error> {
        self.transport().await?.send(request).await
    }

    pub(crate) async fn transport(&self) -> Result<Arc<Transport>, Error> {
        if let Some(transport) = self.inner.transport.get() {
            return transport.clone();
        }
        let transport = self.open().await.map(Arc::new);
        self.inner.transport.get_or_init(|| transport).clone()
    }

    async fn open(&self) -> Result<Transport, Error> {
        let config = &self.inner.config;
        let loaded = self.inner.loaded.as_ref().map_err(Error::clone)?;
        let connection = kubeconfig::connection(loaded, config).await?;
        let server = connection.cluster_url.to_string();
        let client = connect::open(connection).map_err(|error| Error::Config(error.to_string()))?;
        Ok(Transport::new(client, server, config.burst, config.qps))
    }

    /// Runs asynchronous work to its end, or until the token is set.
    pub(crate) fn block<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let cancel = &self.cancel;
        if cancel.is_cancelled() {
            return Err(Error::Cancelled);
        }
        self.runtime()?.block_on(async {
            tokio::select! {
                biased;
                () = cancel.cancelled() => Err(Error::Cancelled),
                result = work => result,
            }
        })
    }

    /// Like [`Client::block`], for work that looks at the token itself.
    pub(crate) fn block_uncancelled<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        self.runtime()?.block_on(work)
    }

    fn runtime(&self) -> Result<&Runtime, Error> {
        if let Some(runtime) = self.inner.runtime.get() {
            return Ok(runtime);
        }
        // The threads that wait do the work: others would cost every command their start and a change of thread for
        // each piece of an answer.
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Error::Plain(format!("cannot prepare requests: {error}")))?;
        Ok(self.inner.runtime.get_or_init(|| runtime))
    }

    pub(crate) fn known_discovery(&self) -> Option<Arc<Discovery>> {
        self.inner.discovery.lock().ok()?.clone()
    }

    pub(crate) fn keep_discovery(&self, discovery: Option<Arc<Discovery>>) {
        if let Ok(mut kept) = self.inner.discovery.lock() {
            *kept = discovery;
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // A name look-up that hangs must not hold up the end of the program.
            runtime.shutdown_timeout(Duration::ZERO);
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("namespace", &self.namespace()).finish_non_exhaustive()
    }
}
