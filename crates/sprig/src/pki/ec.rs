//! ECDSA keys on the curves P-256, P-384 and P-521.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, KeyPair as _,
};

use super::rsa::use_instead;
use super::{asn1, der};

/// A curve: its name for DER, the length of its numbers in bytes, how keys on it sign.
pub(crate) struct Curve {
    pub(crate) oid: &'static [u8],
    bytes: usize,
    algorithm: &'static EcdsaSigningAlgorithm,
    /// `ecdsa-with-SHA256` and its kin.
    pub(crate) signature_oid: &'static [u8],
}

static CURVES: &[Curve] = &[
    Curve {
        oid: b"\x2a\x86\x48\xce\x3d\x03\x01\x07",
        bytes: 32,
        algorithm: &ECDSA_P256_SHA256_ASN1_SIGNING,
        signature_oid: b"\x2a\x86\x48\xce\x3d\x04\x03\x02",
    },
    Curve {
        oid: b"\x2b\x81\x04\x00\x22",
        bytes: 48,
        algorithm: &ECDSA_P384_SHA384_ASN1_SIGNING,
        signature_oid: b"\x2a\x86\x48\xce\x3d\x04\x03\x03",
    },
    Curve {
        oid: b"\x2b\x81\x04\x00\x23",
        bytes: 66,
        algorithm: &ECDSA_P521_SHA512_ASN1_SIGNING,
        signature_oid: b"\x2a\x86\x48\xce\x3d\x04\x03\x04",
    },
];

pub(crate) struct EcKey {
    pub(crate) curve: &'static Curve,
    private: Vec<u8>,
    pair: EcdsaKeyPair,
}

impl EcKey {
    /// Makes a new key on P-256.
    pub(crate) fn generate(mut random: impl FnMut(&mut [u8]) -> Result<(), String>) -> Result<EcKey, String> {
        let [curve, ..] = CURVES else { return Err(UNKNOWN_CURVE.into()) };
        // A number beyond the order of the curve is refused; that happens once in 2^32 draws.
        for _ in 0..16 {
            let mut private = vec![0; curve.bytes];
            random(&mut private)?;
            if let Ok(key) = EcKey::new(curve, private) {
                return Ok(key);
            }
        }
        Err("the random source gives no usable key".into())
    }

    fn new(curve: &'static Curve, private: Vec<u8>) -> Result<EcKey, String> {
        let sec1 = sec1(&private, Some(curve.oid), None);
        let pair = EcdsaKeyPair::from_private_key_der(curve.algorithm, &sec1)
            .map_err(|_| "crypto/ecdsa: invalid private key".to_string())?;
        Ok(EcKey { curve, private, pair })
    }

    /// Reads SEC 1; the curve is given where PKCS#8 around it names one.
    pub(crate) fn parse(der: &[u8], curve: Option<&[u8]>) -> Result<EcKey, String> {
        let leaves = match asn1::unmarshal(der, &asn1::EC) {
            Ok((leaves, _)) => leaves,
            Err(_) if asn1::unmarshal(der, &asn1::PKCS8).is_ok() => return Err(use_instead("ParsePKCS8PrivateKey")),
            Err(_) if asn1::unmarshal(der, &asn1::PKCS1).is_ok() => return Err(use_instead("ParsePKCS1PrivateKey")),
            Err(err) => return Err(format!("x509: failed to parse EC private key: {err}")),
        };
        let leaf = |i: usize| leaves.get(i).copied().flatten();
        let version = asn1::small_integer(leaf(0).unwrap_or_default());
        if version != 1 {
            return Err(format!("x509: unknown EC private key version {version}"));
        }
        let name = curve.or(leaf(2));
        let curve = CURVES.iter().find(|curve| Some(curve.oid) == name).ok_or(UNKNOWN_CURVE)?;
        let mut digits = leaf(1).unwrap_or_default();
        while digits.len() > curve.bytes {
            digits = digits.strip_prefix(&[0]).ok_or("x509: invalid private key length")?;
        }
        EcKey::new(curve, [vec![0; curve.bytes - digits.len()], digits.to_vec()].concat())
    }

    /// Returns the point, uncompressed.
    pub(crate) fn public(&self) -> Vec<u8> {
        self.pair.public_key().as_ref().to_vec()
    }

    /// Returns the SEC 1 form with curve and public key.
    pub(crate) fn der(&self) -> Vec<u8> {
        sec1(&self.private, Some(self.curve.oid), Some(&self.public()))
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String> {
        let signed = self.pair.sign(&SystemRandom::new(), message);
        signed.map(|signature| signature.as_ref().to_vec()).map_err(|_| "aws-lc cannot sign with this key".into())
    }
}

const UNKNOWN_CURVE: &str = "x509: unknown elliptic curve";

fn sec1(private: &[u8], curve: Option<&[u8]>, public: Option<&[u8]>) -> Vec<u8> {
    let curve = curve.map(|curve| der::explicit(0, &der::oid(curve))).unwrap_or_default();
    let public = public.map(|public| der::explicit(1, &der::bits(0, public))).unwrap_or_default();
    der::sequence(&[&[der::INTEGER, 1, 1], &der::octets(private), &curve, &public])
}
