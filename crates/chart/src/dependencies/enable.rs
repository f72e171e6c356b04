//! Tags, conditions and aliases.

use std::collections::HashSet;
use std::rc::Rc;

use gostd::{GoError, Value};

use super::is_compatible;
use super::shared::Shared;
use crate::chart::Chart;
use crate::log::Log;
use crate::metadata::{Dependency, Metadata};
use crate::values::defaults::Defaults;
use crate::values::tree::{Node, Table};
use crate::values::{Coalescer, Mode, Prefix, deep_copy_map};

/// Keeps the subcharts that values enable; `path` leads from the top to the chart, with a dot at its end.
pub fn process(
    chart: &mut Chart,
    values: &Table,
    path: &str,
    shared: &mut Shared,
    log: &mut dyn Log,
) -> Result<(), GoError> {
    shared.refresh(chart);
    if !chart.metadata.declares_dependencies {
        return Ok(());
    }
    let mut metadata = Metadata::clone(&chart.metadata);
    let children = choose(chart, &metadata.dependencies);
    adopt(chart, children);
    for dependency in &mut metadata.dependencies {
        dependency.name = dependency.known_as().to_owned();
        dependency.enabled = true;
    }
    let values = values.deep_clone();
    Coalescer::new(Mode::Coalesce, log).chart(chart, &values, Prefix::ROOT)?;
    apply_tags(&mut metadata.dependencies, &values, log);
    apply_conditions(&mut metadata.dependencies, &values, path, log);
    let disabled: HashSet<String> =
        metadata.dependencies.iter().filter(|d| !d.enabled).map(|d| d.name.clone()).collect();
    metadata.dependencies.retain(|dependency| !disabled.contains(&dependency.name));
    metadata.declares_dependencies = !metadata.dependencies.is_empty();
    shared.change(chart, metadata);
    chart.children.retain(|child| !disabled.contains(child.name()));
    for child in &mut chart.children {
        let path = format!("{path}{}.", child.name());
        process(child, &values, &path, shared, log)?;
    }
    Ok(())
}

/// Returns the charts that Chart.yaml does not name, then for each dependency the first that fits, under its alias.
fn choose(chart: &Chart, dependencies: &[Dependency]) -> Vec<Chart> {
    let fits = |child: &Chart, dependency: &Dependency| {
        child.name() == dependency.name && is_compatible(&dependency.version, &child.metadata.version)
    };
    let undeclared = |child: &&Chart| !dependencies.iter().any(|dependency| fits(child, dependency));
    let mut chosen: Vec<Chart> = chart.children.iter().filter(undeclared).cloned().collect();
    let mut taken = HashSet::new();
    for dependency in dependencies {
        let Some(position) = chart.children.iter().position(|child| fits(child, dependency)) else { continue };
        let mut copy = chart.children[position].clone();
        if !taken.insert(position) {
            unshare_values(&mut copy);
        }
        let mut metadata = Metadata::clone(&copy.metadata);
        if !dependency.alias.is_empty() {
            metadata.name.clone_from(&dependency.alias);
        }
        copy.metadata = Rc::new(metadata);
        copy.copied = true;
        chosen.push(copy);
    }
    chosen
}

/// Makes charts the subcharts of a chart. A copy's own subcharts learn its new name, but those below them do not: so
/// it is in Helm, and their templates keep the paths of the name without alias.
fn adopt(chart: &mut Chart, mut children: Vec<Chart>) {
    let path: Rc<str> = chart.full_path().into();
    for child in &mut children {
        child.parent_path = Some(path.clone());
        if std::mem::take(&mut child.copied) {
            let path: Rc<str> = child.full_path().into();
            child.children.iter_mut().for_each(|grandchild| grandchild.parent_path = Some(path.clone()));
        }
    }
    chart.children = children;
}

/// Two copies of a chart must not have the same maps of default values: templates can change them.
fn unshare_values(chart: &mut Chart) {
    chart.defaults = Rc::new(Defaults::new(deep_copy_map(chart.defaults.map())));
    chart.children.iter_mut().for_each(unshare_values);
}

/// A dependency with tags is on when one of them is, off when the others say so.
fn apply_tags(dependencies: &mut [Dependency], values: &Table, log: &mut dyn Log) {
    let Some(tags) = values.get(b"tags").filter(Node::is_table) else { return };
    for dependency in dependencies {
        let (mut on, mut off) = (false, false);
        for tag in &dependency.tags {
            match tags.get(tag.as_bytes()) {
                None => {}
                Some(Node::Leaf(Value::Bool(true))) => on = true,
                Some(Node::Leaf(Value::Bool(false))) => off = true,
                Some(_) => {
                    log.warn("returned non-bool value", &[("tag", tag), ("chart", &dependency.name)]);
                }
            }
        }
        dependency.enabled = on || !off;
    }
}

/// The first path of a condition that leads to a bool decides.
fn apply_conditions(dependencies: &mut [Dependency], values: &Table, path: &str, log: &mut dyn Log) {
    for dependency in dependencies {
        for condition in dependency.condition.trim().split(',').filter(|condition| !condition.is_empty()) {
            match value_at(values, &format!("{path}{condition}")) {
                None => {}
                Some(Value::Bool(on)) => {
                    dependency.enabled = on;
                    break;
                }
                Some(_) => {
                    log.warn("returned non-bool value", &[("path", condition), ("chart", &dependency.name)]);
                }
            }
        }
    }
}

/// Returns what is at a dotted path, unless it is a map.
fn value_at(values: &Table, path: &str) -> Option<Value> {
    let mut parts = path.split('.');
    let mut node = values.get(parts.next()?.as_bytes())?;
    for part in parts {
        node = node.get(part.as_bytes())?;
    }
    match node {
        Node::Leaf(value) if value.as_map().is_none() => Some(value),
        _ => None,
    }
}
