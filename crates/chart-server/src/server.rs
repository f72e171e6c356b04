//! A server from its start to its end: the store is opened, folders are looked through, requests are answered.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chart_store::{Exported, STACK_BYTES, Store};
use serde_json::json;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::app::App;
use crate::listen::Listener;
use crate::log::{Level, Log, chain};
use crate::settings::{Import, Settings, Wrong};

/// How often what nobody needs any more is removed.
const GARBAGE_INTERVAL: Duration = Duration::from_secs(3600);
/// How long requests wait for the first look into a folder, so that they see no half of it. A large folder is looked
/// through while requests are answered: who waits for the server would end it otherwise.
const FIRST_LOOK: Duration = Duration::from_secs(5);
/// The shortest pause between two looks.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);
/// Files that are named in the log when they are no charts, and as many when they cannot be read.
const SKIPPED: usize = 100;
/// Threads for work that waits for disks or unpacks archives.
const WAITING_THREADS: usize = 32;

/// Makes the threads that servers run on.
///
/// # Errors
/// What the system says.
pub fn runtime() -> io::Result<Runtime> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.enable_all().thread_stack_size(STACK_BYTES).max_blocking_threads(WAITING_THREADS).build()
}

/// A server that listens, and does not answer yet.
pub struct Server {
    app: Arc<App>,
    listener: Listener,
    address: SocketAddr,
}

impl Server {
    /// Takes the port first: who waits for the server is not refused while the store is opened.
    ///
    /// # Errors
    /// The port is taken, keys cannot be read, the store cannot be opened.
    pub async fn open(settings: Settings, log: Arc<Log>) -> Result<Self, Wrong> {
        let listener = Listener::bind(&settings.listen, &log).await?;
        let address = listener.address().map_err(|error| Wrong::because("cannot listen", error))?;
        let store = open_store(&settings).await?;
        Ok(Server { app: App::new(settings, store, log)?, listener, address })
    }

    pub fn settings(&self) -> &Settings {
        &self.app.settings
    }

    /// Returns where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn is_encrypted(&self) -> bool {
        self.listener.certificates().is_some()
    }

    /// Returns what reads the certificates again, where connections are encrypted.
    pub fn renewal(&self) -> Option<impl Fn() + Send + 'static> {
        let certificates = self.listener.certificates()?.clone();
        Some(move || certificates.renew())
    }

    /// Returns the address for people: a server that listens everywhere is shown as this machine.
    pub fn url(&self) -> String {
        let scheme = if self.is_encrypted() { "https" } else { "http" };
        let host = match self.address.ip() {
            ip if ip.is_unspecified() => "localhost".to_owned(),
            ip if ip.is_ipv6() => format!("[{ip}]"),
            ip => ip.to_string(),
        };
        format!("{scheme}://{host}:{}{}", self.address.port(), self.app.settings.context_path)
    }

    /// Answers requests until `stop` is there; returns whether those under way came to their end.
    pub async fn run(self, stop: impl Future<Output = ()>) -> bool {
        let answers = self.app.answers();
        let (looked, first_look) = oneshot::channel();
        let mut tasks = vec![tokio::spawn(imports(self.app.clone(), looked)), tokio::spawn(garbage(self.app.clone()))];
        tasks.extend(self.app.mirrors.all().map(|mirror| tokio::spawn(mirror.clone().run(self.app.clone()))));
        let _ = timeout(FIRST_LOOK, first_look).await;
        let app = self.app.clone();
        let stop = async move {
            stop.await;
            app.health.stop();
        };
        let ended = self.listener.serve(answers, stop).await;
        tasks.iter().for_each(JoinHandle::abort);
        self.app.mirrors.close().await;
        self.app.store.close().await;
        ended
    }
}

/// Returns the index of the only tenant, after a look into the folder.
///
/// # Errors
/// The store cannot be opened or read.
pub async fn index(settings: &Settings, log: &Log) -> Result<Vec<u8>, Wrong> {
    let store = open_store(settings).await?;
    if settings.kept.import.is_some() {
        import(&store, log).await;
    }
    let failed = |error| Wrong::because("cannot make the index", error);
    let text = match settings.shown.json_index {
        true => store.index_json("").await.map_err(failed)?,
        false => store.index("").await.map_err(failed)?.yaml().clone(),
    };
    Ok(text.to_bytes().to_vec())
}

/// Writes all charts to a folder, after a look into the folder they are in.
///
/// # Errors
/// The store cannot be opened or read, or the folder not be written.
pub async fn export(settings: &Settings, folder: &Path, log: &Log) -> Result<Exported, Wrong> {
    let store = open_store(settings).await?;
    if settings.kept.import.is_some() {
        import(&store, log).await;
    }
    let exported = store.export(folder).await;
    store.close().await;
    exported.map_err(|error| Wrong::because(format!("cannot export the charts to {}", folder.display()), error))
}

async fn open_store(settings: &Settings) -> Result<Store, Wrong> {
    let failed = |error| Wrong::because(format!("cannot open the charts in {}", settings.kept.shown), error);
    Store::open(settings.kept.store.clone()).await.map_err(failed)
}

/// Looks for files of ChartMuseum, now and from time to time; the end of the first look is told.
async fn imports(app: Arc<App>, looked: oneshot::Sender<()>) {
    let Some(every) = app.settings.kept.import else { return };
    import(&app.store, &app.log).await;
    drop(looked);
    while let Import::Every(interval) = every {
        // Folders and buckets do not tell of changes; who reads what has changed does. A pause comes first: who reads it over
        // and over must not cause one look after the other.
        tokio::time::sleep(interval.min(BETWEEN_LOOKS)).await;
        let _ = timeout(interval.saturating_sub(BETWEEN_LOOKS), app.store.changed_by_hand()).await;
        import(&app.store, &app.log).await;
    }
}

async fn import(store: &Store, log: &Log) {
    match store.import("").await {
        Ok(imported) => {
            for (file, reason) in imported.skipped.iter().take(SKIPPED) {
                log.warn("Invalid package in storage", &[("package", json!(file)), ("reason", json!(reason))]);
            }
            for (file, reason) in imported.unreadable.iter().take(SKIPPED) {
                log.warn("Cannot read this in the storage", &[("path", json!(file)), ("reason", json!(reason))]);
            }
            let counts = [("added", imported.added), ("unchanged", imported.unchanged), ("removed", imported.removed)];
            let skipped = ("skipped", json!(imported.skipped.len() + imported.unreadable.len()));
            let fields: Vec<_> =
                counts.map(|(name, count)| (name, json!(count))).into_iter().chain([skipped]).collect();
            log.line(Level::Debug, "Looked for charts in the folder", &fields);
        }
        Err(error) => log.error("Cannot look for charts in the folder", &[("error", json!(chain(&error)))]),
    }
}

async fn garbage(app: Arc<App>) {
    loop {
        // Garbage waits for nobody; nothing tells of it.
        tokio::time::sleep(GARBAGE_INTERVAL).await;
        match app.store.collect_garbage(chart_store::Grace::default()).await {
            Ok(collected) => {
                app.log.line(Level::Debug, "Removed what nobody needs", &[("what", json!(format!("{collected:?}")))])
            }
            Err(error) => app.log.error("Cannot remove what nobody needs", &[("error", json!(chain(&error)))]),
        }
    }
}
