//! All that registries send, read from the same bytes: for tests and for the fuzz target. What counts is that each call
//! returns.

use gostd::url::Url;

use crate::auth::parse_challenge;
use crate::manifest::{Manifest, media};
use crate::{ChartReference, Namespace, failure, listing, media_type, query, tags};

/// Reads a text as a reference, a header, a query.
///
/// # Panics
/// A reference leads out of its registry.
pub fn read_text(text: &str) {
    if let Ok(reference) = ChartReference::parse(text) {
        assert!(!reference.place.repository.split('/').any(|part| matches!(part, "" | "." | "..")), "{text}");
    }
    let _ = Namespace::parse(text);
    parse_challenge(text);
    let _ = media_type::parse(text);
    let _ = query::encode(&query::parse(text.as_bytes()));
    let base =
        Url { scheme: b"http".to_vec(), host: b"h:1".to_vec(), path: b"/v2/a/tags/list".to_vec(), ..Url::default() };
    if let Ok(Some(next)) = listing::next(&base, text) {
        // Names of hosts have no case.
        assert!(next.host.eq_ignore_ascii_case(&base.host) && next.scheme == base.scheme, "{text}");
    }
}

/// Reads bytes as a manifest, a page of a list, and as what a registry says when it refuses.
pub fn read_body(bytes: &[u8]) {
    if let Ok(manifest) = Manifest::read(bytes) {
        media::MANIFESTS.iter().for_each(|kind| drop(manifest.successors(kind)));
        drop((manifest.annotations(), manifest.config()));
    }
    if let Ok(tags) = listing::names(bytes, &tags::PAGE, "tags") {
        let versions = tags::versions(&tags);
        let _ = tags::matching(&versions, tags.first().map_or("", String::as_str));
    }
    let _ = failure::words(bytes);
}
