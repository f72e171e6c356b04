//! The CRDs of a chart: an installation creates those that are missing, nothing ever changes them.

use action::{Cluster, How, Preview};
use cluster::{Outcome, Rehearsed};
use diff::{Fate, Subject};

use super::subjects::{identity, refusal};
use crate::failure::Failure;

const THERE: &str = "is there already; CRDs are never upgraded";
const MISSING: &str = "is missing; an upgrade does not create CRDs";
const REFUSED: &str = "is there already; CRDs are never upgraded, and the server would refuse the chart's";

/// Returns the CRDs of a chart; those that are there are compared if `compare`d.
///
/// # Errors
/// A CRD that cannot be read.
pub fn subjects(cluster: &dyn Cluster, preview: &Preview, compare: bool) -> Result<Vec<Subject>, Failure> {
    let installs = preview.before.is_none();
    let mut subjects = Vec::new();
    if !installs && !compare {
        return Ok(subjects);
    }
    let how = How { server_side: true, force_conflicts: true, ..How::default() };
    for crd in &preview.crds {
        let failed = |error: gostd::GoError| Failure::new(format!("cannot read the CRD {}: {}", crd.name, error.text));
        let resources = cluster.build(&crd.data, false).map_err(failed)?;
        let found = cluster.rehearse(&[], &resources, how).map_err(failed)?;
        subjects.extend(found.into_iter().map(|found| subject(found, installs, compare)));
    }
    Ok(subjects)
}

fn subject(found: Rehearsed, installs: bool, compare: bool) -> Subject {
    let identity = identity(&found.resource);
    let manifest = found.resource.object;
    let (before, after, fate) = match (found.live, found.outcome) {
        (None, Outcome::Refused(error, _)) if installs => (None, None, Fate::Refused(refusal(&error))),
        (None, _) if installs => (None, Some(manifest), Fate::Written),
        (None, _) => (None, Some(manifest), Fate::Untouched(MISSING.to_string())),
        (Some(live), Outcome::Written(after)) if compare => {
            (Some(live), Some(after), Fate::Untouched(THERE.to_string()))
        }
        (Some(live), Outcome::Refused(..)) if compare => {
            (Some(live), Some(manifest), Fate::Untouched(REFUSED.to_string()))
        }
        (Some(live), _) => (Some(live.clone()), Some(live), Fate::Untouched(THERE.to_string())),
    };
    Subject { identity, earlier: None, hook: None, before, after, fate }
}

/// Returns a line about CRDs that were not looked at.
pub fn line(preview: &Preview, compare: bool) -> Option<String> {
    let count = preview.crds.len();
    (count > 0 && preview.before.is_some() && !compare)
        .then(|| format!("CRDs of the chart ({count} files) are left alone by upgrades; --include-crds compares them."))
}
