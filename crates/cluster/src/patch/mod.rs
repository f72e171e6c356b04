//! Client-side changes: a patch made from the old manifest, the new one and the live object.
//!
//! Source: `createPatch` and `patchResourceClientSide`, pkg/kube/client.go.

mod json_merge;
mod lists;
mod merge;
mod strategic;
mod types;

use serde_json::Value;

pub(crate) use self::types::Schema;
use crate::apply::{FIELD_MANAGER, dry_run};
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
        let request = dry_run(request, how.dry_run);
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
const STRATEGIC: &str = "application/strategic-merge-patch+json";

/// `createPatch`: the way depends on whether the kind is Kubernetes' own.
fn make(original: &Value, target: &Resource, live: &Value, three_way: bool) -> Result<(&'static str, Value), Error> {
    match Schema::of_kind(&target.group, &target.version, &target.kind) {
        Some(schema) if !is_old_definition(target) => {
            strategic::three_way(original, &target.object, live, schema).map(|patch| (STRATEGIC, patch))
        }
        _ if three_way => json_merge::three_way(original, &target.object, live).map(|patch| (MERGE, patch)),
        _ => json_merge::diff(original, &target.object).map(|patch| (MERGE, patch)),
    }
}

/// Helm patches the first version of CRDs like custom resources.
fn is_old_definition(target: &Resource) -> bool {
    target.kind == "CustomResourceDefinition" && target.version == "v1beta1"
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every case of `gen/patches`, made by apimachinery itself.
    #[test]
    fn strategic_patches_are_those_of_apimachinery() {
        let cases = include_str!("../../tests/data/strategic.txt");
        for (number, case) in cases.split("\n\n").filter(|case| !case.trim().is_empty()).enumerate() {
            let case: Value = serde_json::from_str(case).expect("a case");
            let (group, version) =
                crate::resource::split_api_version(case["original"]["apiVersion"].as_str().expect("a version"));
            let schema =
                Schema::of_kind(group, version, case["original"]["kind"].as_str().expect("a kind")).expect("a schema");
            let patch = strategic::three_way(&case["original"], &case["modified"], &case["current"], schema);
            let expected = &case["patch"];
            match patch {
                Ok(patch) => assert_eq!(patch, *expected, "case {number}: {case:#}"),
                Err(error) => assert_eq!(format!("error: {error}"), *expected, "case {number}: {case:#}"),
            }
        }
    }
}
