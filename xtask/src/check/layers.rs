//! The edges between our crates against `layers.toml`, and what a layer may not drag in.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;
use toml::{Table, Value};

use crate::Outcome;
use crate::tally::Tally;
use crate::workspace::Workspace;

/// Compares `cargo metadata` with `layers.toml`: every edge is allowed there with a reason, every allowed edge exists,
/// arrows go to the same layer or a lower one, and no crate has a banned one anywhere below it.
pub fn check(workspace: &Workspace) -> Outcome {
    let text = std::fs::read_to_string(workspace.root.join("layers.toml"));
    let text = text.map_err(|e| format!("layers.toml: {e}"))?;
    let mut rules = Rules::parse(&text).map_err(|e| format!("layers.toml: {e}"))?;
    let graph = Graph::read(&workspace.metadata()?)?;
    // The metadata names optional packages too that nobody turns on; what is built, the tree knows.
    rules.banned.retain(|name, _| is_built(workspace, name));
    let mut tally = Tally::passed(graph.members.len());
    for problem in problems(&rules, &graph) {
        println!("  {problem}");
        tally.fail(problem, "cargo xtask layers");
    }
    Ok(tally)
}

struct Rules {
    /// Layer names, lowest first, each with the crates that may not stand below its members.
    layers: Vec<(String, BTreeMap<String, String>)>,
    /// Crate → its layer and its allowed edges with reasons.
    crates: BTreeMap<String, (String, BTreeMap<String, String>)>,
    /// Banned in the whole workspace, with reasons.
    banned: BTreeMap<String, String>,
}

impl Rules {
    fn parse(text: &str) -> Result<Rules, String> {
        let table: Table = text.parse().map_err(|e| format!("{e}"))?;
        let mut layers = Vec::new();
        for layer in table.get("layer").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default() {
            let name = layer.get("name").and_then(Value::as_str).ok_or("a layer without a name")?;
            layers.push((name.to_string(), reasons(layer.get("without"))?));
        }
        let mut crates = BTreeMap::new();
        for (name, entry) in table.get("crates").and_then(Value::as_table).into_iter().flatten() {
            let layer = entry.get("layer").and_then(Value::as_str).ok_or_else(|| format!("{name} has no layer"))?;
            crates.insert(name.clone(), (layer.to_string(), reasons(entry.get("uses"))?));
        }
        Ok(Rules { layers, crates, banned: reasons(table.get("banned"))? })
    }

    fn height(&self, name: &str) -> Option<usize> {
        let (layer, _) = self.crates.get(name)?;
        self.layers.iter().position(|(name, _)| name == layer)
    }
}

fn reasons(value: Option<&Value>) -> Result<BTreeMap<String, String>, String> {
    let Some(value) = value else { return Ok(BTreeMap::new()) };
    let table = value.as_table().ok_or("names with reasons are a table")?;
    let mut reasons = BTreeMap::new();
    for (name, reason) in table {
        let reason = reason.as_str().filter(|reason| !reason.is_empty()).ok_or_else(|| format!("{name}: no reason"))?;
        reasons.insert(name.clone(), reason.to_string());
    }
    Ok(reasons)
}

