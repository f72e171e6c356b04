//! Signs archives (`DecryptKey` and `ClearSign` of `pkg/provenance/sign.go`).

use aws_lc_rs::digest::{SHA256, digest};
use gostd::GoError;
use pgp::crypto::hash::HashAlgorithm;
use pgp::ser::Serialize;
use pgp::types::{Password, SignatureBytes, SigningKey};

use crate::agent::Agent;
use crate::clearsign;
use crate::detached::is_revoked;
use crate::entity::{Entity, Subkey};
use crate::fault::Fault;
use crate::key::{Key, Secret, State};
use crate::message;
use crate::signature::{head_of, length_of, suffix};
use crate::verify::now;

const HASH: HashAlgorithm = HashAlgorithm::Sha512;
/// A signature of a text.
const TEXT: u8 = 1;

/// What asks for the passphrase of the key with a name.
pub type Ask<'a> = dyn FnMut(&str) -> Result<Vec<u8>, GoError> + 'a;

/// What a keyring has under a name.
pub struct Found<'k>(pub(crate) Option<&'k Entity>);

/// A secret key, ready to sign.
pub struct Signer(How);

enum How {
    Key {
        head: Head,
        key: Box<dyn SigningKey>,
        passphrase: Password,
    },
    /// gpg has the secret part.
    Agent(Agent),
    /// There is only the place where the key was; Helm notices it when it signs.
    Absent,
}

/// What a signature says of the key it is made by.
struct Head {
    version: u8,
    algorithm: u8,
    fingerprint: Vec<u8>,
    id: u64,
}

impl Found<'_> {
    /// Opens the secret key, with the passphrase that was given or is asked for when it is locked.
    ///
    /// The primary key signs, as in Helm; a subkey does when the primary key must not sign or is not there. gpg signs
    /// when it has the secret key and the keyring has not.
    ///
    /// # Errors
    /// `private key not found`, `provided key is not a private key. Try providing a keyring with secret keys`, and for a
    /// wrong passphrase `openpgp: invalid data: private key checksum failure`.
    pub fn open(self, given: Option<&[u8]>, ask: &mut Ask<'_>) -> Result<Signer, GoError> {
        let entity = self.0.ok_or_else(|| GoError::new("private key not found"))?;
        let in_keyring = secret_of(entity, now());
        let Some((key, secret)) = in_keyring.filter(|(_, secret)| secret.state != State::Absent) else {
            let missing = "provided key is not a private key. Try providing a keyring with secret keys";
            return match Agent::of(&entity.key.fingerprint, given) {
                Some(agent) => Ok(Signer(How::Agent(agent))),
                None if in_keyring.is_some() => Ok(Signer(How::Absent)),
                None => Err(GoError::new(missing)),
            };
        };
        let passphrase = match (secret.state, given) {
            (State::Locked, Some(given)) => given.into(),
            (State::Locked, None) => {
                let mut names = entity.identities.iter().map(|identity| identity.name.as_str());
                let name = names.find(|name| !name.is_empty()).unwrap_or("Unknown");
                ask(name)?.as_slice().into()
            }
            _ => Password::empty(),
        };
        let head =
            Head { version: key.version, algorithm: key.algorithm, fingerprint: key.fingerprint.clone(), id: key.id };
        let key = secret.open(key.is_subkey, &passphrase)?;
        Ok(Signer(How::Key { head, key, passphrase }))
    }
}

/// Returns the key of an entity that signs: the primary one, unless it must not and a subkey may.
fn secret_of(entity: &Entity, now: u64) -> Option<(&Key, &Secret)> {
    let primary = entity.key.secret.as_ref()?;
    let may_sign = entity.own_signature().is_none_or(|own| own.claims.flags.is_none() || own.may_sign());
    if may_sign && primary.state != State::Absent {
        return Some((&entity.key, primary));
    }
    let secret = |subkey: &&Subkey| subkey.key.secret.as_ref().is_some_and(|secret| secret.state != State::Absent);
    let signs = |subkey: &&Subkey| {
        subkey.binding.may_sign()
            && subkey.key.can_sign()
            && !subkey.key.is_expired(&subkey.binding, now)
            && !subkey.binding.is_expired(now)
            && !is_revoked(&subkey.revocations, now)
    };
    let newest = entity.subkeys.iter().filter(secret).filter(signs);
    let newest = newest.reduce(|newest, next| if next.binding.is_newer_than(&newest.binding) { next } else { newest });
    let subkey = newest.and_then(|subkey| Some((&subkey.key, subkey.key.secret.as_ref()?)));
    Some(subkey.unwrap_or((&entity.key, primary)))
}

