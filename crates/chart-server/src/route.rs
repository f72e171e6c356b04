//! Which of ChartMuseum's addresses a path is (`pkg/chartmuseum/router/match.go` of 0.16.5), without its regular
//! expressions.

use crate::settings::Depth;

/// An address, with what is in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Route {
    Welcome,
    Info,
    Health,
    Metrics,
    /// The path from `/static` on.
    Static(String),
    Index,
    ArtifactHub,
    /// An archive or its signature.
    File(String),
    Charts,
    Chart(String),
    Version(Version),
    Templates(Version),
    Values(Version),
    Provenance,
    /// What is known of mirrored repositories.
    Mirrors,
}

/// A version of a chart, as in the path.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Version {
    pub name: String,
    pub version: String,
}

/// A route and the tenant it is about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    pub route: Route,
    pub tenant: String,
}

/// How paths are laid out.
#[derive(Clone, Debug)]
pub struct Layout {
    pub context_path: String,
    pub depth: Depth,
}

impl Route {
    /// Returns the path with names for what differs, as `/:repo/charts/:filename`: ChartMuseum's label of metrics.
    pub fn template(&self) -> &'static str {
        match self {
            Route::Welcome => "/",
            Route::Info => "/info",
            Route::Health => "/health",
            Route::Metrics => "/metrics",
            Route::Static(_) => "/static",
            Route::Index => "/:repo/index.yaml",
            Route::ArtifactHub => "/:repo/artifacthub-repo.yml",
            Route::File(_) => "/:repo/charts/:filename",
            Route::Charts => "/api/:repo/charts",
            Route::Chart(_) => "/api/:repo/charts/:name",
            Route::Version(_) => "/api/:repo/charts/:name/:version",
            Route::Templates(_) => "/api/:repo/charts/:name/:version/templates",
            Route::Values(_) => "/api/:repo/charts/:name/:version/values",
            Route::Provenance => "/api/:repo/prov",
            Route::Mirrors => "/api/mirrors",
        }
    }

    /// Reports whether the path starts with `/api`.
    pub fn is_api(&self) -> bool {
        self.template().starts_with("/api/")
    }
}

/// Finds the route of a path that is not escaped any more; `None` is not found.
pub fn find(path: &str, layout: &Layout) -> Option<Found> {
    let single = |route| Some(Found { route, tenant: String::new() });
    if path == "/metrics" {
        // Outside of the context path too, as in ChartMuseum.
        return single(Route::Metrics);
    }
    let path = inside(path, &layout.context_path)?;
    match path {
        "/" => return single(Route::Welcome),
        "/info" => return single(Route::Info),
        "/health" => return single(Route::Health),
        "/metrics" => return single(Route::Metrics),
        "/api/mirrors" => return single(Route::Mirrors),
        _ if path.starts_with("/static/") && !is_file(path) => return single(Route::Static(path.to_owned())),
        _ => {}
    }
    let names: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
    match names.split_first() {
        Some((&"api", rest)) if !is_file(path) => api(rest, layout.depth),
        _ => repository(&names, layout.depth),
    }
}

/// Takes off the context path.
fn inside<'a>(path: &'a str, context_path: &str) -> Option<&'a str> {
    match path.strip_prefix(context_path)? {
        "" => Some("/"),
        rest if rest.starts_with('/') => Some(rest),
        _ => None,
    }
}

/// A tenant may be called `api`, or `static`: what looks like a file is one.
fn is_file(path: &str) -> bool {
    [".yaml", ".yml", ".tgz", ".prov"].iter().any(|ending| path.ends_with(ending))
}

fn repository(names: &[&str], depth: Depth) -> Option<Found> {
    let (count, route) = match names {
        [.., "index.yaml"] => (1, Route::Index),
        [.., "artifacthub-repo.yml"] => (1, Route::ArtifactHub),
        [.., "charts", file] if !file.is_empty() => (2, Route::File((*file).to_owned())),
        _ => return None,
    };
    of_tenant(names, count, depth, route)
}

fn api(names: &[&str], depth: Depth) -> Option<Found> {
    match depth {
        Depth::Fixed(depth) => {
            let (tenant, rest) = names.split_at_checked(depth)?;
            let route = api_route(rest)?;
            (!tenant.contains(&"")).then(|| Found { route, tenant: tenant.join("/") })
        }
        Depth::Dynamic => shortest(names),
    }
}

/// Finds the shortest rest that is a route, as ChartMuseum tries its routes in this order; signatures come last.
fn shortest(names: &[&str]) -> Option<Found> {
    let of_last = |count: usize| {
        let (tenant, rest) = names.split_at_checked(names.len().checked_sub(count)?)?;
        let route = api_route(rest)?;
        (!tenant.contains(&"")).then(|| Found { route, tenant: tenant.join("/") })
    };
    let charts = (1..=4).find_map(|count| of_last(count).filter(|found| found.route != Route::Provenance));
    charts.or_else(|| of_last(1))
}

fn api_route(rest: &[&str]) -> Option<Route> {
    let version = |name: &&str, version: &&str| Version { name: (*name).to_owned(), version: (*version).to_owned() };
    if rest.iter().any(|name| name.is_empty()) {
        return None;
    }
    match rest {
        ["charts"] => Some(Route::Charts),
        ["prov"] => Some(Route::Provenance),
        ["charts", name] => Some(Route::Chart((*name).to_owned())),
        ["charts", name, v] => Some(Route::Version(version(name, v))),
        ["charts", name, v, "templates"] => Some(Route::Templates(version(name, v))),
        ["charts", name, v, "values"] => Some(Route::Values(version(name, v))),
        _ => None,
    }
}

/// The names before the last `count` are the tenant, if they are as many as they should be.
fn of_tenant(names: &[&str], count: usize, depth: Depth, route: Route) -> Option<Found> {
    let (tenant, _) = names.split_at_checked(names.len().checked_sub(count)?)?;
    match depth {
        Depth::Fixed(depth) if tenant.len() != depth => None,
        _ if tenant.contains(&"") => None,
        _ => Some(Found { route, tenant: tenant.join("/") }),
    }
}

#[cfg(test)]
mod tests;
