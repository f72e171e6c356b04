//! The registry asks the same gate.

use axum::http::HeaderMap;

use super::{Access, Action, Subject};
use crate::oci;

impl oci::Gate for Access {
    fn decide(&self, headers: &HeaderMap, action: oci::Action, subject: oci::Subject<'_>) -> Result<(), oci::Refusal> {
        // Who may push may delete, as in ChartMuseum; that nobody may is the registry's rule.
        let action = match action {
            oci::Action::Pull => Action::Pull,
            oci::Action::Push | oci::Action::Delete => Action::Push,
        };
        let subject = match subject {
            oci::Subject::Registry => Subject::Registry,
            oci::Subject::Catalog => Subject::Catalog,
            oci::Subject::Repository(name) => Subject::Repository(name),
        };
        let decided = Access::decide(self, headers, action, subject);
        decided.map_err(|refusal| oci::Refusal {
            status: refusal.status,
            challenge: refusal.challenge,
            message: refusal.message.to_owned(),
        })
    }
}