impl Signer {
    /// Returns the content of the `.prov` file of an archive: its Chart.yaml and its hash, `sha256:…`, and a signature.
    ///
    /// # Errors
    /// `failed to either sign or armor message block: …`, what gpg says.
    pub fn clear_sign(&self, definition: &[u8], file_name: &str, hash: &str) -> Result<Vec<u8>, GoError> {
        let text = message::write(definition, file_name, hash)?;
        let failed = |fault: &str| GoError::new(format!("failed to either sign or armor message block: {fault}"));
        match &self.0 {
            How::Absent => Err(failed("openpgp: s2k GNU dummy key: dummy key found")),
            How::Agent(agent) => agent.clear_sign(&text),
            How::Key { head, key, passphrase } => {
                let packet = head.sign(&text, key.as_ref(), passphrase);
                let packet = packet.map_err(|error| failed(&Fault::Unsupported(error.to_string()).to_string()))?;
                Ok(clearsign::encode(&text, &packet, (head.version < 6).then_some("SHA512")))
            }
        }
    }
}

impl Head {
    /// Returns the packet of a signature, laid out as Helm's are.
    fn sign(&self, text: &[u8], key: &dyn SigningKey, passphrase: &Password) -> pgp::errors::Result<Vec<u8>> {
        let salt = self.salt()?;
        let (kinds, claims) = ([TEXT, self.algorithm, HASH.into()], self.claims());
        let signed = [&salt, &clearsign::signed_bytes(text)[..], &suffix(self.version, kinds, &claims)].concat();
        let digest = HASH.digest(&signed)?;
        let mut body = head_of(self.version, kinds, &claims);
        body.extend(length_of(self.version, &[]));
        body.extend(digest.iter().take(2));
        if self.version == 6 {
            body.push(salt.len() as u8);
            body.extend(salt);
        }
        match key.sign(passphrase, HASH, &digest)? {
            SignatureBytes::Mpis(numbers) => {
                numbers.iter().try_for_each(|number| number.to_writer(&mut body))?;
            }
            SignatureBytes::Native(bytes) => body.extend_from_slice(&bytes),
        }
        Ok(packet(&body))
    }

    fn salt(&self) -> pgp::errors::Result<Vec<u8>> {
        let bytes = HASH.salt_len().filter(|_| self.version == 6).unwrap_or_default();
        let mut salt = vec![0; bytes];
        getrandom::fill(&mut salt).map_err(|error| error.to_string())?;
        Ok(salt)
    }

    /// When the signature was made, and by which key.
    fn claims(&self) -> Vec<u8> {
        const CRITICAL: u8 = 0x80;
        let mut claims = vec![5, 2 | CRITICAL];
        claims.extend_from_slice(&(now() as u32).to_be_bytes());
        let critical = if self.version == 6 { CRITICAL } else { 0 };
        if self.version < 6 {
            claims.extend_from_slice(&[9, 16]);
            claims.extend_from_slice(&self.id.to_be_bytes());
        }
        claims.extend_from_slice(&[self.fingerprint.len() as u8 + 2, 33 | critical, self.version]);
        claims.extend_from_slice(&self.fingerprint);
        claims
    }
}

/// Returns the content of a signature as a packet.
fn packet(body: &[u8]) -> Vec<u8> {
    const SIGNATURE: u8 = 0xc2;
    let head = match body.len() {
        length @ 0..192 => vec![SIGNATURE, length as u8],
        length @ 192..8384 => vec![SIGNATURE, ((length - 192) >> 8) as u8 + 192, (length - 192) as u8],
        length => [&[SIGNATURE, 255][..], &(length as u32).to_be_bytes()].concat(),
    };
    [head.as_slice(), body].concat()
}

/// Returns the SHA-256 of bytes in hexadecimal digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(digest(&SHA256, bytes).as_ref())
}
