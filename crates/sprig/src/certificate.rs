//! Keys and certificates: `genPrivateKey`, `genCA`, `genSelfSignedCert`, `genSignedCert`, `buildCustomCert`.

use std::any::Any;
use std::net::IpAddr;
use std::time::UNIX_EPOCH;

use aws_lc_rs::rsa::KeySize;
use gostd::Type as T;
use gostd::value::Object;
use gostd::{GoError, List, Str, Value, fmt};
use gotemplate::exec::Exec;
use gotemplate::func::Func;

use crate::args::{any, int, list, string};
use crate::encoding::base64_decode;
use crate::host::Host;
use crate::pki::dsa::DsaKey;
use crate::pki::ec::EcKey;
use crate::pki::keys::PrivateKey;
use crate::pki::rsa::RsaKey;
use crate::pki::x509::{self, Template};
use crate::pki::{parse, pem};
use crate::table::fixed;

const CERTIFICATE: T = T::Named("sprig.certificate");

pub(crate) const TABLE: &[Func] = &[
    fixed("genPrivateKey", &[T::String], T::String, gen_private_key),
    fixed("genCA", &[T::String, T::Int], CERTIFICATE, gen_ca),
    fixed("genCAWithKey", &[T::String, T::Int, T::String], CERTIFICATE, gen_ca_with_key),
    fixed("genSelfSignedCert", &[T::String, T::ListAny, T::ListAny, T::Int], CERTIFICATE, gen_self_signed),
    fixed(
        "genSelfSignedCertWithKey",
        &[T::String, T::ListAny, T::ListAny, T::Int, T::String],
        CERTIFICATE,
        gen_self_signed_with_key,
    ),
    fixed("genSignedCert", &[T::String, T::ListAny, T::ListAny, T::Int, CERTIFICATE], CERTIFICATE, gen_signed),
    fixed(
        "genSignedCertWithKey",
        &[T::String, T::ListAny, T::ListAny, T::Int, CERTIFICATE, T::String],
        CERTIFICATE,
        gen_signed_with_key,
    ),
    fixed("buildCustomCert", &[T::String, T::String], CERTIFICATE, build_custom),
];

type Result<V = Value> = std::result::Result<V, GoError>;

/// A certificate with its private key, both PEM.
pub struct Certificate {
    pub cert: Str,
    pub key: Str,
}

