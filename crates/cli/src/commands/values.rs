//! What `template` and `lint` share: values and capabilities from flags.

use chart::capabilities::{Capabilities, KubeVersion};
use chart::value_options::{Reader, ValueOptions};
use download::{Getters, Options};
use gostd::limits::TEXT_BYTES;
use gostd::url::Url;
use gostd::{GoError, Map};

use crate::failure::Failure;
use crate::flags::Parsed;
use crate::log::Stderr;
use crate::output_dir::reason;

/// Reads and merges the values that the user gives, in Helm's order: files, then each kind of `--set`.
pub fn merged(flags: &Parsed, getters: &Getters) -> Result<Map, Failure> {
    let options = ValueOptions {
        value_files: flags.slice("values"),
        json_values: flags.array("set-json"),
        values: flags.array("set"),
        string_values: flags.array("set-string"),
        file_values: flags.array("set-file"),
        literal_values: flags.array("set-literal"),
    };
    Ok(options.merge(&mut Files { getters })?)
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

/// Reads a values file, unless it is longer than any text we make.
fn bounded(source: impl std::io::Read) -> std::io::Result<Vec<u8>> {
    let mut data = Vec::new();
    std::io::Read::read_to_end(&mut source.take(TEXT_BYTES as u64 + 1), &mut data)?;
    match data.len() > TEXT_BYTES {
        true => Err(std::io::Error::other(format!("file is too large: more than {} MiB", TEXT_BYTES >> 20))),
        false => Ok(data),
    }
}

/// Reads values from files, URLs and stdin.
struct Files<'a> {
    getters: &'a Getters,
}

impl Files<'_> {
    /// Fetches a values file, if there is a getter for it; any other name is that of a file (`readFile` of
    /// `pkg/cli/values/options.go`).
    fn remote(&self, name: &str) -> Option<Result<Vec<u8>, GoError>> {
        let scheme = match Url::parse(name.as_bytes()) {
            Ok(url) => String::from_utf8_lossy(&url.scheme).into_owned(),
            Err(error) => return Some(Err(error)),
        };
        if !self.getters.has(&scheme) {
            return None;
        }
        let options = Options { url: name.to_owned(), limit_bytes: Some(TEXT_BYTES as u64), ..Options::default() };
        Some(self.getters.get(name, &options, &mut Stderr).map(|got| got.content))
    }
}

impl Reader for Files<'_> {
    fn read(&mut self, name: &str) -> Result<Vec<u8>, GoError> {
        if name.trim() == "-" {
            let data = bounded(std::io::stdin().lock());
            return data.map_err(|error| GoError::new(format!("cannot read stdin: {error}")));
        }
        if let Some(content) = self.remote(name) {
            return content;
        }
        std::fs::File::open(name).and_then(bounded).map_err(|error| {
            let operation = if error.kind() == std::io::ErrorKind::IsADirectory { "read" } else { "open" };
            // What is not from the system is our own text.
            let text = if error.raw_os_error().is_some() { reason(&error) } else { error.to_string() };
            GoError::new(format!("{operation} {name}: {text}"))
        })
    }
}
