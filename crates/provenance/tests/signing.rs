//! Every kind of key signs, and what it signed is checked; what Helm and gpg say of it is in
//! `bin/pilothouse/tests/signatures.rs`.

use std::path::{Path, PathBuf};

use gostd::GoError;
use provenance::{Keyring, Signer, sha256_hex, verify};

const DEFINITION: &[u8] = b"apiVersion: v2\ndescription: |-\n  - dashes   \n  -----BEGIN\nname: app\nversion: 0.1.0\n";
const ARCHIVE: &[u8] = b"an archive";

fn keys() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance/keys")
}

fn load(name: &str) -> Keyring {
    Keyring::load(&keys().join(name)).unwrap()
}

fn nobody(_: &str) -> Result<Vec<u8>, GoError> {
    Err(GoError::new("nobody is there"))
}

fn sign(signer: &Signer) -> Result<Vec<u8>, GoError> {
    signer.clear_sign(DEFINITION, "app-0.1.0.tgz", &format!("sha256:{}", sha256_hex(ARCHIVE)))
}

#[test]
fn what_was_signed_holds() {
    for name in ["rsa", "ed25519", "p256", "p384", "p521", "dsa", "certify"] {
        let secret = load(&format!("{name}.secret"));
        let signer = secret.find(&format!("{name}@example.org")).unwrap().open(None, &mut nobody).unwrap();
        let provenance = sign(&signer).unwrap();
        let text = String::from_utf8(provenance.clone()).unwrap();
        let start = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\napiVersion: v2\ndescription: |-\n  - dashes\n  -----BEGIN\n";
        assert!(text.starts_with(start), "{text}");
        assert!(text.ends_with("\n-----END PGP SIGNATURE-----"), "{text}");
        let public = load(&format!("{name}.pub"));
        let verified = verify(ARCHIVE, "app-0.1.0.tgz", &provenance, &public).unwrap();
        assert_eq!(verified.signers, [format!("{name} (for tests) <{name}@example.org>")]);
        assert_eq!(verified.hash, format!("sha256:{}", sha256_hex(ARCHIVE)));
        let error = verify(b"another one", "app-0.1.0.tgz", &provenance, &public).unwrap_err();
        assert!(error.text.starts_with("sha256 sum does not match for app-0.1.0.tgz: "), "{error}");
        let error = verify(ARCHIVE, "b.tgz", &provenance, &public).unwrap_err();
        assert_eq!(error.text, "provenance does not contain a SHA for a file named \"b.tgz\"");
        let changed = text.replace("name: app", "name: abb");
        assert!(verify(ARCHIVE, "app-0.1.0.tgz", changed.as_bytes(), &public).is_err(), "{name}");
    }
}

#[test]
fn lines_that_start_with_dashes_are_guarded() {
    let secret = load("ed25519.secret");
    let signer = secret.find("ed25519").unwrap().open(None, &mut nobody).unwrap();
    let provenance = signer.clear_sign(b"- a\n-----END\nb \n", "x", "sha256:1").unwrap();
    let text = String::from_utf8_lossy(&provenance).into_owned();
    assert!(
        text.contains("\n\n- - a\n- -----END\nb\n\n...\nfiles:\n  x: sha256:1\n\n-----BEGIN PGP SIGNATURE"),
        "{text}"
    );
    let error = verify(b"", "x", &provenance, &load("ed25519.pub")).unwrap_err();
    assert!(error.text.starts_with("sha256 sum does not match for x: \"sha256:1\" != "), "{error}");
}

#[test]
fn passphrases_open_keys() {
    let locked = load("locked.secret");
    let open = |given: Option<&[u8]>| {
        let mut asked = Vec::new();
        let mut ask = |name: &str| {
            asked.push(name.to_owned());
            Ok(b"correct horse".to_vec())
        };
        let signer = locked.find("locked").unwrap().open(given, &mut ask);
        (signer.map(drop).map_err(|error| error.text), asked)
    };
    let wrong = Err("openpgp: invalid data: private key checksum failure".to_owned());
    assert_eq!(open(Some(b"correct horse")), (Ok(()), vec![]));
    assert_eq!(open(Some(b"wrong")), (wrong.clone(), vec![]));
    assert_eq!(open(Some(b"")), (wrong, vec![]));
    assert_eq!(open(None), (Ok(()), vec!["locked (for tests) <locked@example.org>".to_owned()]));
    let error = locked.find("locked").unwrap().open(None, &mut nobody).map(drop).unwrap_err();
    assert_eq!(error.text, "nobody is there");
}
