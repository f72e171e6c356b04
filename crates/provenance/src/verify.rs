//! Checks archives with the signatures beside them (`Verify` of `pkg/provenance/sign.go`, `VerifyChart` of
//! `pkg/downloader/chart_downloader.go`).

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use chart::os_error::path_error;
use gostd::{GoError, path};

use crate::detached;
use crate::entity::Entity;
use crate::keyring::{Keyring, read};
use crate::message::{self, quoted};
use crate::packet::Packets;
use crate::{clearsign, sign};
use clearsign::Signed;

/// Bytes of a provenance file; more is none.
const PROVENANCE_BYTES: u64 = 64 * 1024 * 1024;
/// Bytes of an archive; the chart in it may have 100 MiB.
const ARCHIVE_BYTES: u64 = 1024 * 1024 * 1024;

/// A signature that holds.
#[derive(Debug)]
pub struct Verification {
    /// The names of the key.
    pub signers: Vec<String>,
    /// Of the primary key, in hexadecimal digits.
    pub fingerprint: String,
    /// The hash of the archive, `sha256:…`.
    pub hash: String,
    pub file_name: String,
}

/// What somebody signed.
#[derive(Debug)]
pub struct SignedChart {
    pub name: String,
    pub version: String,
    pub verification: Verification,
}

/// Checks that an archive is what was signed, under whatever name of a file, by a key of the keyring. Whoever asks compares
/// name and version of the chart with what was wanted.
///
/// # Errors
/// As [`verify`], but for another archive: `it was signed for other content than sha256:…`.
pub fn verify_content(archive: &[u8], provenance: &[u8], keyring: &Keyring) -> Result<SignedChart, GoError> {
    let (signed, entity) = checked(provenance, keyring)?;
    let hash = format!("sha256:{}", sign::sha256_hex(archive));
    let file_name = message::file_of(&signed.text, &hash)?;
    let (name, version) = message::chart_of(&signed.text)?;
    Ok(SignedChart { name, version, verification: verification(entity, hash, file_name) })
}

/// Checks that an archive is what was signed under its name, by a key of the keyring.
///
/// # Errors
/// `signature block not found`, `openpgp: signature made by unknown entity`, `openpgp: invalid signature: …`,
/// `sha256 sum does not match for x.tgz: "sha256:…" != "sha256:…"`, and those of what was signed.
pub fn verify(archive: &[u8], file_name: &str, provenance: &[u8], keyring: &Keyring) -> Result<Verification, GoError> {
    let (signed, entity) = checked(provenance, keyring)?;
    let hash = format!("sha256:{}", sign::sha256_hex(archive));
    let wanted = message::hash_of(&signed.text, file_name)?;
    if wanted != hash {
        let (wanted, found) = (quoted(&wanted), quoted(&hash));
        return Err(GoError::new(format!("sha256 sum does not match for {file_name}: {wanted} != {found}")));
    }
    Ok(verification(entity, hash, file_name.to_owned()))
}

/// Returns a text whose signature holds, and by whom it is.
fn checked<'k>(provenance: &[u8], keyring: &'k Keyring) -> Result<(Signed, &'k Entity), GoError> {
    let signed = clearsign::decode(provenance).ok_or_else(|| GoError::new("signature block not found"))?;
    let packets = Packets::new(&signed.signature.bytes, signed.signature.end.clone());
    let entity = detached::signer(&keyring.entities, &signed.bytes, packets, now())?;
    Ok((signed, entity))
}

fn verification(entity: &Entity, hash: String, file_name: String) -> Verification {
    Verification {
        signers: entity.identities.iter().map(|identity| identity.name.clone()).collect(),
        fingerprint: data_encoding::HEXUPPER.encode(&entity.key.fingerprint),
        hash,
        file_name,
    }
}

/// Checks the archive in a file with the provenance in another one.
///
/// # Errors
/// As [`verify`]; `unpacked charts cannot be verified`, `chart must be a tgz file`,
/// `could not load provenance file FILE: …`, `failed to load keyring: …`, and those of the system.
pub fn verify_chart(archive: &Path, provenance: &Path, keyring: &Path) -> Result<Verification, GoError> {
    let info = fs::metadata(archive).map_err(|error| path_error("stat", archive, &error))?;
    let name = archive.as_os_str().as_encoded_bytes();
    if info.is_dir() {
        return Err(GoError::new("unpacked charts cannot be verified"));
    }
    if !path::ext(name).eq_ignore_ascii_case(b".tgz") {
        return Err(GoError::new("chart must be a tgz file"));
    }
    fs::metadata(provenance).map_err(|error| {
        let file = provenance.to_string_lossy();
        within(&format!("could not load provenance file {file}"), path_error("stat", provenance, &error))
    })?;
    let keyring = Keyring::load(keyring).map_err(|error| within("failed to load keyring", error))?;
    let bytes = read(archive, ARCHIVE_BYTES).map_err(|error| within("failed to read chart archive", error))?;
    let provenance =
        read(provenance, PROVENANCE_BYTES).map_err(|error| within("failed to read provenance file", error))?;
    verify(&bytes, &String::from_utf8_lossy(path::base(name)), &provenance, &keyring)
}

fn within(text: &str, error: GoError) -> GoError {
    GoError::wrap(format!("{text}: {}", error.text), error)
}

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
