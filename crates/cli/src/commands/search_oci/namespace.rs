//! The charts below a namespace of a registry, each with its newest version.

use chart::log::Log;
use gostd::semver::Constraints;
use registry::{Client, Description, without_scheme};

use super::page::Page;
use super::{Row, client, is_in, write};
use crate::command::Invocation;
use crate::failure::Failure;
use crate::log::Stderr;

/// Reports whether a reference can only be a namespace: a host alone, or a path with a slash at its end.
pub fn is_one(reference: &str) -> bool {
    let reference = without_scheme(reference);
    !reference.contains('/') || reference.ends_with('/')
}

/// Lists the charts below a namespace.
///
/// # Errors
/// `HOST does not list its repositories: …`.
pub fn list(client: &Client, namespace: &str, range: &Constraints, invocation: &Invocation) -> Result<(), Failure> {
    let found = client.repositories(namespace).map_err(|error| {
        let flags = &invocation.flags;
        let mut failure = client::explained(error, namespace, flags);
        failure.message.push_str("; name a chart: helm search oci oci://HOST/PATH/CHART");
        failure
    })?;
    show(client, namespace, &found, (range, invocation))
}

/// Lists the charts below what may be a namespace; nothing if there are none, or the registry does not tell.
pub fn list_unless_empty(
    client: &Client,
    namespace: &str,
    range: &Constraints,
    invocation: &Invocation,
) -> Option<Result<(), Failure>> {
    let found = client.repositories(namespace).ok().filter(|found| !found.is_empty())?;
    Some(show(client, namespace, &found, (range, invocation)))
}

fn show(
    client: &Client,
    namespace: &str,
    repositories: &[String],
    (range, invocation): (&Constraints, &Invocation),
) -> Result<(), Failure> {
    let page = Page::of(&invocation.flags)?;
    let shown = page.of_list(repositories);
    let registry = without_scheme(namespace).split('/').next().unwrap_or_default();
    let newest = client.newest(registry, shown, &|version| is_in(range, version));
    let mut found: Vec<(String, Description)> = Vec::new();
    for (repository, newest) in shown.iter().zip(newest) {
        let name = format!("oci://{registry}/{repository}");
        match newest {
            Ok(Some(newest)) => found.push((name, newest)),
            Ok(None) => Stderr.debug("there is no such version", &[("repository", &name)]),
            Err(error) => Stderr.warn("a repository cannot be read", &[("repository", &name), ("error", &error.text)]),
        }
    }
    let rows: Vec<Row<'_>> = found.iter().map(|(name, newest)| (name.as_str(), newest)).collect();
    write(&rows, invocation)?;
    page.tell_more("there are more repositories", shown.len(), repositories.len());
    Ok(())
}
