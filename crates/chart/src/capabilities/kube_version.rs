//! Versions of Kubernetes, as `--kube-version` takes them.

use gostd::GoError;
use gostd::strconv::{parse_uint, quote};

/// A version of Kubernetes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KubeVersion {
    /// As it was given, with a `v`: `v1.33.4-gke.1245000`.
    pub version: String,
    /// Without what follows the numbers, for constraints: `v1.33.4`.
    pub normalized: String,
    pub major: String,
    pub minor: String,
}

impl KubeVersion {
    /// Reads a version: numbers with dots, at least two; anything may follow.
    ///
    /// Follows `ParseGeneric` of k8s.io/apimachinery and `ParseKubeVersion` of Helm 4.3.1.
    ///
    /// # Errors
    /// `could not parse "x" as version`, `illegal version string "1"`, `illegal zero-prefixed version component …`,
    /// `illegal non-numeric version component …`.
    pub fn parse(text: &str) -> Result<Self, GoError> {
        let quoted = String::from_utf8_lossy(&quote(text.as_bytes())).into_owned();
        let numbers = numbers(text).ok_or_else(|| GoError::new(format!("could not parse {quoted} as version")))?;
        let parts: Vec<&str> = numbers.split('.').collect();
        if parts.len() < 2 {
            return Err(GoError::new(format!("illegal version string {quoted}")));
        }
        let mut components = Vec::with_capacity(parts.len());
        for (position, part) in parts.into_iter().enumerate() {
            if position == 0 && part.starts_with('0') && part != "0" {
                return Err(GoError::new(format!("illegal zero-prefixed version component \"{part}\" in {quoted}")));
            }
            let number = parse_uint(part.as_bytes(), 10, 64).map_err(|error| {
                GoError::new(format!("illegal non-numeric version component \"{part}\" in {quoted}: {}", error.text))
            })?;
            components.push(number.to_string());
        }
        let prefix = if text.starts_with('v') { "" } else { "v" };
        Ok(KubeVersion {
            version: format!("{prefix}{text}"),
            normalized: format!("v{}", components.join(".")),
            major: components[0].clone(),
            minor: components[1].clone(),
        })
    }
}

/// Returns the numbers at the start: `^\s*v?([0-9]+(?:\.[0-9]+)*)(.*)*$`, where `.` is no line end.
fn numbers(text: &str) -> Option<&str> {
    let text = text.trim_start_matches([' ', '\t', '\n', '\r', '\x0c']);
    let text = text.strip_prefix('v').unwrap_or(text);
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
    let mut end = digits(0);
    if end == 0 || text.contains('\n') {
        return None;
    }
    while bytes.get(end) == Some(&b'.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    Some(&text[..end])
}
