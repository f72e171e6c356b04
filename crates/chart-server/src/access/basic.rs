//! One user and one password.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64;

/// What a client is told that did not say who it is: ChartMuseum's realm, which clients may have stored.
pub const CHALLENGE: &str = "Basic realm=\"ChartMuseum\"";

/// A user and a password, kept as the hash of both.
pub struct Basic {
    hash: aws_lc_rs::digest::Digest,
}

impl Basic {
    pub fn new(user: &str, password: &str) -> Self {
        Basic { hash: digest(&SHA256, format!("{user}:{password}").as_bytes()) }
    }

    /// Reports whether an `Authorization` header has them; takes as long for a wrong password as for the right one.
    pub fn matches(&self, header: &str) -> bool {
        let Some((scheme, encoded)) = header.split_once(' ') else { return false };
        let Ok(pair) = BASE64.decode(encoded.trim().as_bytes()) else { return false };
        let hash = digest(&SHA256, &pair);
        scheme.eq_ignore_ascii_case("basic") && verify_slices_are_equal(hash.as_ref(), self.hash.as_ref()).is_ok()
    }
}
