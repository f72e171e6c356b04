//! The repositories of a registry (`Repositories` of oras-go's `registry/remote/registry.go`). The distribution specification
//! has no such list any more; many registries give it, others only to administrators.

use gostd::json::{Field, Shape};
use gostd::url::Url;

use crate::auth::scope;
use crate::client::Client;
use crate::content::each;
use crate::describe::Description;
use crate::error::Error;
use crate::http::{Method, Request};
use crate::json::Nameless;
use crate::listing::{self, Listing};
use crate::reference::{Namespace, is_repository, without_scheme};

const PAGE: Nameless = Nameless {
    shape: Shape::Struct(&[Field { name: "repositories", shape: Shape::List(&Shape::String, "[]string") }], ""),
    go_type: "struct { Repositories []string \"json:\\\"repositories\\\"\" }",
};

/// Names that are asked for at a time; registries may give fewer.
const PAGE_NAMES: usize = 1000;

impl Client {
    /// Lists the repositories below a namespace, `HOST/PATH` or only `HOST`, in the order of their names.
    ///
    /// # Errors
    /// What is wrong with the reference; `HOST does not list its repositories: …`.
    pub fn repositories(&self, namespace: &str) -> Result<Vec<String>, Error> {
        let namespace = Namespace::parse(without_scheme(namespace))?;
        let (registry, below) = (&namespace.registry, namespace.prefix());
        let url = format!("{}://{}/v2/_catalog?n={PAGE_NAMES}", self.scheme(), namespace.host());
        let name = format!("{registry}: the list of repositories");
        // A name that is none could not be asked for.
        let keep = |repository: &str| repository.starts_with(&below) && is_repository(repository);
        let listing = Listing { page: &PAGE, member: "repositories", name: &name, keep: &keep };
        let get = |url| self.authorizer().send(&Request::new(Method::Get, url), &[scope::CATALOG.to_owned()]);
        let mut found = listing::all(Url::parse(url.as_bytes())?, &listing, &get)
            .map_err(|error| error.within(format_args!("{registry} does not list its repositories")))?;
        found.sort();
        found.dedup();
        Ok(found)
    }

    /// Describes the newest version of each repository that is wanted; nothing where none is. What goes wrong with one
    /// repository is said of that one: a list may name some that not everybody may read.
    pub fn newest(
        &self,
        registry: &str,
        repositories: &[String],
        is_wanted: &(dyn Fn(&str) -> bool + Sync),
    ) -> Vec<Result<Option<Description>, Error>> {
        let newest = |repository: &String| -> Result<Option<Description>, Error> {
            let reference = format!("{registry}/{repository}");
            let version = self.tags(&reference)?.into_iter().find(|version| is_wanted(version));
            let found = version.map(|version| self.describe(&reference, &[version])).transpose()?;
            Ok(found.unwrap_or_default().pop())
        };
        each(repositories, |repository| Ok(newest(repository))).unwrap_or_default()
    }
}
