//! Charts that are pushed are linted before their manifest is kept.

use axum::http::StatusCode;
use chart_store::chart_of;
use serde_json::json;

use super::Call;
use super::reply::{Code, Fault};

/// Bytes of an archive that is looked at.
const ARCHIVE_BYTES: u64 = 64 * 1024 * 1024;

/// Looks at the chart of a manifest, if it has one and that is wanted.
///
/// # Errors
/// `MANIFEST_INVALID` with the messages of `helm lint`.
pub async fn look(call: &Call, repository: &str, content_type: Option<&str>, body: &[u8]) -> Result<(), Fault> {
    let Some(linting) = call.registry.rules.linting.as_ref().filter(|linting| linting.is_wanted(false)) else {
        return Ok(());
    };
    // What is wrong with manifest and archive is told when they are kept.
    let Ok(Some(digest)) = chart_of(content_type, body) else { return Ok(()) };
    let Ok(blob) = call.store().blob_of(repository, &digest).await else { return Ok(()) };
    let Ok(bytes) = blob.bytes(ARCHIVE_BYTES).await else { return Ok(()) };
    let Ok(findings) = linting.look(bytes.to_vec()).await else { return Ok(()) };
    if !linting.refuses(&findings, false) {
        return Ok(());
    }
    let message = format!("the chart has lint errors: {}", findings.messages.join("; "));
    let fault = Fault::new(StatusCode::BAD_REQUEST, Code::ManifestInvalid, &message);
    Err(fault.with_detail(json!({"lint": findings.messages})))
}
