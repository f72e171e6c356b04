//! What a token allows: ChartMuseum's entries, those of registries, or what a JMESPath finds.

use serde_json::{Map, Value};

use super::{Action, Subject};
use crate::settings::Wrong;

/// The type of entries about chart repositories.
pub const TENANT_TYPE: &str = "artifact-repository";

/// How allowed actions are found in the claims of a token.
pub enum Actions {
    /// `access[?name=='$NAMESPACE' && type=='artifact-repository'].actions[]`, ChartMuseum's own.
    Entries,
    /// A JMESPath of the administrator's, with `$NAMESPACE` and `$ACCESS_ENTRY_TYPE` in it.
    Path(String),
}

/// Returns the name that stands in tokens for a tenant.
pub fn namespace(tenant: &str) -> &str {
    if tenant.is_empty() { "repo" } else { tenant }
}

impl Actions {
    /// Looks whether an expression can be compiled.
    ///
    /// # Errors
    /// It cannot.
    pub fn new(path: Option<&str>) -> Result<Self, Wrong> {
        let Some(path) = path else { return Ok(Actions::Entries) };
        match jmespath::compile(&filled(path, "repo")) {
            Ok(_) => Ok(Actions::Path(path.to_owned())),
            Err(error) => Err(Wrong::because("--auth-actions-search-path is no JMESPath", error)),
        }
    }

    /// Reports whether claims allow an action.
    pub fn allow(&self, claims: &Map<String, Value>, action: Action, subject: Subject<'_>) -> bool {
        let tenant = match subject {
            Subject::Tenant(tenant) => tenant,
            // A chart belongs to a tenant, and what counts for the tenant counts for the chart.
            Subject::Repository(name) if entry(claims, "repository", name, action.word()) => return true,
            Subject::Repository(name) => name.rsplit_once('/').map_or("", |(tenant, _)| tenant),
            Subject::Catalog => return entry(claims, "registry", "catalog", "*"),
            // The token is good.
            Subject::Registry => return true,
        };
        match self {
            Actions::Entries => entry(claims, TENANT_TYPE, namespace(tenant), action.word()),
            Actions::Path(path) => found(path, tenant, claims).iter().any(|word| word == action.word()),
        }
    }
}

/// Reports whether an entry of `access` allows an action.
fn entry(claims: &Map<String, Value>, kind: &str, name: &str, action: &str) -> bool {
    let text = |entry: &Value, field: &str| entry.get(field).and_then(Value::as_str).map(str::to_owned);
    let entries = claims.get("access").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    entries.iter().any(|entry| {
        let actions = entry.get("actions").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        text(entry, "type").as_deref() == Some(kind)
            && text(entry, "name").as_deref() == Some(name)
            && actions.iter().any(|word| word.as_str() == Some(action))
    })
}

/// Returns the words that an expression finds; what cannot be searched allows nothing.
fn found(path: &str, tenant: &str, claims: &Map<String, Value>) -> Vec<String> {
    let name = namespace(tenant);
    // The name becomes part of an expression.
    if !name.chars().all(|c| c.is_alphanumeric() || "-_.+@~/".contains(c)) {
        return Vec::new();
    }
    let search = || {
        let expression = jmespath::compile(&filled(path, name)).ok()?;
        let data = jmespath::Variable::from_json(&serde_json::to_string(claims).ok()?).ok()?;
        let result = expression.search(data).ok()?;
        Some(result.as_array()?.iter().filter_map(|word| word.as_string().cloned()).collect())
    };
    search().unwrap_or_default()
}

fn filled(path: &str, name: &str) -> String {
    path.replace("$NAMESPACE", name).replace("$ACCESS_ENTRY_TYPE", TENANT_TYPE)
}
