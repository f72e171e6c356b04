//! The certificates that clients are shown and asked for: read again when their files change, and on request.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use serde_json::json;
use tokio_rustls::TlsAcceptor;

use super::tls;
use crate::log::{Log, chain};
use crate::settings::{Tls, Wrong};

/// How often a new connection makes us look at the files.
const LOOK: Duration = Duration::from_secs(2);

/// The certificates of a server.
pub struct Certificates {
    files: Tls,
    log: Arc<Log>,
    current: Mutex<Current>,
}

struct Current {
    acceptor: TlsAcceptor,
    seen: Vec<Stamp>,
    looked: Instant,
}

/// What tells one state of a file from another; none where there is no file.
type Stamp = Option<(SystemTime, u64, u64)>;

impl Certificates {
    /// Reads the files.
    ///
    /// # Errors
    /// As [`tls::acceptor`].
    pub fn open(files: &Tls, log: Arc<Log>) -> Result<Self, Wrong> {
        let seen = stamps(files);
        let current = Current { acceptor: tls::acceptor(files)?, seen, looked: Instant::now() };
        Ok(Certificates { files: files.clone(), log, current: Mutex::new(current) })
    }

    /// Returns what a new connection is greeted with.
    pub async fn acceptor(self: &Arc<Self>) -> TlsAcceptor {
        if self.is_due() {
            let own = self.clone();
            // A folder of the network may let us wait; only this connection does.
            let _ = tokio::task::spawn_blocking(move || own.look()).await;
        }
        self.current().acceptor.clone()
    }

    /// Reads the files again. Files that cannot be used are told in the log, and change nothing.
    pub fn renew(&self) {
        // Before the files are read: what changes meanwhile is seen by the next look.
        let seen = stamps(&self.files);
        let read = tls::acceptor(&self.files);
        let mut current = self.current();
        current.seen = seen;
        match read {
            Ok(acceptor) => {
                current.acceptor = acceptor;
                self.log.info("Certificates read again", &[("certificate", json!(self.files.certificate))]);
            }
            Err(error) => {
                let fields = [("error", json!(chain(&error)))];
                self.log.error("Cannot use the new certificates: the old ones stay", &fields);
            }
        }
    }

    /// Reads the files again if they have changed since they were read last.
    fn look(&self) {
        let is_new = self.current().seen != stamps(&self.files);
        if is_new {
            self.renew();
        }
    }

    /// Tells one of many connections that it is time to look.
    fn is_due(&self) -> bool {
        let mut current = self.current();
        let is_due = current.looked.elapsed() >= LOOK;
        if is_due {
            current.looked = Instant::now();
        }
        is_due
    }

    fn current(&self) -> MutexGuard<'_, Current> {
        // Nothing is left half done where it is held.
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn stamps(files: &Tls) -> Vec<Stamp> {
    let paths = [Some(&files.certificate), Some(&files.key), files.client_authority.as_ref()];
    paths.into_iter().flatten().map(|path| stamp(path)).collect()
}

/// Follows links: Kubernetes renews a mounted Secret by turning one.
fn stamp(path: &Path) -> Stamp {
    use std::os::unix::fs::MetadataExt;
    let info = fs::metadata(path).ok()?;
    Some((info.modified().ok()?, info.len(), info.ino()))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::log::Log;
    use crate::settings::LogSettings;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("lines").write(bytes)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// Puts a new file in the place of the old one: two writes may be too close to each other for the clock of a disk.
    fn put(path: &Path, text: &str) {
        let new = path.with_extension("new");
        fs::write(&new, text).expect("a file");
        fs::rename(&new, path).expect("in its place");
    }

    fn write(files: &Tls, made: &rcgen::CertifiedKey<rcgen::KeyPair>) {
        put(&files.certificate, &made.cert.pem());
        put(&files.key, &made.signing_key.serialize_pem());
    }

    #[test]
    fn each_change_is_read_once_and_a_broken_one_changes_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = |name| folder.path().join(name);
        let files = Tls { certificate: path("cert"), key: path("key"), client_authority: None };
        let made = || rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        write(&files, &made());
        let lines = Lines::default();
        let log = Arc::new(Log::to(LogSettings::default(), Box::new(lines.clone())));
        let certificates = Certificates::open(&files, log).expect("certificates");
        let own = |certificates: &Certificates| Arc::as_ptr(certificates.current().acceptor.config());
        let mut before = own(&certificates);
        let another = made();
        let steps: [(&dyn Fn(), &str); 5] = [
            (&|| {}, ""),
            (&|| write(&files, &another), "read again"),
            (&|| put(&files.certificate, "nonsense"), "stay"),
            (&|| fs::remove_file(&files.key).expect("a file"), "stay"),
            (&|| write(&files, &another), "read again"),
        ];
        for (number, (change, told)) in steps.into_iter().enumerate() {
            change();
            certificates.look();
            certificates.look();
            let text = String::from_utf8(std::mem::take(&mut *lines.0.lock().expect("lines"))).expect("a text");
            assert_eq!(text.lines().count(), usize::from(!told.is_empty()), "{number}: {text}");
            assert!(text.contains(told), "{number}: {text}");
            assert_eq!(own(&certificates) != before, told == "read again", "{number}");
            before = own(&certificates);
        }
    }
}
