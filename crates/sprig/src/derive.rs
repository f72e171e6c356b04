//! `derivePassword`: the Master Password algorithm (scrypt, HMAC-SHA-256, templates of character classes).

use aws_lc_rs::hmac;
use gostd::Type as T;
use gostd::value::IntKind;
use gostd::{GoError, Value};
use gotemplate::exec::Exec;
use gotemplate::func::Func;

use crate::args::{any, string};
use crate::table::fixed;

pub(crate) const TABLE: &[Func] =
    &[fixed("derivePassword", &[T::UINT32, T::String, T::String, T::String, T::String], T::String, derive)];

const SEED: &[u8] = b"com.lyndir.masterpassword";

/// What a password of each type looks like; each letter is a class of [`class`].
const TEMPLATES: &[(&str, &[&str])] = &[
    ("maximum", &["anoxxxxxxxxxxxxxxxxx", "axxxxxxxxxxxxxxxxxno"]),
    (
        "long",
        &[
            "CvcvnoCvcvCvcv",
            "CvcvCvcvnoCvcv",
            "CvcvCvcvCvcvno",
            "CvccnoCvcvCvcv",
            "CvccCvcvnoCvcv",
            "CvccCvcvCvcvno",
            "CvcvnoCvccCvcv",
            "CvcvCvccnoCvcv",
            "CvcvCvccCvcvno",
            "CvcvnoCvcvCvcc",
            "CvcvCvcvnoCvcc",
            "CvcvCvcvCvccno",
            "CvccnoCvccCvcv",
            "CvccCvccnoCvcv",
            "CvccCvccCvcvno",
            "CvcvnoCvccCvcc",
            "CvcvCvccnoCvcc",
            "CvcvCvccCvccno",
            "CvccnoCvcvCvcc",
            "CvccCvcvnoCvcc",
            "CvccCvcvCvccno",
        ],
    ),
    ("medium", &["CvcnoCvc", "CvcCvcno"]),
    ("short", &["Cvcn"]),
    ("basic", &["aaanaaan", "aannaaan", "aaannaaa"]),
    ("pin", &["nnnn"]),
];

fn class(letter: u8) -> &'static [u8] {
    match letter {
        b'V' => b"AEIOU",
        b'C' => b"BCDFGHJKLMNPQRSTVWXYZ",
        b'v' => b"aeiou",
        b'c' => b"bcdfghjklmnpqrstvwxyz",
        b'A' => b"AEIOUBCDFGHJKLMNPQRSTVWXYZ",
        b'a' => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz",
        b'n' => b"0123456789",
        b'o' => b"@&%?,=[]_:-+*$#!'^~;()/.",
        _ => b"AEIOUaeiouBCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz0123456789!@#$%^&*()",
    }
}

fn derive(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, GoError> {
    let counter = match any(args, 0)? {
        Value::Int(n) | Value::Int64(n) | Value::Sized(IntKind::Uint32 | IntKind::Uint | IntKind::Uint64, n) => {
            *n as u32
        }
        other => return Err(GoError::new(format!("wrong type for value; expected uint32; got {}", other.go_type()))),
    };
    let (sort, password, user, site) = (string(args, 1)?, string(args, 2)?, string(args, 3)?, string(args, 4)?);
    let templates = TEMPLATES.iter().find(|(name, _)| *sort == *name).map_or(&[][..], |(_, templates)| templates);
    if templates.is_empty() {
        return Ok(Value::str([b"cannot find password template ", sort.as_bytes()].concat()));
    }
    let key = match master_key(password, user) {
        Ok(key) => key,
        Err(err) => return Ok(Value::from(format!("failed to derive password: {err}"))),
    };
    let message = [SEED, &(site.len() as u32).to_be_bytes(), site, &counter.to_be_bytes()].concat();
    let seed = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), &message);
    let Some((first, rest)) = seed.as_ref().split_first() else { return Ok(Value::str("")) };
    let template = templates.get(usize::from(*first) % templates.len()).copied().unwrap_or_default();
    let letters = template.bytes().zip(rest).filter_map(|(letter, byte)| {
        let class = class(letter);
        class.get(usize::from(*byte) % class.len()).copied()
    });
    Ok(Value::str(letters.collect::<Vec<u8>>()))
}

/// scrypt with N = 32768, r = 8, p = 2, to 64 bytes.
fn master_key(password: &[u8], user: &[u8]) -> Result<[u8; 64], String> {
    let salt = [SEED, &(user.len() as u32).to_be_bytes(), user].concat();
    let params = scrypt::Params::new(15, 8, 2).map_err(|err| err.to_string())?;
    let mut key = [0; 64];
    scrypt::scrypt(password, &salt, &params, &mut key).map_err(|err| err.to_string())?;
    Ok(key)
}
