//! Repositories that stand behind ours: their indexes are shown as part of ours, and their charts are fetched, checked and
//! kept: each when somebody wants it, or all of them in the background.

mod archive;
mod gather;
mod json;
mod lane;
mod merge;
mod ours;
mod queue;
mod quiet;
mod refresh;
mod state;
mod sync;
mod upstream;
mod view;
mod wanted;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;
use chart_store::{Error, Missing};
use repo::index::Index;
use serde_json::{Value, json};
use tokio::runtime::Handle;
use tokio::time::sleep;

use crate::answer::Fault;
use crate::app::App;
use crate::museum::Asked;
use crate::settings::Settings;
use archive::{Fetcher, Trouble};
use merge::Sources;
use ours::{Detail, Ours};
use quiet::Passage;
use refresh::Known;
pub use state::{Numbers, write_metrics};
use state::{State, Told};
use sync::Round;
use upstream::Upstream;
pub use view::View;
use wanted::{Asker, Wanted};

/// The shortest pause between two looks that nobody asked for.
const SHORTEST: Duration = Duration::from_secs(10);

/// The repositories behind tenants.
pub struct Mirrors {
    by_tenant: BTreeMap<String, Arc<Mirror>>,
    passage: Passage,
}

/// A repository behind a tenant.
pub struct Mirror {
    pub tenant: String,
    url: String,
    upstream: Upstream,
    folder: PathBuf,
    interval: Duration,
    wants_archives: bool,
    archive_bytes: u64,
    passage: Passage,
    fetcher: Mutex<Option<Arc<Fetcher>>>,
    /// One asks at a time.
    turn: tokio::sync::Mutex<()>,
    known: Mutex<Known>,
    view: tokio::sync::Mutex<Option<Arc<View>>>,
    state: Mutex<State>,
    wanted: Arc<Wanted>,
    via: String,
}

impl Mirrors {
    /// Belongs to the runtime that it is called in.
    pub fn new(settings: &Settings) -> Self {
        let passage = Passage::new(Handle::current());
        let folder = settings.kept.store.working("mirrors");
        let mirror = |(tenant, url): (&String, &String)| {
            let via = wanted::name();
            let upstream = Upstream::new(tenant, url, folder.clone(), settings.mirroring.index_bytes, &via);
            let mirror = Mirror {
                tenant: tenant.clone(),
                url: upstream.shown(),
                upstream,
                folder: folder.clone(),
                interval: settings.mirroring.interval,
                wants_archives: settings.mirroring.archives,
                archive_bytes: settings.limits.upload_bytes,
                passage: passage.clone(),
                fetcher: Mutex::default(),
                turn: tokio::sync::Mutex::default(),
                known: Mutex::default(),
                view: tokio::sync::Mutex::default(),
                state: Mutex::default(),
                wanted: Arc::default(),
                via,
            };
            (tenant.clone(), Arc::new(mirror))
        };
        Mirrors { by_tenant: settings.mirroring.urls.iter().map(mirror).collect(), passage }
    }

    /// Lets no thread of a mirror come to the store any more: it is going to be closed.
    pub async fn close(&self) {
        let passage = self.passage.clone();
        // Whoever is under way is waited for; that it fell means that nobody is.
        let _ = tokio::task::spawn_blocking(move || passage.close()).await;
    }

    /// Returns the repositories, by tenant.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Mirror>> {
        self.by_tenant.values()
    }

    /// Returns the index of the tenant that is asked for, if it has a repository behind it, and `None` for others.
    /// Mirrors that lead back to each other get what is here, and so do all of them in the end.
    pub async fn index(&self, app: &Arc<App>, asked: &Asked) -> Result<Option<Arc<View>>, Fault> {
        let Some((mirror, asker)) = self.of(asked) else { return Ok(None) };
        let index = match asker {
            Asker::Itself => return Ok(None),
            Asker::Client => mirror.index(app).await?,
            Asker::Mirror => match mirror.index_soon(app).await {
                None => return Ok(None),
                Some(index) => index,
            },
        };
        mirror.view(app, index).await.map(Some)
    }

    /// Fetches a file that is not here, if the repository behind the tenant has it; returns whether it is here now.
    pub async fn fetch(&self, app: &Arc<App>, asked: &Asked, file: &str) -> Result<bool, Fault> {
        let Some((mirror, asker)) = self.of(asked) else { return Ok(false) };
        let index = match asker {
            Asker::Itself => None,
            Asker::Client => Some(mirror.index(app).await?),
            Asker::Mirror => mirror.index_soon(app).await,
        };
        match index {
            None => Ok(false),
            Some(index) => mirror.fetch(app, index, file).await,
        }
    }

    fn of(&self, asked: &Asked) -> Option<(&Arc<Mirror>, Asker)> {
        let mirror = self.by_tenant.get(&asked.tenant)?;
        Some((mirror, wanted::asker(&asked.head.headers, &mirror.via)))
    }
}

