//! Charts as a repository has them: packages in, versions out.

mod checked;
mod delete;
mod entry;
mod form;
mod listing;
mod manifest;
mod package;
mod provenance;
mod put;
mod read;
mod table;
mod tie;
mod together;

pub use checked::Checked;
pub use entry::{head as chart_head, time as entry_time};
pub use listing::Listed;
pub use manifest::{CHART_LAYER, CONFIG, PROVENANCE_LAYER, Piece, is_chart_layer};
pub use package::{Package, STACK_BYTES};
pub use provenance::{check_belongs, of_before, settled, subject};
pub use put::{PROVENANCE_BYTES, check_room_for, check_tenant, drop_oldest};
pub use read::chart_version;
pub use table::{
    Place, UPLOADED, VersionRow, mark_uploaded, put_version, remove_everywhere, remove_tagged, tagged_versions,
    version_of,
};
pub use tie::{PUT_OFF, settle, tie};

/// What an upload may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// A version that is there is replaced.
    pub overwrite: bool,
    /// Versions of one chart; the oldest go when there are more. 0 is no limit.
    pub per_chart_limit: u64,
    /// Packages and provenance files of the tenant. 0 is no limit.
    pub max_objects: u64,
}

/// What was kept of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Saved {
    pub name: String,
    pub version: String,
    /// As `NAME-VERSION.tgz`, or `NAME-VERSION.tgz.prov` of a provenance file alone.
    pub file: String,
    /// Hexadecimal SHA-256 of the package, or of the provenance file.
    pub digest: String,
}

impl Saved {
    fn of(package: &Package) -> Self {
        Saved {
            name: package.name.clone(),
            version: package.version.clone(),
            file: package.file.clone(),
            digest: package.digest.hex().to_owned(),
        }
    }
}

/// A version of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartVersion {
    pub name: String,
    pub version: String,
    pub file: String,
    /// Hexadecimal SHA-256 of the package.
    pub digest: String,
    /// Bytes of the package.
    pub size: u64,
    /// RFC 3339 with fractions of seconds.
    pub created: String,
    pub has_provenance: bool,
    /// Chart.yaml as JSON, its fields in Helm's order; without `urls`, `created` and `digest`.
    pub metadata: String,
}

/// Which charts of a sorted list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Page {
    pub offset: u64,
    pub limit: Option<u64>,
}

impl ChartVersion {
    /// Returns the object of ChartMuseum's API: Chart.yaml with `urls`, `created` and `digest`.
    pub fn to_json(&self, url: &str) -> String {
        let fields = self.metadata.strip_suffix('}').unwrap_or("{");
        let comma = if fields == "{" { "" } else { "," };
        let text = |text: &str| {
            let mut out = Vec::new();
            gostd::json::append_quote(&mut out, text.as_bytes());
            String::from_utf8(out).unwrap_or_default()
        };
        let (url, created) = (text(url), text(&self.created));
        format!("{fields}{comma}\"urls\":[{url}],\"created\":{created},\"digest\":\"{}\"}}", self.digest)
    }
}
