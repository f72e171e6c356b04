//! The server's list of what the user may do in a namespace.

use serde_json::{Value, json};

use super::Right;
use crate::{Client, Error, Request};

/// No namespace can be called so: the rules there are those that hold everywhere, and for objects without a namespace.
pub(super) const EVERYWHERE: &str = "cluster.scope";

/// What a user may do in a namespace.
#[derive(Debug, Default)]
pub(super) struct Rules {
    rules: Vec<Rule>,
    /// There may be more that the server could not list.
    pub incomplete: bool,
}

#[derive(Debug)]
struct Rule {
    verbs: Vec<String>,
    groups: Vec<String>,
    resources: Vec<String>,
    names: Vec<String>,
}

impl Client {
    /// Asks for the rules of a namespace.
    pub(super) async fn rules(&self, namespace: &str) -> Result<Rules, Error> {
        let review = json!({
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectRulesReview",
            "spec": {"namespace": namespace},
        });
        let path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
        Ok(Rules::read(&self.send(&Request::post(path, &review)).await?.json()?))
    }
}

impl Rules {
    fn read(review: &Value) -> Rules {
        let rules = review["status"]["resourceRules"].as_array().map(Vec::as_slice).unwrap_or_default();
        let rule = |rule: &Value| Rule {
            verbs: words(&rule["verbs"]),
            groups: words(&rule["apiGroups"]),
            resources: words(&rule["resources"]),
            names: words(&rule["resourceNames"]),
        };
        Rules { rules: rules.iter().map(rule).collect(), incomplete: review["status"]["incomplete"] == true }
    }

    /// Says whether the rules give a right.
    ///
    /// Source: `VerbMatches`, `ResourceMatches`, `ResourceNameMatches`, k8s.io/component-helpers auth/rbac/validation.
    pub fn allow(&self, right: &Right) -> bool {
        self.rules.iter().any(|rule| rule.allows(right))
    }
}

impl Rule {
    fn allows(&self, right: &Right) -> bool {
        let any_of = |list: &[String], word: &str| list.iter().any(|known| known == "*" || known == word);
        let of_all = right.resource.split_once('/').map(|(_, part)| format!("*/{part}"));
        any_of(&self.verbs, &right.verb)
            && any_of(&self.groups, &right.group)
            && (any_of(&self.resources, &right.resource) || of_all.is_some_and(|part| self.resources.contains(&part)))
            && (self.names.is_empty() || self.names.contains(&right.name))
    }
}

fn words(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_give_what_they_name() {
        let rules = Rules::read(&json!({"status": {"resourceRules": [
            {"verbs": ["get", "list"], "apiGroups": [""], "resources": ["secrets"], "resourceNames": ["a"]},
            {"verbs": ["*"], "apiGroups": ["apps"], "resources": ["*"]},
            {"verbs": ["create"], "apiGroups": ["*"], "resources": ["*/scale"]},
        ]}}));
        let cases = [
            ("get", "", "secrets", "a", true),
            ("get", "", "secrets", "b", false),
            // All of a kind, not one of them.
            ("list", "", "secrets", "", false),
            ("delete", "", "secrets", "a", false),
            ("delete", "apps", "deployments", "x", true),
            ("delete", "apps", "deployments/scale", "x", true),
            ("create", "batch", "jobs/scale", "", true),
            ("create", "batch", "jobs", "", false),
        ];
        for (verb, group, resource, name, allowed) in cases {
            let right = Right {
                verb: verb.into(),
                group: group.into(),
                resource: resource.into(),
                namespace: "n".into(),
                name: name.into(),
            };
            assert_eq!(rules.allow(&right), allowed, "{right:?}");
        }
    }
}