impl Mirror {
    /// Returns what operators are told.
    pub fn told<T>(&self, tell: impl FnOnce(&Told<'_>) -> T) -> T {
        let state = locked(&self.state);
        tell(&Told { tenant: &self.tenant, url: &self.url, wants_archives: self.wants_archives, state: &state })
    }

    /// Keeps index and archives up to date until the server stops.
    pub async fn run(self: Arc<Self>, app: Arc<App>) {
        let mut failures = 0;
        loop {
            let went_well = match self.refresh(&app).await {
                Err(_) => false,
                Ok(index) => !self.wants_archives || self.round(&app, index).await,
            };
            // An index of before may be there while the repository is away.
            let went_well = went_well && locked(&self.state).error.is_none();
            failures = if went_well { 0 } else { failures + 1 };
            let regular = self.interval.max(SHORTEST);
            let sooner = SHORTEST.saturating_mul(2_u32.saturating_pow(failures.min(16)) / 2);
            // A pause, as repositories do not tell of changes; one that is away is asked soon, then less and less often.
            sleep(if failures == 0 { regular } else { sooner.min(regular) }).await;
        }
    }

    /// Fetches all archives that are not here; reports whether all were tried.
    async fn round(self: &Arc<Self>, app: &Arc<App>, index: Arc<Index>) -> bool {
        let is_complete = locked(&self.known).complete == Some(index.key());
        if is_complete && !locked(&self.state).archives.failures.any_due() {
            return true;
        }
        if !is_complete {
            locked(&self.state).archives.kept = 0;
        }
        let (mirror, app, key) = (self.clone(), app.clone(), index.key());
        let (log, fetcher) = (app.log.clone(), self.fetcher(&app));
        let run = quiet::run(move || {
            let round = Round {
                tenant: &mirror.tenant,
                upstream: &mirror.upstream,
                index: &index,
                fetcher: &fetcher,
                state: &mirror.state,
                pause: mirror.interval.max(SHORTEST),
                is_stopping: &|| app.health.is_stopping(),
            };
            round.run(Ours::new(&app.store, &mirror.tenant, mirror.passage.clone(), Detail::Names))
        });
        let ended = run.await.unwrap_or_else(Err);
        let mut state = locked(&self.state);
        let fields = [
            ("url", json!(self.url)),
            ("kept", json!(state.archives.kept)),
            ("failed", json!(state.archives.failures.len())),
        ];
        match &ended {
            Ok(()) => log.info("Archives of a mirrored repository are here", &fields),
            Err(error) => log.error(
                "Archives of a mirrored repository could not be fetched",
                &[&fields[..], &[("error", json!(error))]].concat(),
            ),
        }
        state.archives.error = ended.err();
        state.archives.is_complete |= state.archives.error.is_none();
        let is_over = state.archives.error.is_none();
        drop(state);
        if is_over {
            locked(&self.known).complete = Some(key);
        }
        is_over
    }

    async fn view(self: &Arc<Self>, app: &Arc<App>, index: Arc<Index>) -> Result<Arc<View>, Fault> {
        // One makes it, the others wait for it.
        let mut last = self.view.lock().await;
        let parts = (index.key(), app.store.index_tag(&self.tenant).await?);
        if let Some(view) = last.as_ref().filter(|view| view.parts == parts) {
            return Ok(view.clone());
        }
        let (mirror, app) = (self.clone(), app.clone());
        let made = tokio::task::spawn_blocking(move || {
            let ours = Ours::new(&app.store, &mirror.tenant, mirror.passage.clone(), Detail::Entries);
            let sources = Sources {
                store: &app.store,
                tenant: &mirror.tenant,
                upstream: &mirror.upstream,
                index: &index,
                folder: &mirror.folder,
            };
            View::make(&sources, ours, parts.1)
        });
        let made = made.await.map_err(|error| Fault::internal(error.to_string()))?;
        let view = Arc::new(made.map_err(|error| Fault::internal(format!("cannot make an index: {error}")))?);
        *last = Some(view.clone());
        Ok(view)
    }

    async fn fetch(self: &Arc<Self>, app: &Arc<App>, index: Arc<Index>, file: &str) -> Result<bool, Fault> {
        let package = file.strip_suffix(".prov").unwrap_or(file).to_owned();
        let (mirror, name) = (self.clone(), package.clone());
        let found = tokio::task::spawn_blocking(move || mirror.upstream.find(&index, &name));
        let found = found.await.map_err(|error| Fault::internal(error.to_string()))?;
        let Some(remote) = found.map_err(|trouble| away(self.upstream.hidden(&trouble)))? else { return Ok(false) };
        // A signature says nothing without its package.
        let is_here = !matches!(app.store.file(&self.tenant, &package).await, Err(Error::Unknown(Missing::File)));
        let wants_signature = package != file;
        let (mirror, fetcher) = (self.clone(), self.fetcher(app));
        let work = move || {
            let package = if is_here { Ok(()) } else { fetcher.package(&mirror.tenant, &remote) };
            let fetched = match wants_signature {
                true => package.and_then(|()| fetcher.signature(&mirror.tenant, &remote)),
                false => package.map(|()| true),
            };
            fetched.map_err(|trouble| match trouble {
                Trouble::Ours(error) => error.into(),
                trouble => away(mirror.upstream.hidden(&trouble.text())),
            })
        };
        self.wanted.fetch(file, work).await
    }

    fn fetcher(&self, app: &App) -> Arc<Fetcher> {
        let mut fetcher = locked(&self.fetcher);
        let new = || Arc::new(Fetcher::new(&app.store, self.passage.clone(), self.archive_bytes, &self.via));
        fetcher.get_or_insert_with(new).clone()
    }
}

/// All mirrors as JSON, of which some are shown.
pub fn json<'a>(mirrors: impl Iterator<Item = &'a Arc<Mirror>>) -> Value {
    let all: Vec<Value> = mirrors.map(|mirror| mirror.told(|told| told.json())).collect();
    let synced = all.iter().all(|mirror| mirror.get("synced") == Some(&Value::Bool(true)));
    json!({ "synced": synced, "mirrors": all })
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn away(trouble: String) -> Fault {
    Fault { detail: Some(trouble), ..Fault::new(StatusCode::BAD_GATEWAY, "the mirrored repository cannot be used") }
}
