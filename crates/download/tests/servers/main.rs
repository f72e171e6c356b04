//! Downloads against real servers: what ours does beyond Helm.

mod beyond_helm;
mod offline;
mod place;
mod registry;
mod signature_policies;