impl Object for Certificate {
    fn go_type(&self) -> &'static str {
        "sprig.certificate"
    }

    fn field(&self, name: &str) -> Option<Value> {
        match name {
            "Cert" => Some(Value::Str(self.cert.clone())),
            "Key" => Some(Value::Str(self.key.clone())),
            _ => None,
        }
    }

    fn fields(&self) -> Vec<(&'static str, &'static str, Value)> {
        vec![("Cert", "Cert", Value::Str(self.cert.clone())), ("Key", "Key", Value::Str(self.key.clone()))]
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn gen_private_key(exec: &mut Exec<'_>, args: &[Value]) -> Result {
    let host = Host::of(exec)?;
    let mut random = |buffer: &mut [u8]| (host.random)(buffer);
    let sort = string(args, 0)?.to_text();
    let key = match &*sort {
        "" | "rsa" => RsaKey::generate(KeySize::Rsa4096).map(PrivateKey::Rsa),
        "dsa" => DsaKey::generate(&mut random).map(PrivateKey::Dsa),
        "ecdsa" => EcKey::generate(random).map(PrivateKey::Ec),
        "ed25519" => {
            let mut seed = [0; 32];
            random(&mut seed).and_then(|()| PrivateKey::ed25519(&seed))
        }
        _ => return Ok(Value::from(format!("Unknown type {sort}"))),
    };
    Ok(match key {
        Ok(key) => Value::str(key.to_pem()),
        Err(err) => Value::from(format!("failed to generate private key: {err}")),
    })
}

/// Makes the key that a certificate without a given one gets.
fn new_key() -> Result<PrivateKey> {
    let key = RsaKey::generate(KeySize::Rsa2048).map(PrivateKey::Rsa);
    key.map_err(|err| GoError::new(format!("error generating rsa key: {err}")))
}

fn given_key(args: &[Value], i: usize) -> Result<PrivateKey> {
    let key = PrivateKey::parse_pem(string(args, i)?);
    key.map_err(|err| GoError::new(format!("parsing private key: {err}")))
}

const NANOS: i64 = 1_000_000_000;

/// Fills in what all certificates share; the days become nanoseconds and may wrap, as Go's durations do.
fn template<'a>(exec: &Exec<'_>, common_name: &'a [u8], days: i64) -> Result<Template<'a>> {
    let host = Host::of(exec)?;
    let now = match (host.clock)().duration_since(UNIX_EPOCH) {
        Ok(since) => since.as_nanos() as i64,
        Err(before) => -(before.duration().as_nanos() as i64),
    };
    let valid = (24 * 3600 * NANOS).wrapping_mul(days);
    let not_after =
        now.div_euclid(NANOS) + (now.rem_euclid(NANOS) + valid.rem_euclid(NANOS)) / NANOS + valid.div_euclid(NANOS);
    let mut serial = [0; 16];
    host.fill(&mut serial)?;
    Ok(Template {
        common_name,
        addresses: Vec::new(),
        names: Vec::new(),
        not_before: now.div_euclid(NANOS),
        not_after,
        serial,
        authority: false,
    })
}

/// Reads the arguments that all leaf certificates start with: name, addresses, DNS names, days.
fn leaf<'a>(exec: &Exec<'_>, args: &'a [Value]) -> Result<Template<'a>> {
    let mut template = template(exec, string(args, 0)?, int(args, 3)?)?;
    template.addresses = strings(list(args, 1)?, |v| format!("error parsing ip: {v} is not a string"))?
        .into_iter()
        .map(|text| parse_ip(&text).ok_or_else(|| GoError::new(format!("error parsing ip: {}", text.to_text()))))
        .collect::<Result<_>>()?;
    let names = strings(list(args, 2)?, |v| format!("error processing alternate dns name: {v} is not a string"))?;
    template.names = names.iter().map(|name| name.to_vec()).collect();
    Ok(template)
}

fn strings(list: Option<&List>, wrong: fn(std::borrow::Cow<'_, str>) -> String) -> Result<Vec<Str>> {
    let mut all = Vec::new();
    for item in list.into_iter().flat_map(|list| list.iter()) {
        match item {
            Value::Str(s) => all.push(s.clone()),
            other => return Err(GoError::new(wrong(fmt::value_string(other)?.to_text()))),
        }
    }
    Ok(all)
}

/// `net.ParseIP`: no zone, no leading zeros.
fn parse_ip(text: &Str) -> Option<IpAddr> {
    text.to_utf8()?.parse().ok()
}

/// Signs, and joins the certificate with the key it is for.
fn certify(template: &Template<'_>, issuer: Option<&parse::Parsed>, key: &PrivateKey, signer: &PrivateKey) -> Result {
    let der = x509::create(template, issuer, key, signer);
    let der = der.map_err(|err| GoError::new(format!("error creating certificate: {err}")))?;
    let cert = pem::encode("CERTIFICATE", &der);
    Ok(Value::object(Certificate { cert: cert.into(), key: key.to_pem().into() }))
}

fn authority(exec: &Exec<'_>, args: &[Value], key: impl FnOnce() -> Result<PrivateKey>) -> Result {
    let key = key()?;
    let mut template = template(exec, string(args, 0)?, int(args, 1)?)?;
    template.authority = true;
    certify(&template, None, &key, &key)
}

fn gen_ca(exec: &mut Exec<'_>, args: &[Value]) -> Result {
    authority(exec, args, new_key)
}

fn gen_ca_with_key(exec: &mut Exec<'_>, args: &[Value]) -> Result {
    authority(exec, args, || given_key(args, 2))
}

fn gen_self_signed(exec: &mut Exec<'_>, args: &[Value]) -> Result {
    // The names are checked first: a key costs time.
    let template = leaf(exec, args)?;
    let key = new_key()?;
    certify(&template, None, &key, &key)
}

fn gen_self_signed_with_key(exec: &mut Exec<'_>, args: &[Value]) -> Result {
    let key = given_key(args, 4)?;
    certify(&leaf(exec, args)?, None, &key, &key)
}

fn gen_signed(exec: &mut Exec<'_>, args: &[Value]) -> Result {
    let (issuer, signer) = authority_of(args)?;
    let template = leaf(exec, args)?;
    certify(&template, Some(&issuer), &new_key()?, &signer)
}

fn gen_signed_with_key(exec: &mut Exec<'_>, args: &[Value]) -> Result {
    let key = given_key(args, 5)?;
    let (issuer, signer) = authority_of(args)?;
    certify(&leaf(exec, args)?, Some(&issuer), &key, &signer)
}

/// Reads the certificate and the key of the authority in the fifth argument.
fn authority_of(args: &[Value]) -> Result<(parse::Parsed, PrivateKey)> {
    let ca = any(args, 4)?.downcast::<Certificate>();
    let ca = ca.ok_or_else(|| GoError::new("wrong type for value; expected sprig.certificate"))?;
    let issuer = parse_certificate(&ca.cert)?;
    let signer = PrivateKey::parse_pem(&ca.key);
    Ok((issuer, signer.map_err(|err| GoError::new(format!("error parsing private key: {err}")))?))
}

fn parse_certificate(text: &[u8]) -> Result<parse::Parsed> {
    let block = pem::decode(text).ok_or_else(|| GoError::new("unable to decode certificate"))?;
    let parsed = parse::certificate(&block.bytes);
    parsed.map_err(|err| GoError::new(format!("error parsing certificate: decodedCert.Bytes: {err}")))
}

fn build_custom(_: &mut Exec<'_>, args: &[Value]) -> Result {
    let decode =
        |i, what| base64_decode(string(args, i)?).map_err(|_| GoError::new(format!("unable to decode base64 {what}")));
    let (cert, key) = (decode(0, "certificate")?, decode(1, "private key")?);
    parse_certificate(&cert)?;
    PrivateKey::parse_pem(&key).map_err(|err| GoError::new(format!("error parsing private key: {err}")))?;
    Ok(Value::object(Certificate { cert: cert.into(), key: key.into() }))
}
