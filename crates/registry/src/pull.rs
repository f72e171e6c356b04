//! Gets a chart from a registry (`Client.Pull` of Helm's `pkg/registry/client.go`, over oras-go's `Copy`).

use std::collections::BTreeSet;

use gostd::json::decode_shaped;

use crate::auth::scope::Access;
use crate::client::{Client, UNDERSCORES};
use crate::content::{self, each};
use crate::error::{Error, Side, step};
use crate::http::Body;
use crate::manifest::{Descriptor, Manifest, media};
use crate::reference::ChartReference;
use crate::repository::{LAYER_BYTES, METADATA_BYTES, Repository};

/// Indexes inside each other; registries have one, or none.
const DEPTH: usize = 8;
/// Of one chart; its own are two or three.
const CONTENTS: usize = 100;

/// Which parts of a chart are wanted besides its definition.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Want {
    pub chart: bool,
    pub provenance: Provenance,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Provenance {
    No,
    IfThere,
    Yes,
}

impl Want {
    pub const CHART: Want = Want { chart: true, provenance: Provenance::No };
    pub const PROVENANCE: Want = Want { chart: false, provenance: Provenance::Yes };
}

/// What a registry gave. Everything has the digest that the manifest names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pulled {
    /// With the tag (`_` for `+`) or the digest.
    pub reference: String,
    pub manifest_digest: String,
    pub manifest: Vec<u8>,
    /// Chart.yaml as JSON.
    pub config: Vec<u8>,
    pub chart: Option<Vec<u8>>,
    pub provenance: Option<Vec<u8>>,
    has_old_type: bool,
}

impl Pulled {
    /// What Helm prints.
    pub fn report(&self) -> String {
        let Pulled { reference, manifest_digest, .. } = self;
        let old = format!("Warning: chart media type {} is deprecated\n", media::OLD_CHART);
        let old = if self.has_old_type { old.as_str() } else { "" };
        let note = match reference.contains('_') {
            true => format!("{reference} contains an underscore.\n{UNDERSCORES}\n"),
            false => String::new(),
        };
        format!("{old}Pulled: {reference}\nDigest: {manifest_digest}\n{note}")
    }
}

impl Client {
    /// Pulls a chart by tag or digest.
    ///
    /// # Errors
    /// `failed to perform "FetchReference" on source: …`, a manifest that is not a chart's, content of another digest.
    pub fn pull(&self, reference: &str, want: Want) -> Result<Pulled, Error> {
        if !want.chart && want.provenance == Provenance::No {
            return Err(Error::new("must specify at least one layer to pull (chart/prov)"));
        }
        let text = ChartReference::parse(reference)?.to_string();
        let place = crate::reference::Reference::parse(&text)?;
        let repository = self.repository(place.clone(), Access::Pull);
        let (root, bytes) = repository.fetch_reference(&place).map_err(step("FetchReference", Side::Source))?;
        let mut walk =
            Walk { repository: &repository, want, seen: BTreeSet::new(), found: Vec::new(), left: LAYER_BYTES };
        walk.root(&root, bytes)?;
        walk.chart(text, &root)
    }
}

/// A walk through a manifest and what it leads to, which takes what is wanted.
struct Walk<'a> {
    repository: &'a Repository<'a>,
    want: Want,
    seen: BTreeSet<Descriptor>,
    found: Vec<(Descriptor, Vec<u8>)>,
    /// Bytes that may still come.
    left: u64,
}

