//! Files of keys, of every kind that gpg users have (`loadKeyRing` of `pkg/provenance/sign.go`).

use std::env;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use chart::os_error::path_error;
use gostd::GoError;

use crate::armor;
use crate::entity::{self, Entity};
use crate::fault::Fault;
use crate::keybox;
use crate::message::quoted;
use crate::packet::Packets;
use crate::sign::Found;

/// Bytes of a keyring, and of a signature; more is neither.
const KEYRING_BYTES: u64 = 256 * 1024 * 1024;

/// The keys of a file.
pub struct Keyring {
    pub(crate) entities: Vec<Entity>,
}

impl Keyring {
    /// Reads a file; what it is shows in its content: a keybox, armour, or packets. Keys that are damaged or of unknown
    /// kinds are passed over, unless all are.
    ///
    /// # Errors
    /// `open FILE: no such file or directory`, `reading keybox FILE: …`, `reading armored keyring FILE: no keys found`,
    /// what is wrong with the last key.
    pub fn load(file: &Path) -> Result<Self, GoError> {
        Keyring::parse(&read(file, KEYRING_BYTES)?, file)
    }

    /// Reads the content of a file, whose name is for errors only.
    ///
    /// # Errors
    /// As [`Keyring::load`].
    pub fn parse(bytes: &[u8], file: &Path) -> Result<Self, GoError> {
        let named = |kind: &str, text: &str| GoError::new(format!("reading {kind} {}: {text}", file.to_string_lossy()));
        let entities = if keybox::is_keybox(bytes) {
            let keys = keybox::keys(bytes).map_err(|text| named("keybox", &text))?;
            entity::read_all(&mut Packets::new(&keys, None))?
        } else if bytes.trim_ascii_start().starts_with(b"-----BEGIN PGP") {
            armored(bytes).map_err(|text| named("armored keyring", &text))?
        } else {
            entity::read_all(&mut Packets::new(bytes, None))?
        };
        Ok(Keyring { entities })
    }

    /// Returns the key with a name: one that has exactly this name, or the only one that contains it.
    ///
    /// # Errors
    /// `more than one key contain the id "x"`.
    pub fn find(&self, id: &str) -> Result<Found<'_>, GoError> {
        let names = || self.entities.iter().flat_map(|entity| entity.identities.iter().map(move |i| (entity, &i.name)));
        if let Some((entity, _)) = names().find(|(_, name)| *name == id) {
            return Ok(Found(Some(entity)));
        }
        let mut found = names().filter(|(_, name)| name.contains(id));
        match (found.next(), found.next()) {
            (_, Some(_)) => Err(GoError::new(format!("more than one key contain the id {}", quoted(id)))),
            (one, None) => Ok(Found(one.map(|(entity, _)| entity))),
        }
    }
}

/// Reads all blocks of armour.
fn armored(bytes: &[u8]) -> Result<Vec<Entity>, String> {
    let mut entities = Vec::new();
    let mut rest = bytes;
    while let Some((block, after)) = armor::decode(rest) {
        if block.kind != "PGP PUBLIC KEY BLOCK" && block.kind != "PGP PRIVATE KEY BLOCK" {
            return Err(format!("expected a public or private key block, got {}", quoted(&block.kind)));
        }
        let mut packets = Packets::new(&block.bytes, block.end);
        entities.extend(entity::read_all(&mut packets).map_err(|fault: Fault| fault.to_string())?);
        rest = after;
    }
    if entities.is_empty() { Err("no keys found".into()) } else { Ok(entities) }
}

/// Reads a file up to a size.
///
/// # Errors
/// Go's text, or that the file is too large.
pub(crate) fn read(file: &Path, limit: u64) -> Result<Vec<u8>, GoError> {
    let open = File::open(file).map_err(|error| path_error("open", file, &error))?;
    let mut bytes = Vec::new();
    open.take(limit + 1).read_to_end(&mut bytes).map_err(|error| path_error("read", file, &error))?;
    if bytes.len() as u64 > limit {
        return Err(GoError::new(format!("{} is larger than {limit} bytes", file.to_string_lossy())));
    }
    Ok(bytes)
}

/// Returns the keyring to use where none is named: `pubring.gpg` in gpg's folder, or `pubring.kbx` if only that is there
/// (`defaultKeyring` of `pkg/cmd/dependency_build.go`).
pub fn default_keyring() -> PathBuf {
    let home = gpg_home();
    let is_there =
        |file: &PathBuf| !matches!(fs::metadata(file), Err(error) if error.kind() == io::ErrorKind::NotFound);
    let legacy = home.join("pubring.gpg");
    if is_there(&legacy) {
        return legacy;
    }
    Some(home.join("pubring.kbx")).filter(is_there).unwrap_or(legacy)
}

/// Returns gpg's folder.
pub(crate) fn gpg_home() -> PathBuf {
    let default = || PathBuf::from(env::var_os("HOME").unwrap_or_default()).join(".gnupg");
    env::var_os("GNUPGHOME").map_or_else(default, PathBuf::from)
}
