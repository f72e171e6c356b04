//! What happens to releases: install, upgrade, roll back, uninstall, test.
//!
//! Each operation takes its options, makes a plan (charts rendered, objects built and checked: nothing is changed yet),
//! executes it and gives the release as it is recorded. The cluster is seen through the [`Cluster`] port, records
//! through the [`Records`] port. Follows `pkg/action` of Helm 4.3.1.

mod claim;
mod crds;
mod dry_run;
mod failure;
mod hooks;
mod install;
mod ownership;
mod policy;
mod port;
mod render_chart;
mod rollback;
mod test;
mod uninstall;
mod upgrade;
mod values;

pub use claim::{Claimed, Existing, claim};
pub use dry_run::DryRun;
pub use failure::{Failed, Fault};
pub use install::Install;
pub use ownership::Owner;
pub use port::{
    Cluster, Engine, How, Missing, NotRecorded, NotUpdated, Pods, PostRender, Propagation, Records, Refused, Strategy,
    Waiting,
};
pub use render_chart::{NotPrepared, Prepared, Rendering, Source, prepare};
pub use rollback::{MAX_DESCRIPTION, Rollback};
pub use test::{Test, Tested};
pub use uninstall::{Removed, Uninstall};
pub use upgrade::{ServerSide, Upgrade, Values};
