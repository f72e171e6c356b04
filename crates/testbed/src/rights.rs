//! Users with exactly the rights that a test gives them.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use crate::api::Api;
use crate::wait;

/// The API server learns of new rights within milliseconds; a busy machine takes longer.
const PATIENCE: Duration = Duration::from_secs(180);

/// What a user may do, as in a Role.
#[derive(Debug, Clone)]
pub struct Rule {
    groups: Vec<String>,
    resources: Vec<String>,
    verbs: Vec<String>,
    names: Vec<String>,
}

impl Rule {
    /// `verbs` on `resources` (`secrets`, `pods/log`) of the API group `group` (empty for the core group); `*` is all.
    pub fn new(group: &str, resources: &[&str], verbs: &[&str]) -> Rule {
        Rule { groups: vec![group.to_string()], resources: owned(resources), verbs: owned(verbs), names: Vec::new() }
    }

    /// The same for the objects of these names only.
    pub fn named(mut self, names: &[&str]) -> Rule {
        self.names = owned(names);
        self
    }

    fn to_json(&self) -> Value {
        let mut rule = json!({ "apiGroups": self.groups, "resources": self.resources, "verbs": self.verbs });
        if !self.names.is_empty() {
            rule["resourceNames"] = json!(self.names);
        }
        rule
    }

    /// One right of the rule, as a SubjectAccessReview asks for it.
    fn example(&self, namespace: &str) -> Value {
        let first = |list: &[String]| list.first().cloned().unwrap_or_default();
        let resource = first(&self.resources);
        let (resource, subresource) = resource.split_once('/').unwrap_or((&resource, ""));
        json!({
            "namespace": namespace,
            "verb": first(&self.verbs),
            "group": first(&self.groups),
            "resource": resource,
            "subresource": subresource,
            "name": first(&self.names),
        })
    }
}

fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| word.to_string()).collect()
}

/// Where rights hold.
#[derive(Debug, Clone, Copy)]
pub enum Scope<'a> {
    Namespace(&'a str),
    /// In all namespaces, and for objects that are in none.
    Cluster,
}

/// Someone who can log in.
#[derive(Debug, Clone)]
pub struct User {
    /// As the audit log has it.
    pub name: String,
    pub kubeconfig: PathBuf,
}

/// Gives `user` rights by a role and a binding, and waits until the API server knows them.
pub fn grant(api: &Api, user: &User, scope: Scope, rules: &[Rule]) -> Result<(), String> {
    let (path, prefix, namespace) = match scope {
        Scope::Namespace(name) => (format!("{GROUP}/namespaces/{name}"), "", name),
        Scope::Cluster => (GROUP.to_string(), "Cluster", ""),
    };
    let lower = prefix.to_lowercase();
    let rule_list: Vec<Value> = rules.iter().map(Rule::to_json).collect();
    // The server completes the prefix to a name, so that a user can be given rights again.
    let metadata = json!({ "generateName": format!("{}-", user.name) });
    let role =
        json!({ "kind": format!("{prefix}Role"), "apiVersion": VERSION, "metadata": metadata, "rules": rule_list });
    let role = api.create(&format!("{path}/{lower}roles"), &role)?;
    let binding = json!({
        "kind": format!("{prefix}RoleBinding"),
        "apiVersion": VERSION,
        "metadata": metadata,
        "subjects": [{ "kind": "User", "name": user.name, "apiGroup": "rbac.authorization.k8s.io" }],
        "roleRef": {
            "apiGroup": "rbac.authorization.k8s.io",
            "kind": format!("{prefix}Role"),
            "name": role["metadata"]["name"],
        },
    });
    api.create(&format!("{path}/{lower}rolebindings"), &binding)?;
    match rules.first() {
        Some(rule) => wait_for_rights(api, user, &rule.example(namespace)),
        None => Ok(()),
    }
}

const GROUP: &str = "/apis/rbac.authorization.k8s.io/v1";
const VERSION: &str = "rbac.authorization.k8s.io/v1";

fn wait_for_rights(api: &Api, user: &User, right: &Value) -> Result<(), String> {
    let review = json!({
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": { "user": user.name, "resourceAttributes": right },
    });
    wait::until("rights to hold", PATIENCE, || {
        let answer = api.create("/apis/authorization.k8s.io/v1/subjectaccessreviews", &review)?;
        Ok((answer["status"]["allowed"] == true).then_some(()))
    })
}
