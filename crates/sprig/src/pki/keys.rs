//! Private keys of any sort: from and to PEM, their public halves, signing.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};

use super::dsa::DsaKey;
use super::ec::EcKey;
use super::rsa::{RsaKey, use_instead};
use super::{asn1, der, oid, pem};

pub(crate) enum PrivateKey {
    Rsa(RsaKey),
    Ec(EcKey),
    Ed25519 {
        seed: Vec<u8>,
        pair: Ed25519KeyPair,
    },
    Dsa(DsaKey),
    /// Only its PKCS#8 form: Go reads it, but can neither sign with it nor certify it.
    X25519(Vec<u8>),
}

const NO_SIGNER: &str = "x509: certificate private key does not implement crypto.Signer";

impl PrivateKey {
    pub(crate) fn ed25519(seed: &[u8]) -> Result<PrivateKey, String> {
        let refused = |_| format!("x509: invalid Ed25519 private key length: {}", seed.len());
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(refused)?;
        Ok(PrivateKey::Ed25519 { seed: seed.to_vec(), pair })
    }

    /// Reads the first key of a PEM text, as sprig's `parsePrivateKeyPEM`.
    pub(crate) fn parse_pem(text: &[u8]) -> Result<PrivateKey, String> {
        let block = pem::decode(text).ok_or("no PEM data in input")?;
        let label = String::from_utf8_lossy(&block.label);
        if label == "PRIVATE KEY" {
            return parse_pkcs8(&block.bytes).map_err(|err| format!("decoding PEM as PKCS#8: {err}"));
        }
        let Some(sort) = label.strip_suffix(" PRIVATE KEY") else {
            return Err(format!("no private key data in PEM block of type {label}"));
        };
        let key = match sort {
            "RSA" => RsaKey::parse(&block.bytes).map(PrivateKey::Rsa),
            "EC" => EcKey::parse(&block.bytes, None).map(PrivateKey::Ec),
            "DSA" => DsaKey::parse(&block.bytes).map(PrivateKey::Dsa),
            _ => return Err(format!("invalid private key type {label}")),
        };
        key.map_err(|err| format!("parsing {sort} private key from PEM: {err}"))
    }

    /// Writes the key as sprig's `pemBlockForKey`.
    pub(crate) fn to_pem(&self) -> Vec<u8> {
        match self {
            PrivateKey::Rsa(key) => pem::encode("RSA PRIVATE KEY", &key.der()),
            PrivateKey::Ec(key) => pem::encode("EC PRIVATE KEY", &key.der()),
            PrivateKey::Dsa(key) => pem::encode("DSA PRIVATE KEY", &key.der()),
            PrivateKey::Ed25519 { seed, .. } => pem::encode("PRIVATE KEY", &pkcs8(oid::ED25519, &der::octets(seed))),
            PrivateKey::X25519(seed) => pem::encode("PRIVATE KEY", &pkcs8(oid::X25519, &der::octets(seed))),
        }
    }

    /// Returns the algorithm of the public key and its bytes.
    pub(crate) fn public(&self) -> Result<PublicKey, String> {
        let (algorithm, bytes) = match self {
            PrivateKey::Rsa(key) => (der::sequence(&[&der::oid(oid::RSA), der::NULL]), key.public()),
            PrivateKey::Ec(key) => (der::sequence(&[&der::oid(oid::EC), &der::oid(key.curve.oid)]), key.public()),
            PrivateKey::Ed25519 { pair, .. } => {
                (der::sequence(&[&der::oid(oid::ED25519)]), pair.public_key().as_ref().to_vec())
            }
            PrivateKey::Dsa(_) => return Err("x509: unsupported public key type: *dsa.PublicKey".into()),
            PrivateKey::X25519(_) => return Err("x509: unsupported public key type: *ecdh.PublicKey".into()),
        };
        Ok(PublicKey { algorithm, bytes })
    }