/// The resolved packages by id, build scripts and development dependencies apart.
struct Graph {
    /// Our crates: name → id.
    members: BTreeMap<String, String>,
    names: BTreeMap<String, String>,
    /// Normal and build edges: what ends up in a binary.
    edges: BTreeMap<String, BTreeSet<String>>,
    /// The edges above and those of tests.
    all_edges: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    fn read(metadata: &Json) -> Result<Graph, String> {
        let packages = metadata["packages"].as_array().ok_or("cargo metadata has no packages")?;
        let ours: BTreeSet<&str> =
            metadata["workspace_members"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
        let mut graph = Graph {
            members: BTreeMap::new(),
            names: BTreeMap::new(),
            edges: BTreeMap::new(),
            all_edges: BTreeMap::new(),
        };
        for package in packages {
            let (id, name) = (text(&package["id"]), text(&package["name"]));
            if ours.contains(id.as_str()) {
                graph.members.insert(name.clone(), id.clone());
            }
            graph.names.insert(id, name);
        }
        for node in metadata["resolve"]["nodes"].as_array().into_iter().flatten() {
            let id = text(&node["id"]);
            for dependency in node["deps"].as_array().into_iter().flatten() {
                let target = text(&dependency["pkg"]);
                let kinds = dependency["dep_kinds"].as_array().into_iter().flatten();
                if kinds.into_iter().any(|kind| kind["kind"] != "dev") {
                    graph.edges.entry(id.clone()).or_default().insert(target.clone());
                }
                graph.all_edges.entry(id.clone()).or_default().insert(target);
            }
        }
        Ok(graph)
    }

    /// The names of our crates that `id` names itself, tests included.
    fn own_edges(&self, id: &str) -> BTreeSet<&str> {
        let targets = self.all_edges.get(id).into_iter().flatten();
        let names = targets.filter_map(|target| self.names.get(target));
        names.filter(|name| self.members.contains_key(*name)).map(String::as_str).collect()
    }

    /// The names of everything below `id` in a binary.
    fn below(&self, id: &str) -> BTreeSet<&str> {
        let (mut seen, mut open) = (BTreeSet::new(), vec![id]);
        while let Some(at) = open.pop() {
            for target in self.edges.get(at).into_iter().flatten() {
                if seen.insert(target.as_str()) {
                    open.push(target);
                }
            }
        }
        seen.into_iter().filter_map(|id| self.names.get(id)).map(String::as_str).collect()
    }
}

fn text(value: &Json) -> String {
    value.as_str().unwrap_or_default().to_string()
}

/// Reports whether a package is built for any platform.
fn is_built(workspace: &Workspace, package: &str) -> bool {
    let tree = workspace
        .cargo()
        .args(["tree", "--workspace", "--target", "all", "--edges", "normal,build", "--quiet", "--invert", package])
        .output();
    tree.is_ok_and(|tree| tree.status.success() && !tree.stdout.is_empty())
}

fn problems(rules: &Rules, graph: &Graph) -> Vec<String> {
    let mut problems = Vec::new();
    for (name, id) in &graph.members {
        let Some((layer, allowed)) = rules.crates.get(name) else {
            problems.push(format!("{name} is not in layers.toml"));
            continue;
        };
        let edges = graph.own_edges(id);
        for target in edges.iter().filter(|target| !allowed.contains_key(**target)) {
            problems.push(format!("{name} -> {target}: a new edge is a design change, see layers.toml"));
        }
        for target in allowed.keys().filter(|target| !edges.contains(target.as_str())) {
            problems.push(format!("{name} -> {target}: allowed in layers.toml, but not there any more"));
        }
        for target in edges.iter().filter(|target| rules.height(target) > rules.height(name)) {
            problems.push(format!("{name} -> {target}: the arrow points up"));
        }
        let Some((_, without)) = rules.layers.iter().find(|(known, _)| known == layer) else {
            problems.push(format!("{name}: layers.toml has no layer {layer}"));
            continue;
        };
        let below = graph.below(id);
        for (banned, reason) in
            without.iter().chain(&rules.banned).filter(|(banned, _)| below.contains(banned.as_str()))
        {
            problems.push(format!("{name} depends on {banned}, directly or not: {reason}"));
        }
    }
    let gone = rules.crates.keys().filter(|name| !graph.members.contains_key(*name));
    problems.extend(gone.map(|name| format!("{name} is in layers.toml, but not in the workspace")));
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: &str = r#"
        banned = { ring = "one TLS stack" }
        [[layer]]
        name = "low"
        without = { tokio = "pure" }
        [[layer]]
        name = "high"
        [crates.a]
        layer = "low"
        [crates.b]
        layer = "high"
        uses = { a = "values" }
    "#;

    /// A graph from `crate -> crate` lines; `a` and `b` are ours.
    fn graph(edges: &[(&str, &str)]) -> Graph {
        let own = |name: &&str| (name.to_string(), name.to_string());
        let mut graph = Graph {
            members: ["a", "b"].iter().map(own).collect(),
            names: ["a", "b", "ring", "tokio", "x"].iter().map(own).collect(),
            edges: BTreeMap::new(),
            all_edges: BTreeMap::new(),
        };
        for (from, to) in edges {
            graph.edges.entry(from.to_string()).or_default().insert(to.to_string());
            graph.all_edges.entry(from.to_string()).or_default().insert(to.to_string());
        }
        graph
    }

    #[test]
    fn each_rule_is_seen() {
        let rules = Rules::parse(RULES).unwrap();
        let check = |edges: &[(&str, &str)]| problems(&rules, &graph(edges)).join("\n");
        assert_eq!(check(&[("b", "a"), ("b", "tokio")]), "");
        assert!(check(&[]).contains("not there any more"));
        assert!(check(&[("b", "a"), ("a", "b")]).contains("a -> b: a new edge"));
        assert!(check(&[("b", "a"), ("a", "b")]).contains("a -> b: the arrow points up"));
        assert!(check(&[("b", "a"), ("a", "x"), ("x", "tokio")]).contains("a depends on tokio"));
        assert!(check(&[("b", "a"), ("b", "ring")]).contains("one TLS stack"));
    }
}
