//! Puts a chart into a registry (`Client.Push` of Helm's `pkg/registry/client.go`, over oras-go's `ExtendedCopy`).

use std::borrow::Cow;

use chart::Metadata;
use chart::log::Silent;

use crate::auth::scope::Access;
use crate::client::{Client, UNDERSCORES};
use crate::content::{self, each};
use crate::error::{Error, Side, step};
use crate::manifest::{self, Descriptor, media};
use crate::reference::{ChartReference, Reference};
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
        let parts = Parts::of(metadata, package)?;
        // What follows an `@` is no version, and no digest either.
        Reference::parse(&place.to_string())?;
        let repository = self.repository(place.place.clone(), Access::PullAndPush);
        copy(&repository, &parts)?;
        tag(&repository, &parts.descriptor, place.tag()).map_err(step("Tag", Side::Destination))?;
        let has_underscore = place.tag().contains('_');
        let Descriptor { digest, size, .. } = parts.descriptor;
        Ok(Pushed { reference: place.to_string(), digest, size, has_underscore })
    }
}

/// What a chart consists of in a registry.
struct Parts<'a> {
    /// The config, and the layers.
    contents: Vec<(Descriptor, Cow<'a, [u8]>)>,
    manifest: Vec<u8>,
    /// Of the manifest.
    descriptor: Descriptor,
}

impl<'a> Parts<'a> {
    fn of(metadata: &Metadata, package: &Package<'a>) -> Result<Parts<'a>, Error> {
        let mut text = Vec::new();
        metadata.append_json(&mut text)?;
        let config = Descriptor::of(media::CONFIG, &text);
        let provenance = package.provenance.map(|text| (media::PROVENANCE, text));
        let layers = [(media::CHART, package.archive)].into_iter().chain(provenance);
        let mut layers: Vec<_> =
            layers.map(|(kind, bytes)| (Descriptor::of(kind, bytes), Cow::Borrowed(bytes))).collect();
        layers.sort_by(|(a, _), (b, _)| a.digest.cmp(&b.digest));
        let named: Vec<Descriptor> = layers.iter().map(|(layer, _)| layer.clone()).collect();
        let manifest = manifest::write(&config, &named, &chart::annotations::of(metadata, package.created));
        layers.push((config, Cow::Owned(text)));
        Ok(Parts { contents: layers, descriptor: Descriptor::of(media::MANIFEST, &manifest), manifest })
    }
}

/// Sends what the registry does not have; the manifest comes last, and nothing if that is there.
fn copy(repository: &Repository<'_>, parts: &Parts<'_>) -> Result<(), Error> {
    let Parts { contents, manifest, descriptor } = parts;
    let has = |descriptor: &Descriptor| repository.has(descriptor).map_err(step("Exists", Side::Destination));
    if has(descriptor)? {
        return Ok(());
    }
    each(contents, |(descriptor, content)| match has(descriptor)? {
        true => Ok(()),
        false => repository.push_blob(descriptor, content).map_err(step("Push", Side::Destination)),
    })?;
    repository.push_manifest(descriptor, manifest, &descriptor.digest).map_err(step("Push", Side::Destination))
}

/// Gives the manifest its tag. What is tagged is what the registry has under the digest.
fn tag(repository: &Repository<'_>, descriptor: &Descriptor, tag: &str) -> Result<(), Error> {
    let kept = content::read(repository.fetch(descriptor)?, descriptor, METADATA_BYTES)?;
    repository.push_manifest(descriptor, &kept, tag)
}
