//! Fetches an archive of another repository: in small pieces to where bodies wait, checked, and kept. Waits for the network:
//! for threads that may wait.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use chart_store::{Algorithm, Checked, Error, Policy, Saved, Spool, Spooled, Store};
use fetch::{Client, Compression, Failure, Request, Response, Retry, Sink};

use super::lane::{Lane, Missed};
use super::queue::Weighed;
use super::quiet::Passage;
use super::upstream::Remote;
use super::wanted::VIA;
use crate::log::chain;

/// From the first connection to the last byte, with all that is tried again.
pub const TIMEOUT: Duration = Duration::from_secs(300);
/// How long a server may be silent meanwhile.
pub const SILENCE: Duration = Duration::from_secs(20);
/// What fails for the moment is tried again after 0.25 and 1 seconds, or when the server says; after that it is listed.
const RETRY: Retry = Retry { times: 2, first_pause: Duration::from_millis(250) };
/// Bytes of a signature.
const SIGNATURE_BYTES: u64 = 1 << 20;

/// A package that came, and is not checked yet.
pub struct Fetched {
    pub remote: Remote,
    pub body: Spooled,
}

/// A package that is right, and is not kept yet.
pub struct Sound {
    pub remote: Remote,
    pub checked: Checked,
}

impl Weighed for Fetched {
    fn memory_bytes(&self) -> usize {
        // Of a body, a frugal spool keeps little in memory.
        self.remote.memory_bytes()
    }
}

impl Weighed for Sound {
    fn memory_bytes(&self) -> usize {
        self.remote.memory_bytes() + self.checked.memory_bytes()
    }
}

/// The length of an archive that is kept, or why it is not.
pub type Kept = Result<u64, Trouble>;

/// Why an archive did not come.
#[derive(Debug)]
pub enum Trouble {
    /// Nothing is said of the archive: the server is away, or busy.
    Away(String),
    /// The archive is not there, or not what its index says, or no chart.
    Bad(String),
    /// Our store failed.
    Ours(Error),
}

impl Trouble {
    /// Returns what happened, for the log and for operators.
    pub fn text(&self) -> String {
        match self {
            Trouble::Away(text) | Trouble::Bad(text) => text.clone(),
            Trouble::Ours(error) => chain(error),
        }
    }
}

/// Fetches archives into a store.
pub struct Fetcher {
    client: Client,
    store: Store,
    passage: Passage,
    limit_bytes: u64,
    via: String,
}

impl Fetcher {
    /// Connections are kept from one archive to the next; all requests say who asks (`Via`).
    pub fn new(store: &Store, passage: Passage, limit_bytes: u64, via: &str) -> Self {
        let client = Client::new(Compression::None).retrying(RETRY);
        Fetcher { client, store: store.clone(), passage, limit_bytes, via: via.to_owned() }
    }

    fn download(&self, url: &str, limit_bytes: u64, sink: &mut dyn Sink) -> Result<Response, Failure> {
        let headers = [(VIA, self.via.as_str())];
        let request = Request::new(url, TIMEOUT, limit_bytes);
        self.client.download(&Request { headers: &headers, silence: Some(SILENCE), ..request }, sink)
    }

    pub fn via(&self) -> &str {
        &self.via
    }