impl Walk<'_> {
    fn root(&mut self, root: &Descriptor, bytes: Vec<u8>) -> Result<(), Error> {
        // What is no manifest leads nowhere, and is not what is wanted either.
        if !root.is_manifest() {
            return Ok(());
        }
        let checked = content::check(Body { bytes, broken: None }, root);
        self.seen.insert(root.clone());
        let bytes = checked.map_err(step("Successors", Side::Source))?;
        self.manifest(root, bytes, DEPTH)
    }

    /// Copies what a manifest leads to, then keeps the manifest.
    fn manifest(&mut self, descriptor: &Descriptor, bytes: Vec<u8>, depth: usize) -> Result<(), Error> {
        let manifest = Manifest::read(&bytes).map_err(|error| step("Successors", Side::Source)(error.into()))?;
        let mut leaves = Vec::new();
        for next in manifest.successors(&descriptor.media_type) {
            if media::FOREIGN.contains(&next.media_type.as_str()) || !self.seen.insert(next.clone()) {
                continue;
            }
            if self.seen.len() > CONTENTS || depth == 0 {
                return Err(Error::limit(format!("manifest {} leads to too many others", descriptor.digest)));
            }
            if next.is_manifest() {
                let bytes = self.child(&next).map_err(step("FindSuccessors", Side::Source))?;
                self.manifest(&next, bytes, depth - 1)?;
            } else if self.is_wanted(&next) {
                leaves.push(next);
            }
        }
        self.leaves(leaves)?;
        if self.is_wanted(descriptor) {
            self.found.push((descriptor.clone(), bytes));
        }
        Ok(())
    }

    fn child(&mut self, descriptor: &Descriptor) -> Result<Vec<u8>, Error> {
        content::read(self.repository.fetch(descriptor)?, descriptor, METADATA_BYTES)
    }

    fn leaves(&mut self, leaves: Vec<Descriptor>) -> Result<(), Error> {
        for leaf in &leaves {
            let size = u64::try_from(leaf.size).unwrap_or_default();
            self.left = self.left.checked_sub(size).ok_or_else(|| content::too_large(leaf, LAYER_BYTES))?;
        }
        let repository = self.repository;
        let contents = each(&leaves, |leaf| {
            let answer = repository.fetch(leaf).map_err(step("Fetch", Side::Source))?;
            content::read(answer, leaf, LAYER_BYTES).map_err(step("Push", Side::Destination))
        })?;
        self.found.extend(leaves.into_iter().zip(contents));
        Ok(())
    }

    fn is_wanted(&self, descriptor: &Descriptor) -> bool {
        match descriptor.media_type.as_str() {
            media::INDEX | media::MANIFEST | media::CONFIG => true,
            media::CHART | media::OLD_CHART => self.want.chart,
            media::PROVENANCE => self.want.provenance != Provenance::No,
            _ => false,
        }
    }

    /// Takes the parts of a chart out of what was found (`processChartPull`).
    fn chart(mut self, reference: String, root: &Descriptor) -> Result<Pulled, Error> {
        let (want, found) = (self.want, self.found.len());
        let least = 1 + usize::from(want.chart) + usize::from(want.provenance == Provenance::Yes);
        if found < least {
            return Err(Error::new(format!(
                "manifest does not contain minimum number of descriptors ({least}), descriptors found: {found}"
            )));
        }
        let config = self.take(&[media::CONFIG]);
        let config =
            config.ok_or_else(|| Error::new(format!("could not load config with mediatype {}", media::CONFIG)))?;
        let missing = |media_type| Error::new(format!("manifest does not contain a layer with mediatype {media_type}"));
        let chart = self.take(&[media::CHART, media::OLD_CHART]);
        if want.chart && chart.is_none() {
            return Err(missing(media::CHART));
        }
        let provenance = self.take(&[media::PROVENANCE]);
        if want.provenance == Provenance::Yes && provenance.is_none() {
            return Err(missing(media::PROVENANCE));
        }
        let Some(manifest) = self.found.into_iter().find(|(descriptor, _)| descriptor == root) else {
            let Descriptor { digest, media_type, .. } = root;
            let text = format!("unable to retrieve blob with digest {digest}: {digest}: {media_type}");
            return Err(Error::not_found(text));
        };
        decode_shaped(&config.1, &chart::metadata::METADATA)?;
        Ok(Pulled {
            reference,
            manifest_digest: root.digest.clone(),
            manifest: manifest.1,
            config: config.1,
            has_old_type: chart.as_ref().is_some_and(|(descriptor, _)| descriptor.media_type == media::OLD_CHART),
            chart: chart.map(|(_, bytes)| bytes),
            provenance: provenance.map(|(_, bytes)| bytes),
        })
    }

    /// Takes the last content of one of the types.
    fn take(&mut self, types: &[&str]) -> Option<(Descriptor, Vec<u8>)> {
        let at = self.found.iter().rposition(|(descriptor, _)| types.contains(&descriptor.media_type.as_str()))?;
        Some(self.found.remove(at))
    }
}
