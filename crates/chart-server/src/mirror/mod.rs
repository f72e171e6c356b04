//! Repositories that stand behind ours: their indexes are shown as part of ours, and a chart of theirs is fetched when
//! somebody wants it, checked, and kept.

mod merge;

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::StatusCode;
use bytes::Bytes;
use chart_store::{Error, Missing, Policy, Spooled};
use data_encoding::HEXLOWER;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;
use std::io::Write;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::answer::Fault;
use crate::app::App;
use crate::log::Level;
use crate::settings::Settings;
use merge::Links;

/// Bytes of an index of another repository: larger than those of the largest public ones.
const INDEX_BYTES: usize = 64 << 20;
/// Bytes of a signature.
const SIGNATURE_BYTES: usize = 1 << 20;

/// The repositories behind tenants.
pub struct Mirrors {
    by_tenant: BTreeMap<String, Mirror>,
    settings: Settings,
}

struct Mirror {
    url: String,
    /// Where the index is kept for when the repository is away.
    file: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    asked: Option<Instant>,
    upstream: Option<Arc<Upstream>>,
    view: Option<Arc<View>>,
}

/// What the other repository has.
struct Upstream {
    text: Bytes,
    tag: String,
    files: HashMap<String, Remote>,
}

/// Where a file is, and what it must be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    pub url: String,
    /// Hexadecimal SHA-256; empty if the index does not say.
    pub digest: String,
}

/// An index of ours and theirs.
pub struct View {
    /// Of which indexes it is made.
    parts: (String, String),
    pub etag: String,
    pub yaml: Bytes,
    pub gzip: Bytes,
}

impl Mirrors {
    pub fn new(settings: &Settings) -> Self {
        let folder = settings.kept.store.folder.join("mirrors");
        let mirror = |(tenant, url): (&String, &String)| {
            let name = HEXLOWER.encode(digest(&SHA256, format!("{tenant}\n{url}").as_bytes()).as_ref());
            let file = folder.join(format!("{}.yaml", name.get(..32).unwrap_or_default()));
            (tenant.clone(), Mirror { url: url.clone(), file, state: Mutex::default() })
        };
        Mirrors { by_tenant: settings.mirrors.iter().map(mirror).collect(), settings: settings.clone() }
    }

    /// Returns the index of a tenant that has a repository behind it, and `None` for others.
    pub async fn index(&self, app: &App, tenant: &str) -> Result<Option<Arc<View>>, Fault> {
        let Some(mirror) = self.by_tenant.get(tenant) else { return Ok(None) };
        let mut state = mirror.state.lock().await;
        let upstream = self.upstream(app, mirror, &mut state).await?;
        let local = app.store.index(tenant).await?;
        let parts = (local.etag().to_owned(), upstream.tag.clone());
        if let Some(view) = state.view.as_ref().filter(|view| view.parts == parts) {
            return Ok(Some(view.clone()));
        }
        let links = Links::new(&app.store, tenant, &mirror.url);
        let text = local.yaml().to_bytes();
        let made = tokio::task::spawn_blocking(move || View::new(parts, &upstream.text, &text, &links)).await;
        let view = made.map_err(|error| Fault::internal(error.to_string()))?.map_err(away)?;
        let view = Arc::new(view);
        state.view = Some(view.clone());
        Ok(Some(view))
    }

    /// Fetches a file that is not here, if the repository behind the tenant has it; returns whether it is here now.
    pub async fn fetch(&self, app: &App, tenant: &str, file: &str) -> Result<bool, Fault> {
        let Some(mirror) = self.by_tenant.get(tenant) else { return Ok(false) };
        let package = file.strip_suffix(".prov").unwrap_or(file);
        let upstream = {
            let mut state = mirror.state.lock().await;
            self.upstream(app, mirror, &mut state).await?
        };
        let Some(remote) = upstream.files.get(package) else { return Ok(false) };
        if package == file {
            self.keep_package(app, tenant, remote).await?;
            return Ok(true);
        }
        // A signature says nothing without its package.
        if matches!(app.store.file(tenant, package).await, Err(Error::Unknown(Missing::File))) {
            self.keep_package(app, tenant, remote).await?;
        }
        match get(format!("{}.prov", remote.url), SIGNATURE_BYTES).await {
            Err(_) => Ok(false),
            Ok(text) => kept(app.store.put_provenance(tenant, text, Policy::default()).await.map(drop)),
        }
    }