    /// Fetches, checks and keeps a package. That somebody else was faster is no failure.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub fn package(&self, tenant: &str, remote: &Remote) -> Result<(), Trouble> {
        let checked = self.check(remote, self.fetch(remote)?)?;
        self.passage.wait(async { Ok(self.keep(tenant, remote, checked).await) }).map_err(Trouble::Ours)?
    }

    /// Fetches the bytes that the index speaks of.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub fn fetch(&self, remote: &Remote) -> Result<Spooled, Trouble> {
        let mut incoming = Incoming { fetcher: self, spool: None, failed: None };
        let got = self.download(&remote.url, self.limit_bytes, &mut incoming);
        let Incoming { spool, failed, .. } = incoming;
        if let Some(error) = failed {
            return Err(of_store(error, remote));
        }
        got.map_err(|failure| told(&failure, &remote.url, self.limit_bytes))?;
        let spool = spool.unwrap_or_else(|| self.spool());
        let body = self.passage.wait(spool.finish()).map_err(|error| of_store(error, remote))?;
        matching(body, remote)
    }

    /// Fetches the same over a connection that is kept; nothing where it does not come without ado.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn fetch_over(&self, lane: &mut Lane<'_>, remote: &Remote) -> Result<Option<Spooled>, Trouble> {
        match lane.fetch(remote).await {
            Ok(body) => matching(body, remote).map(Some),
            Err(Missed::TooLarge) => Err(told(&Failure::TooLong, &remote.url, self.limit_bytes)),
            Err(Missed::Ours(error)) => Err(of_store(error, remote)),
            Err(Missed::Odd) => Ok(None),
        }
    }

    /// Checks that what came is the chart that the index speaks of.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub fn check(&self, remote: &Remote, body: Spooled) -> Result<Checked, Trouble> {
        let checked = self.store.check_chart_here(body, self.passage.handle());
        let checked = checked.map_err(|error| of_store(error, remote))?;
        if (checked.name(), checked.version()) != (&remote.name, &remote.version) {
            let text = format!("{} is {} {}", remote.url, checked.name(), checked.version());
            return Err(Trouble::Bad(format!("{text}, not {} {} as its index says", remote.name, remote.version)));
        }
        Ok(checked)
    }

    /// Keeps packages, and says what became of each: the rows of all are written at once.
    ///
    /// # Errors
    /// The server stops.
    pub fn keep_all(
        &self,
        tenant: &str,
        packages: impl IntoIterator<Item = Sound>,
    ) -> Result<Vec<(Remote, Kept)>, Error> {
        let (remotes, packages): (Vec<Remote>, Vec<Checked>) =
            packages.into_iter().map(|Sound { remote, checked }| (remote, checked)).unzip();
        let sizes: Vec<u64> = packages.iter().map(Checked::size).collect();
        let kept = self.passage.wait(self.store.keep_charts(tenant, packages))?;
        let outcomes = kept.into_iter().zip(sizes).zip(remotes);
        Ok(outcomes
            .map(|((kept, bytes), remote)| {
                let kept = is_here(kept, &remote).map(|()| bytes);
                (remote, kept)
            })
            .collect())
    }

    async fn keep(&self, tenant: &str, remote: &Remote, checked: Checked) -> Result<(), Trouble> {
        is_here(self.store.keep_chart(tenant, checked, None, Policy::default()).await, remote)
    }

    /// Fetches the signature of a package that is here; reports whether there is one.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub fn signature(&self, tenant: &str, remote: &Remote) -> Result<bool, Trouble> {
        let url = format!("{}.prov", remote.url);
        let mut text = Vec::new();
        let got = self.download(&url, SIGNATURE_BYTES, &mut text);
        if got.is_err() {
            // Most charts are not signed.
            return Ok(false);
        }
        if chart_store::subject(&text).is_none_or(|of| of != (remote.name.clone(), remote.version.clone())) {
            // Of whatever else it may be, we were not asked.
            return Ok(false);
        }
        match self.passage.wait(self.store.put_provenance(tenant, Bytes::from(text), Policy::default())) {
            Ok(_) | Err(Error::Exists(_)) => Ok(true),
            Err(error) => Err(of_store(error, remote)),
        }
    }

    /// Returns where a body waits.
    pub fn spool(&self) -> Spool {
        self.store.spool(Algorithm::Sha256, self.limit_bytes).frugal()
    }
}

/// A body on its way to the store.
struct Incoming<'a> {
    fetcher: &'a Fetcher,
    spool: Option<Spool>,
    failed: Option<Error>,
}

impl Sink for Incoming<'_> {
    fn restart(&mut self) -> io::Result<()> {
        self.spool = None;
        Ok(())
    }

    fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        let spool = self.spool.get_or_insert_with(|| self.fetcher.spool());
        self.fetcher.passage.wait(spool.write(bytes)).map_err(|error| {
            let text = error.to_string();
            self.failed = Some(error);
            io::Error::other(text)
        })
    }
}

fn matching(body: Spooled, remote: &Remote) -> Result<Spooled, Trouble> {
    let found = body.digest().hex();
    if !remote.digest.is_empty() && found != remote.digest {
        let url = &remote.url;
        return Err(Trouble::Bad(format!("{url} is not what its index says: {found}, not {}", remote.digest)));
    }
    Ok(body)
}

/// That somebody else was faster is no failure.
fn is_here(kept: Result<Saved, Error>, remote: &Remote) -> Result<(), Trouble> {
    match kept {
        Ok(_) | Err(Error::Exists(_)) => Ok(()),
        Err(error) => Err(of_store(error, remote)),
    }
}

fn told(failure: &Failure, url: &str, limit_bytes: u64) -> Trouble {
    let text = failure.text(url, limit_bytes);
    match failure {
        Failure::Request(_) | Failure::Body(_) | Failure::Status(429 | 500..=599, _) => Trouble::Away(text),
        Failure::Url(_) | Failure::Status(..) | Failure::TooLong | Failure::Sink(_) => Trouble::Bad(text),
    }
}

/// What the store says of an archive is about the archive, or about the store.
fn of_store(error: Error, remote: &Remote) -> Trouble {
    match error {
        Error::Invalid(text) => Trouble::Bad(format!("{}: {text}", remote.url)),
        Error::TooLarge { limit } => Trouble::Bad(format!("{}: more than {limit} bytes", remote.url)),
        Error::Exists(file) => Trouble::Bad(format!("{}: {file} is another chart here", remote.url)),
        error => Trouble::Ours(error),
    }
}
