//! The certificates of a cluster: one authority signs the servers and everyone who may talk to them.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};

use crate::folder::Folder;

/// What the authority's files in the folder of a cluster are called.
const CERTIFICATE: &str = "pki/ca.crt";
const KEY: &str = "pki/ca.key";
/// The names and addresses that the servers of a cluster are reached by; the last is the Service `kubernetes`.
const SERVER_NAMES: [&str; 5] = ["localhost", "kubernetes", "kubernetes.default.svc", "127.0.0.1", "10.0.0.1"];

/// A certificate and its key, both as PEM.
#[derive(Debug, Clone)]
pub struct Identity {
    pub certificate: String,
    pub key: String,
}

/// The authority of one cluster.
pub struct Authority {
    certificate: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// Makes an authority and writes it, with a serving certificate and the key of service-account tokens.
    pub fn create(folder: &Folder) -> Result<Authority, String> {
        let key = new_key()?;
        let certificate = authority_params()?.self_signed(&key).map_err(failed)?.pem();
        folder.write(CERTIFICATE, &certificate)?;
        folder.write(KEY, &key.serialize_pem())?;
        let authority = Authority::with(certificate, key)?;
        let server = authority.issue(server_params()?)?;
        folder.write("pki/server.crt", &server.certificate)?;
        folder.write("pki/server.key", &server.key)?;
        let accounts = new_key()?;
        folder.write("pki/accounts.key", &accounts.serialize_pem())?;
        folder.write("pki/accounts.pub", &accounts.public_key_pem())?;
        Ok(authority)
    }

    /// Reads the authority of a cluster that another process may have made.
    pub fn open(folder: &Folder) -> Result<Authority, String> {
        let key = KeyPair::from_pem(&folder.read(KEY)?).map_err(failed)?;
        Authority::with(folder.read(CERTIFICATE)?, key)
    }

    // The issuer is made from the same names and key as the certificate was, so nothing has to be parsed.
    fn with(certificate: String, key: KeyPair) -> Result<Authority, String> {
        Ok(Authority { certificate, issuer: Issuer::new(authority_params()?, key) })
    }

    /// The authority's certificate as PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// A certificate for the user `name` in `group`, if one is named.
    pub fn client(&self, name: &str, group: Option<&str>) -> Result<Identity, String> {
        let mut params = CertificateParams::new(Vec::new()).map_err(failed)?;
        params.distinguished_name.push(DnType::CommonName, name);
        if let Some(group) = group {
            params.distinguished_name.push(DnType::OrganizationName, group);
        }
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.issue(params)
    }

    fn issue(&self, params: CertificateParams) -> Result<Identity, String> {
        let key = new_key()?;
        let certificate = params.signed_by(&key, &self.issuer).map_err(failed)?.pem();
        Ok(Identity { certificate, key: key.serialize_pem() })
    }
}

fn authority_params() -> Result<CertificateParams, String> {
    let mut params = CertificateParams::new(Vec::new()).map_err(failed)?;
    params.distinguished_name.push(DnType::CommonName, "testbed");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    Ok(params)
}

fn server_params() -> Result<CertificateParams, String> {
    let names: Vec<String> = SERVER_NAMES.iter().map(|name| name.to_string()).collect();
    let mut params = CertificateParams::new(names).map_err(failed)?;
    params.distinguished_name.push(DnType::CommonName, "kubernetes");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    Ok(params)
}

fn new_key() -> Result<KeyPair, String> {
    KeyPair::generate().map_err(failed)
}

fn failed(error: rcgen::Error) -> String {
    format!("cannot make a certificate: {error}")
}