    async fn keep_package(&self, app: &App, tenant: &str, remote: &Remote) -> Result<bool, Fault> {
        let limit = usize::try_from(self.settings.limits.upload_bytes).unwrap_or(usize::MAX);
        let bytes = get(remote.url.clone(), limit).await.map_err(away)?;
        let found = HEXLOWER.encode(digest(&SHA256, &bytes).as_ref());
        if !remote.digest.is_empty() && found != remote.digest {
            return Err(away(format!("{} is not what its index says: {found}, not {}", remote.url, remote.digest)));
        }
        kept(app.store.put_chart(tenant, Spooled::from_bytes(bytes), None, Policy::default()).await.map(drop))
    }

    /// Returns what the other repository has, asked for anew when it is time; what was known counts when it is away.
    async fn upstream(&self, app: &App, mirror: &Mirror, state: &mut State) -> Result<Arc<Upstream>, Fault> {
        if let Some(upstream) = &state.upstream
            && state.asked.is_some_and(|asked| asked.elapsed() < self.settings.mirror_interval)
        {
            return Ok(upstream.clone());
        }
        state.asked = Some(Instant::now());
        let (known, url, file) = (state.upstream.clone(), mirror.url.clone(), mirror.file.clone());
        let asked = tokio::task::spawn_blocking(move || Upstream::ask(&url, file, known)).await;
        let (upstream, trouble) = asked.map_err(|error| Fault::internal(error.to_string()))?;
        if let Some(trouble) = &trouble {
            app.log.line(Level::Error, "A mirrored repository is away", &[("url", json!(mirror.url)), ("error", json!(trouble))]);
        }
        state.upstream = upstream;
        state.upstream.clone().ok_or_else(|| away(trouble.unwrap_or_default()))
    }
}

impl Upstream {
    /// Asks the repository; if it is away, what is known counts, or the file of last time. Returns what went wrong, too.
    fn ask(url: &str, file: PathBuf, known: Option<Arc<Upstream>>) -> (Option<Arc<Upstream>>, Option<String>) {
        let fetched = fetch::get(&format!("{url}/index.yaml"), INDEX_BYTES).and_then(|text| {
            let tag = HEXLOWER.encode(digest(&SHA256, &text).as_ref());
            match &known {
                Some(known) if known.tag == tag => Ok((known.clone(), None)),
                _ => Upstream::read(text, tag, url).map(|upstream| (Arc::new(upstream), Some(()))),
            }
        });
        match fetched {
            Ok((upstream, new)) => {
                if new.is_some() {
                    // Without it the server only cannot start while the repository is away.
                    let _ = keep_file(&file, &upstream.text);
                }
                (Some(upstream), None)
            }
            Err(trouble) => {
                let last = || {
                    let text = std::fs::read(&file).ok()?;
                    let tag = HEXLOWER.encode(digest(&SHA256, &text).as_ref());
                    Upstream::read(text, tag, url).ok().map(Arc::new)
                };
                (known.or_else(last), Some(trouble))
            }
        }
    }

    fn read(text: Vec<u8>, tag: String, url: &str) -> Result<Self, String> {
        let files = merge::files(&text, url)?;
        Ok(Upstream { text: text.into(), tag, files })
    }
}

impl View {
    fn new(parts: (String, String), theirs: &[u8], ours: &[u8], links: &Links) -> Result<Self, String> {
        let yaml = merge::merged(theirs, ours, links)?;
        let mut packer = GzEncoder::new(Vec::new(), Compression::default());
        let packed = packer.write_all(&yaml).and_then(|()| packer.finish());
        let gzip = packed.map_err(|error| error.to_string())?;
        let hash = HEXLOWER.encode(digest(&SHA256, &yaml).as_ref());
        let etag = format!("\"{}\"", hash.get(..32).unwrap_or_default());
        Ok(View { parts, etag, yaml: yaml.into(), gzip: gzip.into() })
    }
}

fn keep_file(file: &PathBuf, text: &[u8]) -> std::io::Result<()> {
    let folder = file.parent().unwrap_or(file);
    std::fs::create_dir_all(folder)?;
    let new = file.with_extension("new");
    std::fs::write(&new, text)?;
    std::fs::rename(new, file)
}

async fn get(url: String, limit: usize) -> Result<Bytes, String> {
    let got = tokio::task::spawn_blocking(move || fetch::get(&url, limit)).await;
    got.map_err(|error| error.to_string())?.map(Bytes::from)
}

/// That somebody else was faster is no failure.
fn kept(saved: Result<(), Error>) -> Result<bool, Fault> {
    match saved {
        Ok(()) | Err(Error::Exists(_)) => Ok(true),
        Err(Error::Invalid(text)) => Err(away(text)),
        Err(error) => Err(error.into()),
    }
}

fn away(trouble: String) -> Fault {
    Fault { detail: Some(trouble), ..Fault::new(StatusCode::BAD_GATEWAY, "the mirrored repository cannot be used") }
}
