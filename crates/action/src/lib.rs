//! What happens to releases: install, upgrade, roll back, uninstall, test.
//!
//! Each operation takes its options, makes a plan (charts rendered, objects built and checked: nothing is changed yet),
//! executes it and gives the release as it is recorded. The cluster is seen through the [`Cluster`] port, records
//! through the [`Records`] port. Follows `pkg/action` of Helm 4.3.1.

mod awaited;
mod claim;
mod crds;
mod dry_run;
mod failure;
mod hint;
mod hooks;
mod install;
mod interrupt;
mod ownership;
mod policy;
mod port;
mod preflight;
mod preview;
mod recorded;
mod render_chart;
mod reuse;
mod rollback;
mod server_side;
mod takeover;
mod test;
mod undo;
mod uninstall;
mod upgrade;
mod values;

pub use claim::{Claimed, Existing, claim};
pub use dry_run::DryRun;
pub use failure::{Failed, Fault};
pub use hint::Hint;
pub use install::Install;
pub use ownership::Owner;
pub use port::{
    Cluster, Deleted, Engine, Holder, How, Missing, NotRecorded, NotUpdated, Pods, PostRender, Propagation, Records,
    Refused, Strategy, Waiting,
};
pub use preview::Preview;
pub use render_chart::{NotPrepared, Prepared, Rendering, Source, prepare};
pub use reuse::Values;
pub use rollback::{MAX_DESCRIPTION, Rollback};
pub use server_side::ServerSide;
pub use test::{Test, Tested};
pub use uninstall::{Removed, Uninstall};
pub use upgrade::{Plan, Upgrade};
