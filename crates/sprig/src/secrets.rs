//! Hashes, passwords, encryption and random texts.

use aws_lc_rs::cipher::{
    AES_256, DecryptingKey, DecryptionContext, EncryptingKey, EncryptionContext, UnboundCipherKey,
};
use aws_lc_rs::digest::{self, Algorithm};
use aws_lc_rs::iv::FixedLength;
use gostd::Type as T;
use gostd::{GoError, Value};
use gotemplate::exec::Exec;
use gotemplate::func::Func;

use crate::args::{int, string};
use crate::encoding::{base64_decode, base64_encode};
use crate::host::Host;
use crate::limits;
use crate::table::fixed;

const SS: &[T] = &[T::String, T::String];

pub(crate) const TABLE: &[Func] = &[
    fixed("sha1sum", &[T::String], T::String, |_, args| sum(args, &digest::SHA1_FOR_LEGACY_USE_ONLY)),
    fixed("sha256sum", &[T::String], T::String, |_, args| sum(args, &digest::SHA256)),
    fixed("sha512sum", &[T::String], T::String, |_, args| sum(args, &digest::SHA512)),
    fixed("adler32sum", &[T::String], T::String, |_, args| {
        Ok(Value::from(adler2::adler32_slice(string(args, 0)?).to_string()))
    }),
    fixed("bcrypt", &[T::String], T::String, |exec, args| bcrypt(exec, string(args, 0)?).map(Value::from)),
    fixed("htpasswd", SS, T::String, htpasswd),
    fixed("encryptAES", SS, T::String, encrypt),
    fixed("decryptAES", SS, T::String, |_, args| decrypt(args)),
    fixed("randAlphaNum", &[T::Int], T::String, |exec, args| random_text(exec, args, ALPHANUMERIC)),
    fixed("randAlpha", &[T::Int], T::String, |exec, args| random_text(exec, args, &ALPHANUMERIC[..52])),
    fixed("randNumeric", &[T::Int], T::String, |exec, args| random_text(exec, args, &ALPHANUMERIC[52..])),
    fixed("randAscii", &[T::Int], T::String, |exec, args| random_text(exec, args, &ASCII)),
    fixed("randBytes", &[T::Int], T::String, random_bytes),
    fixed("uuidv4", &[], T::String, uuid),
];

type Result<V = Value> = std::result::Result<V, GoError>;

const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// From the space to the tilde.
static ASCII: [u8; 95] = {
    let mut all = [0; 95];
    let mut i = 0;
    while i < all.len() {
        all[i] = b' ' + i as u8;
        i += 1;
    }
    all
};

fn sum(args: &[Value], algorithm: &'static Algorithm) -> Result {
    let digest = digest::digest(algorithm, string(args, 0)?);
    Ok(Value::str(hex(digest.as_ref())))
}

fn hex(bytes: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]).collect()
}

/// Go's `bcrypt.DefaultCost`.
const BCRYPT_COST: u32 = 10;

/// bcrypt looks at no more; Go refuses what is longer.
const BCRYPT_BYTES: usize = 72;

fn bcrypt(exec: &Exec<'_>, password: &[u8]) -> Result<String> {
    if password.len() > BCRYPT_BYTES {
        let text = "failed to encrypt string with bcrypt: bcrypt: password length exceeds 72 bytes";
        return Ok(text.into());
    }
    let mut salt = [0; 16];
    Host::of(exec)?.fill(&mut salt)?;
    Ok(match bcrypt::hash_with_salt(password, BCRYPT_COST, salt) {
        Ok(parts) => parts.format_for_version(bcrypt::Version::TwoA),
        Err(err) => format!("failed to encrypt string with bcrypt: {err}"),
    })
}

fn htpasswd(exec: &mut Exec<'_>, args: &[Value]) -> Result {
    let (user, password) = (string(args, 0)?, string(args, 1)?);
    if user.contains(&b':') {
        return Ok(Value::str([b"invalid username: ", user.as_bytes()].concat()));
    }
    let hash = bcrypt(exec, password)?;
    Ok(Value::str([user.as_bytes(), b":", hash.as_bytes()].concat()))
}

/// The length of an AES block, of the initial vector and of the padding's unit.
const BLOCK: usize = 16;

/// The password itself is the key, cut or filled with zeros to 256 bits.
fn aes_key(password: &[u8]) -> Result<UnboundCipherKey> {
    let mut key = [0; 32];
    key.iter_mut().zip(password).for_each(|(k, p)| *k = *p);
    UnboundCipherKey::new(&AES_256, &key).map_err(|_| unusable())
}

fn unusable() -> GoError {
    GoError::new("aes: the cipher is not usable")
}

