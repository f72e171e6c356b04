//! The secret part of a key: whether it is there, and how it is opened.

use gostd::GoError;
use pgp::packet::{PacketHeader, SecretKey, SecretSubkey};
use pgp::types::{Password, SigningKey, Tag};

use super::Key;
use crate::cursor::Cursor;
use crate::fault::Fault;

/// Whether the secret part can be used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum State {
    Open,
    /// A passphrase opens it.
    Locked,
    /// It is elsewhere: only the place for it is here.
    Absent,
}

/// The packet of a secret key.
pub struct Secret {
    packet: Vec<u8>,
    pub state: State,
    /// Protected by a cipher that notices a wrong passphrase by itself.
    is_sealed: bool,
}

impl Secret {
    /// Reads what follows the public part.
    pub fn parse(cursor: &mut Cursor<'_>, key: &Key) -> Result<Self, Fault> {
        let rest = Cursor { rest: cursor.rest, is_cut: cursor.is_cut }.all();
        let (state, protection) = state(cursor, key.version)?;
        let is_sealed = protection == SEALED;
        if state == State::Absent {
            return Ok(Secret { packet: Vec::new(), state, is_sealed });
        }
        let packet = [&key.public, rest?].concat();
        let secret = cursor.all()?;
        if state == State::Open {
            check_sum(secret, key.version)?;
        }
        Ok(Secret { packet, state, is_sealed })
    }

    /// Returns what signs with the key.
    ///
    /// # Errors
    /// Helm's words for a wrong passphrase, `openpgp: invalid data: private key checksum failure`.
    pub fn open(&self, is_subkey: bool, passphrase: &Password) -> Result<Box<dyn SigningKey>, GoError> {
        let wrong = match self.is_sealed {
            true => GoError::new("cipher: message authentication failed"),
            false => Fault::structural("private key checksum failure").into(),
        };
        let unreadable = |error: pgp::errors::Error| GoError::from(Fault::Unsupported(format!("private key: {error}")));
        let length = self.packet.len() as u32;
        if is_subkey {
            let header = PacketHeader::new_fixed(Tag::SecretSubkey, length);
            let key = SecretSubkey::try_from_reader(header, self.packet.as_slice()).map_err(unreadable)?;
            return match key.unlock(passphrase, |_, _| Ok(())) {
                Ok(Ok(())) => Ok(Box::new(key)),
                _ => Err(wrong),
            };
        }
        let header = PacketHeader::new_fixed(Tag::SecretKey, length);
        let key = SecretKey::try_from_reader(header, self.packet.as_slice()).map_err(unreadable)?;
        match key.unlock(passphrase, |_, _| Ok(())) {
            Ok(Ok(())) => Ok(Box::new(key)),
            _ => Err(wrong),
        }
    }
}

/// How secrets are protected: encrypted and authenticated, …, or with a sum in what is encrypted.
const SEALED: u8 = 253;
const SUMMED: u8 = 255;

fn state(cursor: &mut Cursor<'_>, version: u8) -> Result<(State, u8), Fault> {
    let protection = cursor.u8()?;
    match protection {
        0 => return Ok((State::Open, protection)),
        SUMMED if version == 6 => return Err(Fault::structural("wrong s2k identifier for version 6")),
        SEALED..=SUMMED => {}
        _ => return Err(Fault::unsupported("deprecated s2k function in private key")),
    }
    if version == 6 {
        cursor.u8()?;
    }
    if !matches!(cursor.u8()?, 0 | 2 | 3 | 7..=9) {
        return Err(Fault::unsupported("unsupported cipher function in private key"));
    }
    if protection == SEALED && !matches!(cursor.u8()?, 1..=3) {
        return Err(Fault::unsupported("unsupported aead mode in private key"));
    }
    if version == 6 {
        cursor.u8()?;
    }
    match cursor.u8()? {
        0 => cursor.take(1)?,
        1 => cursor.take(9)?,
        3 => cursor.take(10)?,
        4 if protection != SEALED => {
            return Err(Fault::structural("using Argon2 S2K without AEAD is not allowed"));
        }
        4 => cursor.take(19)?,
        101 => match cursor.take(5)? {
            [_, b'G', b'N', b'U', 1] => return Ok((State::Absent, protection)),
            _ => return Err(Fault::unsupported("GNU S2K extension")),
        },
        _ => return Err(Fault::unsupported("S2K function")),
    };
    Ok((State::Locked, protection))
}

/// Checks the sum behind a secret that is not protected.
fn check_sum(bytes: &[u8], version: u8) -> Result<(), Fault> {
    let Some((secret, sum)) = bytes.split_last_chunk::<2>() else {
        return Err(Fault::structural("truncated private key data"));
    };
    let found = secret.iter().fold(0u16, |sum, byte| sum.wrapping_add(u16::from(*byte)));
    match version == 6 || found == u16::from_be_bytes(*sum) {
        true => Ok(()),
        false => Err(Fault::structural("private key checksum failure")),
    }
}