    /// Returns the algorithm that [`PrivateKey::sign`] uses.
    pub(crate) fn signature_algorithm(&self) -> Result<Vec<u8>, String> {
        Ok(match self {
            PrivateKey::Rsa(_) => der::sequence(&[&der::oid(oid::RSA_SHA256), der::NULL]),
            PrivateKey::Ec(key) => der::sequence(&[&der::oid(key.curve.signature_oid)]),
            PrivateKey::Ed25519 { .. } => der::sequence(&[&der::oid(oid::ED25519)]),
            PrivateKey::Dsa(_) | PrivateKey::X25519(_) => return Err(NO_SIGNER.into()),
        })
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, String> {
        match self {
            PrivateKey::Rsa(key) => key.sign(message),
            PrivateKey::Ec(key) => key.sign(message),
            PrivateKey::Ed25519 { pair, .. } => Ok(pair.sign(message).as_ref().to_vec()),
            PrivateKey::Dsa(_) | PrivateKey::X25519(_) => Err(NO_SIGNER.into()),
        }
    }
}

/// What a certificate says of a key.
pub(crate) struct PublicKey {
    /// The `AlgorithmIdentifier`.
    pub(crate) algorithm: Vec<u8>,
    pub(crate) bytes: Vec<u8>,
}

impl PublicKey {
    /// Returns the `SubjectPublicKeyInfo`.
    pub(crate) fn info(&self) -> Vec<u8> {
        der::sequence(&[&self.algorithm, &der::bits(0, &self.bytes)])
    }
}

fn pkcs8(algorithm: &[u8], key: &[u8]) -> Vec<u8> {
    der::sequence(&[&[der::INTEGER, 1, 0], &der::sequence(&[&der::oid(algorithm)]), &der::octets(key)])
}

/// `x509.ParsePKCS8PrivateKey`.
fn parse_pkcs8(der: &[u8]) -> Result<PrivateKey, String> {
    let leaves = match asn1::unmarshal(der, &asn1::PKCS8) {
        Ok((leaves, _)) => leaves,
        Err(_) if asn1::unmarshal(der, &asn1::EC).is_ok() => return Err(use_instead("ParseECPrivateKey")),
        Err(_) if asn1::unmarshal(der, &asn1::PKCS1).is_ok() => return Err(use_instead("ParsePKCS1PrivateKey")),
        Err(err) => return Err(err),
    };
    let leaf = |i: usize| leaves.get(i).copied().flatten();
    let (algorithm, parameters, key) = (leaf(1).unwrap_or_default(), leaf(2), leaf(3).unwrap_or_default());
    match algorithm {
        oid::RSA => RsaKey::parse(key)
            .map(PrivateKey::Rsa)
            .map_err(|err| format!("x509: failed to parse RSA private key embedded in PKCS#8: {err}")),
        oid::EC => {
            let curve = parameters.and_then(|p| asn1::unmarshal(p, &asn1::OID).ok()?.0.first().copied().flatten());
            EcKey::parse(key, curve)
                .map(PrivateKey::Ec)
                .map_err(|err| format!("x509: failed to parse EC private key embedded in PKCS#8: {err}"))
        }
        oid::ED25519 => PrivateKey::ed25519(curve_key("Ed25519", parameters, key)?),
        oid::X25519 => match curve_key("X25519", parameters, key)? {
            key if key.len() == 32 => Ok(PrivateKey::X25519(key.to_vec())),
            _ => Err("crypto/ecdh: invalid private key size".into()),
        },
        _ => Err(format!(
            "x509: PKCS#8 wrapping contained private key with unknown algorithm: {}",
            asn1::oid_text(algorithm)
        )),
    }
}

fn curve_key<'a>(name: &str, parameters: Option<&[u8]>, key: &'a [u8]) -> Result<&'a [u8], String> {
    if parameters.is_some() {
        return Err(format!("x509: invalid {name} private key parameters"));
    }
    let wrong = |err| format!("x509: invalid {name} private key: {err}");
    let (leaves, _) = asn1::unmarshal(key, &asn1::OCTETS).map_err(wrong)?;
    Ok(leaves.first().copied().flatten().unwrap_or_default())
}