/// Encrypts with AES-256-CBC; the initial vector comes first.
fn encrypt(exec: &mut Exec<'_>, args: &[Value]) -> Result {
    let (password, text) = (string(args, 0)?, string(args, 1)?);
    if text.is_empty() {
        return Ok(Value::str(""));
    }
    limits::string(text.len() / 3 * 4)?;
    let mut vector = [0; BLOCK];
    Host::of(exec)?.fill(&mut vector)?;
    let padding = BLOCK - text.len() % BLOCK;
    let mut body = text.to_vec();
    body.resize(text.len() + padding, padding as u8);
    let key = EncryptingKey::cbc(aes_key(password)?).map_err(|_| unusable())?;
    let context = EncryptionContext::Iv128(FixedLength::from(vector));
    key.less_safe_encrypt(&mut body, context).map_err(|_| unusable())?;
    Ok(Value::str(base64_encode(&[&vector[..], &body].concat())))
}

/// Decrypts what [`encrypt`] made; anything else fails as Go's slices do.
fn decrypt(args: &[Value]) -> Result {
    let (password, text) = (string(args, 0)?, string(args, 1)?);
    if text.is_empty() {
        return Ok(Value::str(""));
    }
    let mut bytes = base64_decode(text).map_err(|err| GoError::new(err.message64()))?;
    // The slice that Go cuts has this capacity, more than the length where the text is padded.
    let capacity = text.len() / 4 * 3;
    if capacity < BLOCK {
        return out_of_range(format!("slice bounds out of range [:{BLOCK}] with capacity {capacity}"));
    }
    if bytes.len() < BLOCK {
        return out_of_range(format!("slice bounds out of range [{BLOCK}:{}]", bytes.len()));
    }
    let mut body = bytes.split_off(BLOCK);
    if !body.len().is_multiple_of(BLOCK) {
        return Err(GoError::new("crypto/cipher: input not full blocks"));
    }
    let vector: [u8; BLOCK] = bytes.try_into().map_err(|_| unusable())?;
    let key = DecryptingKey::cbc(aes_key(password)?).map_err(|_| unusable())?;
    if !body.is_empty() {
        key.decrypt(&mut body, DecryptionContext::Iv128(FixedLength::from(vector))).map_err(|_| unusable())?;
    }
    let Some(&padding) = body.last() else { return out_of_range("index out of range [-1]".into()) };
    match body.len().checked_sub(usize::from(padding)) {
        Some(len) => body.truncate(len),
        None => {
            let end = body.len() as i64 - i64::from(padding);
            return out_of_range(format!("slice bounds out of range [:{end}]"));
        }
    }
    Ok(Value::str(body))
}

fn out_of_range(text: String) -> Result {
    Err(GoError::new(format!("runtime error: {text}")))
}

/// Draws characters evenly from a set; a negative count gives nothing.
fn random_text(exec: &mut Exec<'_>, args: &[Value], set: &[u8]) -> Result {
    let count = usize::try_from(int(args, 0)?).unwrap_or(0);
    limits::string(count)?;
    let host = Host::of(exec)?;
    let mut out = Vec::with_capacity(count);
    // A byte past the last whole multiple of the set's size would favour its first characters.
    let even = 256 / set.len() * set.len();
    let mut buffer = [0; 256];
    while out.len() < count {
        let draws = (count - out.len() + 16).min(buffer.len());
        let drawn = buffer.get_mut(..draws).unwrap_or_default();
        host.fill(drawn)?;
        let usable = drawn.iter().map(|b| usize::from(*b)).filter(|b| *b < even);
        out.extend(usable.filter_map(|b| set.get(b % set.len())).take(count - out.len()));
    }
    Ok(Value::str(out))
}

fn random_bytes(exec: &mut Exec<'_>, args: &[Value]) -> Result {
    let count = usize::try_from(int(args, 0)?);
    let count = count.map_err(|_| GoError::new("runtime error: makeslice: len out of range"))?;
    limits::string(count)?;
    let mut bytes = vec![0; count];
    Host::of(exec)?.fill(&mut bytes)?;
    Ok(Value::str(base64_encode(&bytes)))
}

fn uuid(exec: &mut Exec<'_>, _: &[Value]) -> Result {
    let mut bytes = [0; 16];
    Host::of(exec)?.fill(&mut bytes)?;
    bytes[6] = bytes[6] & 0x0F | 0x40;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    let hex = String::from_utf8(hex(&bytes)).unwrap_or_default();
    let groups = [hex.get(..8), hex.get(8..12), hex.get(12..16), hex.get(16..20), hex.get(20..)];
    Ok(Value::from(groups.map(Option::unwrap_or_default).join("-")))
}
