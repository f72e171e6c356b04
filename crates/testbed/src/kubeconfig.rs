//! The text of a kubeconfig for one user of one cluster.

use data_encoding::BASE64;

use crate::certificates::Identity;

/// Whom a kubeconfig is for.
pub struct Login<'a> {
    pub server: &'a str,
    /// The certificate of the authority, as PEM.
    pub authority: &'a str,
    pub user: &'a str,
    pub identity: &'a Identity,
    /// The namespace of the only context.
    pub namespace: &'a str,
}

/// Returns the kubeconfig; certificates stand in it, so that it can be moved.
pub fn text(login: &Login) -> String {
    let Login { server, user, namespace, .. } = login;
    let authority = BASE64.encode(login.authority.as_bytes());
    let certificate = BASE64.encode(login.identity.certificate.as_bytes());
    let key = BASE64.encode(login.identity.key.as_bytes());
    format!(
        "apiVersion: v1
kind: Config
current-context: testbed
clusters:
- name: testbed
  cluster:
    server: {server}
    certificate-authority-data: {authority}
users:
- name: {user}
  user:
    client-certificate-data: {certificate}
    client-key-data: {key}
contexts:
- name: testbed
  context:
    cluster: testbed
    user: {user}
    namespace: {namespace}
"
    )
}
