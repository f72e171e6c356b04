//! What can be wrong with OpenPGP data, in the words of Helm's library (`openpgp/errors`).

use std::borrow::Cow;
use std::fmt;

use gostd::GoError;

/// Something wrong. The kinds matter: keys with some of them are passed over.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fault {
    Structural(String),
    Unsupported(String),
    Argument(String),
    Signature(String),
    /// A packet that no rule allows to pass over.
    CriticalPacket(u8),
    /// Any other, with its whole text.
    Other(Cow<'static, str>),
}

impl Fault {
    pub const END: Fault = Fault::Other(Cow::Borrowed("unexpected EOF"));
    pub const UNKNOWN_ISSUER: Fault = Fault::Other(Cow::Borrowed("openpgp: signature made by unknown entity"));
    pub const KEY_REVOKED: Fault = Fault::Other(Cow::Borrowed("openpgp: signature made by revoked key"));
    pub const KEY_EXPIRED: Fault = Fault::Other(Cow::Borrowed("openpgp: key expired"));
    pub const SIGNATURE_EXPIRED: Fault = Fault::Other(Cow::Borrowed("openpgp: signature expired"));

    pub fn structural(text: impl Into<String>) -> Self {
        Fault::Structural(text.into())
    }

    pub fn unsupported(text: impl Into<String>) -> Self {
        Fault::Unsupported(text.into())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Structural(text) => write!(f, "openpgp: invalid data: {text}"),
            Fault::Unsupported(text) => write!(f, "openpgp: unsupported feature: {text}"),
            Fault::Argument(text) => write!(f, "openpgp: invalid argument: {text}"),
            Fault::Signature(text) => write!(f, "openpgp: invalid signature: {text}"),
            Fault::CriticalPacket(tag) => write!(f, "openpgp: unknown critical packet type: {tag}"),
            Fault::Other(text) => f.write_str(text),
        }
    }
}

impl From<Fault> for GoError {
    fn from(fault: Fault) -> Self {
        GoError::new(fault.to_string())
    }
}
