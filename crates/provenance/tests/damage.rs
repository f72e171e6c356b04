//! Damaged keyrings and signatures are told, or accepted where the damage does not matter, but nothing breaks.

use std::fs;
use std::path::{Path, PathBuf};

use provenance::{Keyring, verify};

fn keys() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/keys")
}

fn read(name: &str) -> Vec<u8> {
    fs::read(keys().join(name)).unwrap()
}

/// The same numbers in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

/// Changes, takes out or doubles a few bytes.
fn damaged(bytes: &[u8], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=numbers.below(3) {
        let at = numbers.below(bytes.len());
        match numbers.below(4) {
            0 => bytes[at] = numbers.below(256) as u8,
            1 => bytes[at] ^= 1 << numbers.below(8),
            2 => drop(bytes.drain(at..(at + numbers.below(40)).min(bytes.len()))),
            _ => {
                let piece = bytes[at..(at + numbers.below(40)).min(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}

#[test]
fn damaged_keyrings_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keyring");
    let mut numbers = Numbers(7);
    let mut accepted = 0;
    for name in ["ed25519.pub", "ed25519.secret", "locked.secret", "certify.secret", "rsa.asc", "all.kbx"] {
        let whole = read(name);
        for _ in 0..60 {
            fs::write(&file, damaged(&whole, &mut numbers)).unwrap();
            accepted += usize::from(Keyring::load(&file).is_ok());
        }
        for end in (0..whole.len()).step_by(whole.len() / 20 + 1) {
            fs::write(&file, &whole[..end]).unwrap();
            accepted += usize::from(Keyring::load(&file).is_ok());
        }
    }
    assert!(accepted > 0);
}

#[test]
fn damaged_signatures_do_no_harm() {
    let keyring = Keyring::load(&keys().join("ed25519.pub")).unwrap();
    let (archive, provenance) = (read("app-0.1.0.tgz"), read("ed25519.prov"));
    assert!(verify(&archive, "app-0.1.0.tgz", &provenance, &keyring).is_ok());
    let mut numbers = Numbers(7);
    let (mut held, mut failed) = (0, 0);
    for _ in 0..400 {
        match verify(&archive, "app-0.1.0.tgz", &damaged(&provenance, &mut numbers), &keyring) {
            Ok(_) => held += 1,
            Err(_) => failed += 1,
        }
    }
    // Blanks at the end of lines and what stands beside the signed text do not matter; most does.
    assert!(failed > 10 * held, "{held} held, {failed} failed");
}
