//! Puts a chart into a registry (`Client.Push` of Helm's `pkg/registry/client.go`, over oras-go's `ExtendedCopy`).

use chart::log::Silent;

use crate::annotations;
use crate::auth::scope::Access;
use crate::client::{Client, UNDERSCORES};
use crate::content::{self, each};
use crate::error::{Error, Side, step};
use crate::manifest::{self, Descriptor, media};
use crate::reference::ChartReference;
use crate::repository::{METADATA_BYTES, Repository};

/// What is pushed.
pub struct Package<'a> {
    pub archive: &'a [u8],
    /// The content of the `.prov` file, if there is one.
    pub provenance: Option<&'a [u8]>,
    /// When the archive was written (RFC 3339).
    pub created: &'a str,
}

/// What a registry has now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pushed {
    /// With the tag, in which `_` stands for `+`.
    pub reference: String,
    /// Of the manifest.
    pub digest: String,
    pub size: i64,
    has_underscore: bool,
}

impl Pushed {
    /// What Helm prints.
    pub fn report(&self) -> String {
        let Pushed { reference, digest, .. } = self;
        let note = if self.has_underscore {
            format!("{reference} contains an underscore.\n{UNDERSCORES}\n")
        } else {
            String::new()
        };
        format!("Pushed: {reference}\nDigest: {digest}\n{note}")
    }
}

impl Client {
    /// Pushes a package to a reference that ends with `/NAME:VERSION` of its chart.
    ///
    /// Sends nothing that the registry has. The manifest is Helm's to the byte.
    ///
    /// # Errors
    /// What is wrong with the reference or the archive; `failed to perform "Push" on destination: …`.
    pub fn push(&self, package: &Package<'_>, reference: &str) -> Result<Pushed, Error> {
        let place = ChartReference::parse(reference)?;
        let chart = chart::load_archive(package.archive, &mut Silent)?;
        let metadata = chart.metadata();
        if !reference.ends_with(&format!("/{}:{}", metadata.name, metadata.version)) {
            return Err(Error::new("strict mode enabled, ref basename and tag must match the chart name and version"));
        }
        let mut config = Vec::new();
        metadata.append_json(&mut config)?;
        let mut contents = vec![(Descriptor::of(media::CONFIG, &config), config.as_slice())];
        contents.push((Descriptor::of(media::CHART, package.archive), package.archive));
        contents.extend(package.provenance.map(|text| (Descriptor::of(media::PROVENANCE, text), text)));
        let mut layers: Vec<Descriptor> = contents.iter().skip(1).map(|(layer, _)| layer.clone()).collect();
        layers.sort_by(|a, b| a.digest.cmp(&b.digest));
        let annotations = annotations::of(metadata, package.created);
        let (config, _) = &contents[0];
        let manifest = manifest::write(config, &layers, &annotations);
        let descriptor = Descriptor::of(media::MANIFEST, &manifest);
        let repository = self.repository(place.place.clone(), Access::PullAndPush);
        copy(&repository, &contents, (&descriptor, &manifest))?;
        tag(&repository, &descriptor, place.tag()).map_err(step("Tag", Side::Destination))?;
        let has_underscore = place.tag().contains('_');
        let Descriptor { digest, size, .. } = descriptor;
        Ok(Pushed { reference: place.to_string(), digest, size, has_underscore })
    }
}

/// Sends what the registry does not have; the manifest comes last, and nothing if that is there.
fn copy(
    repository: &Repository<'_>,
    contents: &[(Descriptor, &[u8])],
    manifest: (&Descriptor, &Vec<u8>),
) -> Result<(), Error> {
    let (descriptor, text) = manifest;
    let has = |descriptor: &Descriptor| repository.has(descriptor).map_err(step("Exists", Side::Destination));
    if has(descriptor)? {
        return Ok(());
    }
    each(contents, |(descriptor, content)| match has(descriptor)? {
        true => Ok(()),
        false => repository.push_blob(descriptor, content).map_err(step("Push", Side::Destination)),
    })?;
    repository.push_manifest(descriptor, text, &descriptor.digest).map_err(step("Push", Side::Destination))
}

/// Gives the manifest its tag. What is tagged is what the registry has under the digest.
fn tag(repository: &Repository<'_>, descriptor: &Descriptor, tag: &str) -> Result<(), Error> {
    if tag.is_empty() {
        return Err(Error::new("invalid reference"));
    }
    let kept = content::read(repository.fetch(descriptor)?, descriptor, METADATA_BYTES)?;
    repository.push_manifest(descriptor, &kept, tag)
}
