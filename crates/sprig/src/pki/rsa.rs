//! RSA keys: generation and signing by aws-lc, checks of foreign keys as Go's.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::{digest, signature};
use num_bigint::BigUint;

use super::{asn1, der};

/// A private key of two primes, in the order of PKCS#1: n, e, d, p, q, dP, dQ, qInv.
pub(crate) struct RsaKey {
    parts: [BigUint; 8],
}

/// The header of a SHA-256 digest inside a PKCS#1 signature.
const SHA256_PREFIX: &[u8] = b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";

/// Go's smallest modulus to sign with, in bits.
const MIN_BITS: u64 = 1024;

impl RsaKey {
    /// Makes a new key.
    pub(crate) fn generate(size: KeySize) -> Result<RsaKey, String> {
        let refused = |_| "aws-lc cannot make a key".to_string();
        let pair = KeyPair::generate(size).map_err(refused)?;
        let pkcs8: Pkcs8V1Der<'_> = pair.as_der().map_err(refused)?;
        let (leaves, _) = asn1::unmarshal(pkcs8.as_ref(), &asn1::PKCS8)?;
        let inner = leaves.last().copied().flatten().unwrap_or_default();
        let (leaves, _) = asn1::unmarshal(inner, &asn1::PKCS1)?;
        let part = |i: usize| BigUint::from_bytes_be(leaves.get(i).copied().flatten().unwrap_or_default());
        Ok(RsaKey { parts: std::array::from_fn(|i| part(i + 1)) })
    }

    /// Reads a key and checks it as `x509.ParsePKCS1PrivateKey`.
    pub(crate) fn parse(der: &[u8]) -> Result<RsaKey, String> {
        let leaves = match asn1::unmarshal(der, &asn1::PKCS1) {
            Ok((leaves, [])) => leaves,
            Ok(_) => return Err("asn1: syntax error: trailing data".into()),
            Err(_) if asn1::unmarshal(der, &asn1::EC).is_ok() => return Err(use_instead("ParseECPrivateKey")),
            Err(_) if asn1::unmarshal(der, &asn1::PKCS8).is_ok() => return Err(use_instead("ParsePKCS8PrivateKey")),
            Err(err) => return Err(err),
        };
        let leaf = |i: usize| leaves.get(i).copied().flatten();
        if asn1::small_integer(leaf(0).unwrap_or_default()) > 1 {
            return Err("x509: unsupported private key version".into());
        }
        let not_positive = |bytes: &[u8]| bytes.first().is_some_and(|b| *b >= 0x80) || bytes.iter().all(|b| *b == 0);
        if [1, 3, 4, 5, 6, 7, 8].iter().filter_map(|i| leaf(*i)).any(not_positive) {
            return Err("x509: private key contains zero or negative value".into());
        }
        if leaf(9).is_some() {
            return Err("crypto/rsa: keys of more than two primes are not supported".into());
        }
        let exponent = asn1::small_integer(leaf(2).unwrap_or_default());
        let big = |i: usize| BigUint::from_bytes_be(leaf(i).unwrap_or_default());
        let mut key = RsaKey { parts: std::array::from_fn(|i| big(i + 1)) };
        key.complete([6, 7, 8].iter().all(|i| leaf(*i).is_some()))?;
        key.check(exponent)?;
        Ok(key)
    }

    /// Computes the three values of the Chinese remainder theorem where the key lacks one.
    fn complete(&mut self, present: bool) -> Result<(), String> {
        let one = BigUint::from(1_u8);
        let [_, _, d, p, q, ..] = &self.parts;
        if present {
            return Ok(());
        }
        if *p <= one || *q <= one {
            return Err("crypto/rsa: invalid prime".into());
        }
        if !p.bit(0) {
            return Err("crypto/rsa: p is even".into());
        }
        let inverse = (q % p).modpow(&(p - 2_u8), p);
        let (dp, dq) = (d % (p - &one), d % (q - &one));
        [self.parts[5], self.parts[6], self.parts[7]] = [dp, dq, inverse];
        Ok(())
    }

