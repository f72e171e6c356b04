//! The files of a chart as one stream for the post-renderer, and its output as files again.
//!
//! Follows `annotateAndMerge` and `splitAndDeannotate` (`pkg/action/action.go`).

use std::collections::BTreeMap;
use std::rc::Rc;

use gostd::GoError;
use render::{Files, split_manifests};

use crate::annotations;
use crate::resources::{Resources, read};

/// Remembers where a document comes from while it is with the post-renderer.
const FILE_NAME: &str = "postrenderer.helm.sh/postrender-filename";

/// Joins all documents, each with the name of its file.
pub fn merge(files: &Files) -> Result<Vec<u8>, GoError> {
    let mut merged = Resources::default();
    for (path, content) in files {
        if path.rsplit('/').next().unwrap_or(path).starts_with('_') || render::manifest::is_blank(content) {
            continue;
        }
        for range in split_manifests(content) {
            let named = |doing: &str, error: GoError| GoError::wrap(format!("{doing} {path}: {}", error.text), error);
            let mut documents = Vec::new();
            read(&content[range], |document| {
                documents.push(document);
                Ok(())
            })
            .map_err(|error| named("parsing", error))?;
            for mut document in documents {
                annotations::put(&mut document.root, FILE_NAME, path.as_bytes())
                    .map_err(|error| named("annotating", error))?;
                merged.push(document).map_err(writing)?;
            }
        }
    }
    merged.finish().map_err(writing)
}

fn writing(error: GoError) -> GoError {
    GoError::wrap(format!("writing merged docs: {}", error.text), error)
}

/// Puts the documents of a stream back into their files; those without a name get one.
pub fn split(stream: &[u8]) -> Result<Files, GoError> {
    let mut files: BTreeMap<String, Resources> = BTreeMap::new();
    let mut index = 0;
    // What is no YAML comes first, wherever it stands.
    let mut failure = None;
    read(stream, |mut document| {
        if failure.is_some() {
            return Ok(());
        }
        match take_name(&mut document.root, index) {
            Ok(name) => {
                let file = files.entry(name.clone()).or_default();
                failure = file.push(document).err().map(|error| rewriting(&name, error));
            }
            Err(error) => failure = Some(error),
        }
        index += 1;
        Ok(())
    })
    .map_err(|error| GoError::wrap(format!("error parsing YAML: {}", error.text), error))?;
    if let Some(error) = failure {
        return Err(error);
    }
    let file = |(name, resources): (String, Resources)| {
        let text = resources.finish().map_err(|error| rewriting(&name, error))?;
        Ok((Rc::from(name.as_str()), Rc::new(text)))
    };
    files.into_iter().map(file).collect()
}

fn rewriting(name: &str, error: GoError) -> GoError {
    GoError::wrap(format!("re-writing {name}: {}", error.text), error)
}

/// Takes the name of the file out of a resource; the one at `index` may lack it.
fn take_name(root: &mut yamlnode::Node, index: usize) -> Result<String, GoError> {
    if annotations::lacks_metadata(root) {
        return Err(GoError::new("getting metadata: missing Resource metadata"));
    }
    let name = match annotations::get(root, FILE_NAME) {
        b"" => format!("generated-by-postrender-{index}.yaml"),
        name => String::from_utf8_lossy(name).into_owned(),
    };
    annotations::remove(root, FILE_NAME)
        .map_err(|error| GoError::wrap(format!("clearing filename annotation: {}", error.text), error))?;
    Ok(name)
}
