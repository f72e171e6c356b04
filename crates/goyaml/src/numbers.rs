//! Numbers as Go prints them where go-yaml and sigs.k8s.io/yaml do.

use gostd::strconv;

/// Appends `strconv.FormatFloat(value, 'g', -1, 64)`.
pub(crate) fn append_float(out: &mut Vec<u8>, value: f64) {
    strconv::append_float(out, value, b'g', -1, 64);
}

/// Returns `strconv.FormatFloat(value, 'g', -1, 32)`, which sigs.k8s.io/yaml uses where a number becomes text.
pub(crate) fn short_float(value: f64) -> String {
    strconv::format_float(value, b'g', -1, 32)
}