    /// The checks of `crypto/rsa`, in its order.
    fn check(&self, exponent: i64) -> Result<(), String> {
        let fail = |text: &str| Err(format!("crypto/rsa: {text}"));
        let [n, e, d, p, q, dp, dq, inverse] = &self.parts;
        let one = BigUint::from(1_u8);
        if !n.bit(0) {
            return fail("public modulus is even");
        }
        if exponent < 2 {
            return fail("public exponent too small or negative");
        }
        if exponent % 2 == 0 {
            return fail("public exponent is even");
        }
        if exponent > i64::from(i32::MAX) {
            return fail("public exponent too large");
        }
        if p >= n || q >= n || *p <= one || *q <= one {
            return fail("invalid prime");
        }
        if (p * q) % n != BigUint::ZERO {
            return fail("p * q != n");
        }
        let (p1, q1) = (p - &one, q - &one);
        if *dp >= p1 || *dq >= q1 || (e * dp) % &p1 != one || (e * dq) % &q1 != one {
            return fail("invalid CRT exponent");
        }
        if (q * inverse) % p != one {
            return fail("invalid CRT coefficient");
        }
        if d % &p1 != *dp {
            return fail("d does not match dP");
        }
        if d % &q1 != *dq {
            return fail("d does not match dQ");
        }
        let difference = if p > q { p - q } else { q - p };
        if difference.bits() + 100 <= n.bits() / 2 {
            return fail(if difference == BigUint::ZERO { "p == q" } else { "|p - q| too small" });
        }
        if d.bits() <= n.bits() / 2 { fail("d too small") } else { Ok(()) }
    }

    /// Returns the PKCS#1 form.
    pub(crate) fn der(&self) -> Vec<u8> {
        let parts: Vec<Vec<u8>> = self.parts.iter().map(|part| der::integer(&part.to_bytes_be())).collect();
        let mut all = vec![&[der::INTEGER, 1, 0][..]];
        all.extend(parts.iter().map(Vec::as_slice));
        der::sequence(&all)
    }

    /// Returns the public key: modulus and exponent.
    pub(crate) fn public(&self) -> Vec<u8> {
        let [n, e, ..] = &self.parts;
        der::sequence(&[&der::integer(&n.to_bytes_be()), &der::integer(&e.to_bytes_be())])
    }

    /// Signs with SHA-256 and PKCS#1 v1.5 padding.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String> {
        let bits = self.parts[0].bits();
        if bits < MIN_BITS {
            return Err(format!(
                "crypto/rsa: {bits}-bit keys are insecure (see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)"
            ));
        }
        let Ok(pair) = KeyPair::from_der(&self.der()) else { return Ok(self.sign_slowly(message)) };
        let mut out = vec![0; pair.public_modulus_len()];
        pair.sign(&signature::RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut out)
            .map_err(|_| "aws-lc cannot sign with this key".to_string())?;
        Ok(out)
    }

    /// Signs with a key of a size that aws-lc refuses.
    fn sign_slowly(&self, message: &[u8]) -> Vec<u8> {
        let [n, _, d, ..] = &self.parts;
        let len = usize::try_from(n.bits().div_ceil(8)).unwrap_or(0);
        let digest = digest::digest(&digest::SHA256, message);
        let mut block = vec![0xFF; len.saturating_sub(SHA256_PREFIX.len() + 32)];
        if let [first, second, .., last] = block.as_mut_slice() {
            (*first, *second, *last) = (0, 1, 0);
        }
        block.extend_from_slice(SHA256_PREFIX);
        block.extend_from_slice(digest.as_ref());
        let signed = BigUint::from_bytes_be(&block).modpow(d, n).to_bytes_be();
        [vec![0; len.saturating_sub(signed.len())], signed].concat()
    }
}

pub(crate) fn use_instead(function: &str) -> String {
    format!("x509: failed to parse private key (use {function} instead for this key format)")
}
