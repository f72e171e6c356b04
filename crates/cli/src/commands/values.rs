//! What `template` and `lint` share: values and capabilities from flags.

use chart::capabilities::{Capabilities, KubeVersion};
use chart::value_options::{Reader, ValueOptions};
use gostd::limits::TEXT_BYTES;
use gostd::{GoError, Map};

use crate::failure::Failure;
use crate::flags::Parsed;
use crate::output_dir::reason;

/// Reads and merges the values that the user gives, in Helm's order: files, then each kind of `--set`.
pub fn merged(flags: &Parsed) -> Result<Map, Failure> {
    let options = ValueOptions {
        value_files: flags.slice("values"),
        json_values: flags.array("set-json"),
        values: flags.array("set"),
        string_values: flags.array("set-string"),
        file_values: flags.array("set-file"),
        literal_values: flags.array("set-literal"),
    };
    Ok(options.merge(&mut Files)?)
}

/// Returns the version of `--kube-version`, if it is given.
pub fn kube_version(flags: &Parsed) -> Result<Option<KubeVersion>, Failure> {
    match flags.string("kube-version") {
        "" => Ok(None),
        text => KubeVersion::parse(text)
            .map(Some)
            .map_err(|error| Failure::new(format!("invalid kube version '{text}': {}", error.text))),
    }
}

/// Returns the capabilities of a cluster that is not asked.
pub fn capabilities(kube_version: Option<KubeVersion>, api_versions: Vec<String>) -> Capabilities {
    let mut capabilities = Capabilities::with_kube_version(kube_version);
    capabilities.api_versions.extend(api_versions);
    capabilities
}

/// Whether Helm would fetch it; any other scheme is the name of a file (`pkg/cli/values/options.go`).
fn is_remote(name: &str) -> bool {
    let scheme = name.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    matches!(scheme.as_deref(), Some("http" | "https" | "oci"))
}

/// Reads a values file, unless it is longer than any text we make.
fn bounded(source: impl std::io::Read) -> std::io::Result<Vec<u8>> {
    let mut data = Vec::new();
    std::io::Read::read_to_end(&mut source.take(TEXT_BYTES as u64 + 1), &mut data)?;
    match data.len() > TEXT_BYTES {
        true => Err(std::io::Error::other(format!("file is too large: more than {} MiB", TEXT_BYTES >> 20))),
        false => Ok(data),
    }
}

/// Fetches a values file.
fn remote(url: &str) -> Result<Vec<u8>, GoError> {
    if url.to_ascii_lowercase().starts_with("oci:") {
        let text = "values from registries are not built yet in this version of Pilothouse; download the file first";
        return Err(GoError::new(format!("{url}: {text}")));
    }
    fetch::get(url, TEXT_BYTES).map_err(GoError::new)
}

/// Reads values from files, URLs and stdin.
struct Files;

impl Reader for Files {
    fn read(&mut self, name: &str) -> Result<Vec<u8>, GoError> {
        if name.trim() == "-" {
            let data = bounded(std::io::stdin().lock());
            return data.map_err(|error| GoError::new(format!("cannot read stdin: {error}")));
        }
        if is_remote(name) {
            return remote(name);
        }
        std::fs::File::open(name).and_then(bounded).map_err(|error| {
            let operation = if error.kind() == std::io::ErrorKind::IsADirectory { "read" } else { "open" };
            // What is not from the system is our own text.
            let text = if error.raw_os_error().is_some() { reason(&error) } else { error.to_string() };
            GoError::new(format!("{operation} {name}: {text}"))
        })
    }
}
