//! Provenance of chart archives: OpenPGP signatures beside them, made and checked as Helm 4.3.1 does
//! (`pkg/provenance`, ProtonMail/go-crypto 1.4.1). Knows nothing of where archives come from.
//!
//! A [`Keyring`] holds the keys of a file as gpg users have them: binary, keybox or armour, public or secret.
//! [`verify_chart`] checks an archive with the `.prov` file beside it, [`Signer`] makes one. Keys and algorithms are
//! `pgp`'s; which signatures of a key count, and the words for what is wrong, are Helm's.

mod agent;
mod armor;
mod clearsign;
mod cursor;
mod detached;
mod entity;
mod fault;
mod key;
mod keybox;
mod keyring;
mod message;
mod packet;
mod sign;
mod signature;
mod verify;

pub use keyring::{Keyring, default_keyring};
pub use sign::{Ask, Found, Signer, sha256_hex};
pub use verify::{SignedChart, Verification, verify, verify_chart, verify_content};
