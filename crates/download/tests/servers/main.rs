//! Downloads against real servers: what ours does beyond Helm.

mod beyond_helm;
mod place;
mod signature_policies;
