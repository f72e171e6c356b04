//! `--schema-references`: where the schemas of charts may refer to. Helm follows every reference; a chart from a stranger
//! could so read files and ask servers, so here it has to be allowed.

mod network;

use std::cell::RefCell;
use std::collections::HashSet;
use std::io::{ErrorKind, Read};
use std::path::PathBuf;

use chart::schema::{LoadError, Schemas};
use gostd::GoError;
use gostd::url::Url;

use crate::failure::Failure;
use crate::flags::Parsed;
use crate::output_dir::reason;
use network::Network;

const VARIABLE: &str = "PILOTHOUSE_SCHEMA_REFERENCES";

/// What schemas may refer to outside of themselves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Allowed {
    None,
    File,
    All,
}

/// What references lead to, for one command.
pub struct References {
    allowed: Allowed,
    network: Network,
    urns: RefCell<HashSet<String>>,
}

impl References {
    /// Follows the flag, or the variable, or nothing.
    ///
    /// # Errors
    /// For a word that means nothing.
    pub fn of(flags: &Parsed) -> Result<Self, Failure> {
        Ok(References::new(allowed(flags.last("schema-references"), std::env::var(VARIABLE).ok().as_deref())?))
    }

    fn new(allowed: Allowed) -> Self {
        References { allowed, network: Network::default(), urns: RefCell::default() }
    }

    /// Returns what `--skip-schema-validation` leaves of schemas.
    pub fn schemas(&self, flags: &Parsed) -> Schemas<'_> {
        if flags.bool("skip-schema-validation") { Schemas::Ignored } else { Schemas::Checked(self) }
    }
}

impl chart::schema::References for References {
    fn load(&self, url: &str, limit_bytes: usize) -> Result<Vec<u8>, LoadError> {
        let parsed = Url::parse(url.as_bytes())?;
        match (self.allowed, parsed.scheme == b"file") {
            (Allowed::File | Allowed::All, true) => file(&parsed, limit_bytes),
            (Allowed::All, false) => self.network.load(url, limit_bytes),
            (Allowed::None, true) => Err(refused("files", "file")),
            (Allowed::None | Allowed::File, false) => Err(refused("URLs", "all")),
        }
    }

    fn is_new_urn(&self, urn: &str) -> bool {
        self.urns.borrow_mut().insert(urn.to_owned())
    }
}

fn allowed(flag: Option<&str>, variable: Option<&str>) -> Result<Allowed, Failure> {
    let (word, source) = match (flag, variable) {
        (Some(flag), _) => (flag, "argument"),
        (None, Some("") | None) => return Ok(Allowed::None),
        (None, Some(word)) => (word, "value"),
    };
    match word {
        "none" => Ok(Allowed::None),
        "file" => Ok(Allowed::File),
        "all" => Ok(Allowed::All),
        _ => {
            let place = if flag.is_some() { "\"--schema-references\" flag" } else { VARIABLE };
            Err(Failure::new(format!("invalid {source} {word:?} for {place}: must be one of: none, file, all")))
        }
    }
}

fn refused(what: &str, word: &str) -> LoadError {
    let text = format!(
        "references to {what} are followed only with --schema-references={word} or {VARIABLE}={word}; or move what is \
         referred to into the schema's $defs"
    );
    GoError::new(text).into()
}

/// Reads a file as `FileLoader` of santhosh-tekuri/jsonschema 6.0.3 does: the host of a URL means nothing.
fn file(url: &Url, limit_bytes: usize) -> Result<Vec<u8>, LoadError> {
    let path = path(&url.path);
    let fail = |operation: &str, error: std::io::Error| {
        // Rust's own word for a zero byte in a name.
        let why = if error.kind() == ErrorKind::InvalidInput { "invalid argument".into() } else { reason(&error) };
        LoadError::Failed(GoError::new(format!("{operation} {}: {why}", path.display())))
    };
    let source = std::fs::File::open(&path).map_err(|error| fail("open", error))?;
    let mut text = Vec::new();
    let most = (limit_bytes as u64).saturating_add(1);
    source.take(most).read_to_end(&mut text).map_err(|error| fail("read", error))?;
    if text.len() > limit_bytes { Err(LoadError::TooLong) } else { Ok(text) }
}

#[cfg(unix)]
fn path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(bytes).into()
}

/// A drive stands behind the first slash: `file:///C:/x.json`.
#[cfg(not(unix))]
fn path(bytes: &[u8]) -> PathBuf {
    let text = String::from_utf8_lossy(bytes);
    text.strip_prefix('/').unwrap_or(&text).replace('/', std::path::MAIN_SEPARATOR_STR).into()
}

#[cfg(test)]
mod tests;
