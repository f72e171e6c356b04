//! Referrers of a manifest (end-12): an index of what has it as its subject.

use axum::http::StatusCode;
use axum::response::Response;
use chart_store::Referrer;
use serde_json::{Map, Value, json};

use super::Call;
use super::blobs::parsed;
use super::gate::{Action, Subject};
use super::list::set_next;
use super::reply::{self, Fault};

const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// Answers with descriptors; an unknown subject has none.
pub async fn list(call: &Call, name: &str, digest: &str) -> Result<Response, Fault> {
    call.may(Action::Pull, Subject::Repository(name))?;
    let subject = parsed(digest)?;
    let artifact_type = call.query.get("artifactType").filter(|name| !name.is_empty());
    let last = call.query.get("last");
    let (found, more) = call.store().referrers(name, &subject, artifact_type, last).await?;
    let manifests: Vec<Value> = found.iter().map(descriptor).collect();
    let body = json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests}).to_string();
    let mut response = reply::json_response(StatusCode::OK, INDEX, body);
    if artifact_type.is_some() {
        reply::set(&mut response, reply::FILTERS, "artifactType");
    }
    if let Some(last) = found.last().filter(|_| more) {
        let filter = artifact_type.map(|name| format!("&artifactType={}", escaped(name))).unwrap_or_default();
        let url = format!("{}/v2/{name}/referrers/{subject}?last={}{filter}", call.base(), last.digest);
        set_next(&mut response, &url);
    }
    Ok(response)
}

fn descriptor(referrer: &Referrer) -> Value {
    let mut fields = Map::new();
    fields.insert("mediaType".to_owned(), referrer.media_type.as_str().into());
    fields.insert("digest".to_owned(), referrer.digest.as_str().into());
    fields.insert("size".to_owned(), referrer.size.into());
    if let Some(artifact_type) = &referrer.artifact_type {
        fields.insert("artifactType".to_owned(), artifact_type.as_str().into());
    }
    if let Some(annotations) = referrer.annotations.as_deref().and_then(|text| serde_json::from_str(text).ok()) {
        fields.insert("annotations".to_owned(), annotations);
    }
    Value::Object(fields)
}

/// A text as the value of a parameter.
fn escaped(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
