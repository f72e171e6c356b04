//! Compiles the keywords of one schema.

use std::rc::Rc;

use gostd::GoError;
use gostd::value::Str;

use crate::doc::{Doc, Object};
use crate::draft::{Dialect, Draft};
use crate::format::Format;
use crate::link::{self, quoted};
use crate::node::{
    Additional, ArrayRules, Choices, Condition, Dependency, Logic, Needs, Node, NodeId, NumberRules, ObjectRules, Step,
    TextRules, Types, by_length,
};
use crate::number::Number;

use super::Compiler;

/// The schema at hand, and where it stands.
pub struct Keywords<'k, 'd, 'l> {
    pub compiler: &'k mut Compiler<'d, 'l>,
    pub object: &'d Object,
    pub root: usize,
    pub resource: usize,
    pub id: NodeId,
    pub dialect: Dialect,
}

impl<'d> Keywords<'_, 'd, '_> {
    /// Fills a node.
    ///
    /// # Errors
    /// References that lead nowhere, and patterns that are none.
    pub fn compile(mut self, node: &mut Node) -> Result<(), GoError> {
        let draft = self.dialect.draft;
        node.reference = self.reference("$ref")?;
        // Before 2019-09 a $ref silences its neighbours; the library still compiles those that came after draft 4.
        let silenced = draft < Draft::D2019 && node.reference.is_some();
        if !silenced {
            self.draft4(node)?;
        }
        self.later_applicators(node);
        if draft >= Draft::D6 && self.dialect.has("validation") {
            node.constant = self.get("const").map(|doc| Rc::new(doc.clone()));
        }
        if draft >= Draft::D2019 {
            self.dynamic_references(node)?;
            self.since_2019(node);
        }
        node.evaluates_properties = node.object.as_ref().is_some_and(|o| o.additional.is_said());
        if let Some(array) = &node.array {
            node.evaluates_items = array.rest.is_said();
            node.evaluated_items = array.prefix.len();
        }
        Ok(())
    }

    fn draft4(&mut self, node: &mut Node) -> Result<(), GoError> {
        if self.dialect.has("applicator") {
            self.logic(node);
            self.items(node);
            self.members(node)?;
        }
        if self.dialect.has("validation") {
            self.values(node);
            self.bounds(node);
            self.sizes(node)?;
        }
        if (self.compiler.is_metaschema || self.dialect.asserts_format())
            && let Some(name) = self.text("format")
        {
            node.format = Format::named(name);
        }
        Ok(())
    }

    fn logic(&mut self, node: &mut Node) {
        let not = self.schema("not");
        let [all_of, any_of, one_of] = ["allOf", "anyOf", "oneOf"].map(|keyword| self.schemas(keyword));
        if not.is_some() || !(all_of.is_empty() && any_of.is_empty() && one_of.is_empty()) {
            node.logic = Some(Box::new(Logic { not, all_of, any_of, one_of, condition: None }));
        }
    }

    fn items(&mut self, node: &mut Node) {
        if self.dialect.draft >= Draft::D2020 {
            return;
        }
        match self.get("items") {
            None => {}
            Some(Doc::Array(_)) => {
                let (prefix, rest) = (self.schemas("items"), self.additional("additionalItems"));
                node.array = Some(Box::new(ArrayRules { prefix, rest, ..ArrayRules::default() }));
            }
            Some(_) => {
                let rest = self.schema("items").map_or(Additional::Unsaid, Additional::Schema);
                node.array = Some(Box::new(ArrayRules { rest, ..ArrayRules::default() }));
            }
        }
    }

    fn members(&mut self, node: &mut Node) -> Result<(), GoError> {
        let mut properties = self.named_schemas("properties");
        properties.sort_unstable_by(|(a, _), (b, _)| by_length(a.as_bytes(), b.as_bytes()));
        let mut patterns = Vec::new();
        for (text, id) in self.named_schemas("patternProperties") {
            let pattern = self.compiler.patterns.get(&text);
            patterns.push((pattern.map_err(|error| self.wrong_pattern("patternProperties", &text, error))?, id));
        }
        let additional = self.additional("additionalProperties");
        let dependencies = self.dependencies();
        let empty = properties.is_empty() && patterns.is_empty() && dependencies.is_empty();
        if !empty || additional.is_said() {
            let rules = ObjectRules { properties, patterns, additional, dependencies, ..ObjectRules::default() };
            node.object = Some(Box::new(rules));
        }
        Ok(())
    }

    fn dependencies(&mut self) -> Vec<(Rc<str>, Dependency)> {
        let Some(Doc::Object(object)) = self.get("dependencies") else { return Vec::new() };
        let mut dependencies = Vec::new();
        for (name, doc) in object.members() {
            let dependency = match doc {
                Doc::Array(items) => Dependency::Needs(strings(items)),
                _ => Dependency::Schema(self.below(doc, "dependencies", Step::Member(name.clone()))),
            };
            dependencies.push((name.clone(), dependency));
        }
        dependencies
    }

    fn wrong_pattern(&self, keyword: &str, text: &str, error: GoError) -> GoError {
        let Some(owner) = self.compiler.roots.get(self.root) else { return error };
        let pointer = self.compiler.waiting.get(self.id as usize).map(|w| self.compiler.pointer(&w.place));
        let location = link::location(&owner.url, &format!("{}/{keyword}", pointer.unwrap_or_default()));
        GoError::wrap(format!("invalid regex {} at {}: {}", quoted(text), quoted(&location), error.text), error)
    }

    fn values(&mut self, node: &mut Node) {
        match self.get("type") {
            Some(Doc::Str(name)) => node.types = Types::named(name),
            Some(Doc::Array(names)) => {
                for name in names {
                    if let Doc::Str(name) = name {
                        node.types.add(Types::named(name));
                    }
                }
            }
            _ => {}
        }
        if let Some(Doc::Array(values)) = self.get("enum") {
            let mut types = Types::default();
            values.iter().for_each(|value| types.add(type_of(value)));
            node.choices = Some(Rc::new(Choices { values: values.clone(), types }));
        }
    }

    fn bounds(&mut self, node: &mut Node) {
        let mut rules = NumberRules {
            minimum: self.number("minimum"),
            maximum: self.number("maximum"),
            exclusive_minimum: self.number("exclusiveMinimum"),
            exclusive_maximum: self.number("exclusiveMaximum"),
            multiple_of: self.number("multipleOf"),
        };
        // In draft 4 these say how the others are meant.
        if self.flag("exclusiveMinimum") {
            rules.exclusive_minimum = rules.minimum.take();
        }
        if self.flag("exclusiveMaximum") {
            rules.exclusive_maximum = rules.maximum.take();
        }
        let NumberRules { minimum, maximum, exclusive_minimum, exclusive_maximum, multiple_of } = &rules;
        if [minimum, maximum, exclusive_minimum, exclusive_maximum, multiple_of].into_iter().any(Option::is_some) {
            node.number = Some(Box::new(rules));
        }
    }

    fn sizes(&mut self, node: &mut Node) -> Result<(), GoError> {
        let (min, max) = (self.integer("minLength"), self.integer("maxLength"));
        let pattern = match self.text("pattern") {
            Some(text) => match self.compiler.patterns.get(text) {
                Ok(pattern) => Some(pattern),
                Err(error) => return Err(self.wrong_pattern("pattern", text, error)),
            },
            None => None,
        };
        if min.is_some() || max.is_some() || pattern.is_some() {
            node.text = Some(Box::new(TextRules { min, max, pattern }));
        }
        let (min, max, unique) = (self.integer("minItems"), self.integer("maxItems"), self.flag("uniqueItems"));
        if min.is_some() || max.is_some() || unique {
            let rules = node.array.get_or_insert_default();
            (rules.min, rules.max, rules.unique) = (min, max, unique);
        }
        let (min, max) = (self.integer("minProperties"), self.integer("maxProperties"));
        let required = match self.get("required") {
            Some(Doc::Array(names)) => strings(names),
            _ => Needs::new(),
        };
        if min.is_some() || max.is_some() || !required.is_empty() {
            let rules = node.object.get_or_insert_default();
            (rules.min, rules.max, rules.required) = (min, max, required);
        }
        Ok(())
    }

    /// Keywords of drafts 6 and 7 that hold schemas.
    fn later_applicators(&mut self, node: &mut Node) {
        let draft = self.dialect.draft;
        if !self.dialect.has("applicator") || draft < Draft::D6 {
            return;
        }
        if let Some(contains) = self.schema("contains") {
            node.array.get_or_insert_default().contains = Some(contains);
        }
        if let Some(names) = self.schema("propertyNames") {
            node.object.get_or_insert_default().names = Some(names);
        }
        if draft >= Draft::D7
            && let Some(test) = self.schema("if")
        {
            let decided = match self.get("if") {
                Some(Doc::Bool(b)) => Some(*b),
                _ => None,
            };
            let then = if decided == Some(false) { None } else { self.schema("then") };
            let otherwise = if decided == Some(true) { None } else { self.schema("else") };
            node.logic.get_or_insert_default().condition = Some(Condition { test, then, otherwise });
        }
    }

    fn dynamic_references(&mut self, node: &mut Node) -> Result<(), GoError> {
        if let Some(target) = self.reference("$recursiveRef")? {
            node.dynamic.get_or_insert_default().recursive_ref = Some(target);
        }
        if self.flag("$recursiveAnchor") {
            node.dynamic.get_or_insert_default().recursive_anchor = true;
        }
        if self.dialect.draft < Draft::D2020 {
            return Ok(());
        }
        if let Some(target) = self.reference("$dynamicRef")? {
            let (_, fragment) = link::split_fragment(self.text("$dynamicRef").unwrap_or_default())?;
            let anchor = if link::is_pointer(&fragment) { Rc::from("") } else { Rc::from(fragment) };
            node.dynamic.get_or_insert_default().dynamic_ref = Some((target, anchor));
        }
        if let Some(anchor) = self.text("$dynamicAnchor") {
            node.dynamic.get_or_insert_default().dynamic_anchor = anchor.into();
        }
        Ok(())
    }

    fn since_2019(&mut self, node: &mut Node) {
        let draft = self.dialect.draft;
        let (min, max) = (self.integer("minContains"), self.integer("maxContains"));
        if self.dialect.has("validation") {
            if let Some(array) = node.array.as_mut().filter(|a| a.contains.is_some()) {
                (array.min_contains, array.max_contains) = (min, max);
            }
            if let Some(Doc::Object(object)) = self.get("dependentRequired") {
                let needs = |doc: &Doc| match doc {
                    Doc::Array(names) => Some(strings(names)),
                    _ => None,
                };
                let rules = object.members().iter().filter_map(|(name, doc)| Some((name.clone(), needs(doc)?)));
                node.object.get_or_insert_default().dependent_required = rules.collect();
            }
        }
        if self.dialect.has("applicator") {
            let schemas = self.named_schemas("dependentSchemas");
            if !schemas.is_empty() {
                node.object.get_or_insert_default().dependent_schemas = schemas;
            }
        }
        if self.dialect.has(if draft == Draft::D2019 { "applicator" } else { "unevaluated" }) {
            node.unevaluated_items = self.schema("unevaluatedItems");
            node.unevaluated_properties = self.schema("unevaluatedProperties");
        }
        if draft >= Draft::D2020 && self.dialect.has("applicator") {
            let (prefix, items) = (self.schemas("prefixItems"), self.schema("items"));
            if !prefix.is_empty() || items.is_some() {
                let rules = node.array.get_or_insert_default();
                rules.prefix = prefix;
                rules.rest = items.map_or(Additional::Unsaid, Additional::Schema);
            }
        }
    }

    fn get(&self, keyword: &str) -> Option<&'d Doc> {
        self.object.get(keyword.as_bytes())
    }

    fn text(&self, keyword: &str) -> Option<&'d str> {
        self.object.text(keyword)
    }

    fn flag(&self, keyword: &str) -> bool {
        self.get(keyword) == Some(&Doc::Bool(true))
    }

    fn number(&self, keyword: &str) -> Option<Number> {
        match self.get(keyword) {
            Some(Doc::Number(text)) => Number::parse(text),
            _ => None,
        }
    }

    fn integer(&self, keyword: &str) -> Option<i64> {
        self.number(keyword).filter(Number::is_integer).map(|n| n.low_bits())
    }

    fn reference(&mut self, keyword: &str) -> Result<Option<NodeId>, GoError> {
        match self.text(keyword) {
            Some(reference) => self.compiler.resolve(self.root, self.resource, reference).map(Some),
            None => Ok(None),
        }
    }

    fn below(&mut self, doc: &'d Doc, keyword: &'static str, step: Step) -> NodeId {
        self.compiler.enqueue_below(self.root, doc, self.id, keyword, step)
    }

    fn schema(&mut self, keyword: &'static str) -> Option<NodeId> {
        let doc = self.get(keyword)?;
        Some(self.below(doc, keyword, Step::None))
    }

    fn schemas(&mut self, keyword: &'static str) -> Vec<NodeId> {
        let Some(Doc::Array(items)) = self.get(keyword) else { return Vec::new() };
        items.iter().enumerate().map(|(i, doc)| self.below(doc, keyword, Step::Item(i))).collect()
    }

    fn named_schemas(&mut self, keyword: &'static str) -> Vec<(Rc<str>, NodeId)> {
        let Some(Doc::Object(object)) = self.get(keyword) else { return Vec::new() };
        let members = object.members().iter();
        members.map(|(name, doc)| (name.clone(), self.below(doc, keyword, Step::Member(name.clone())))).collect()
    }

    fn additional(&mut self, keyword: &'static str) -> Additional {
        match self.get(keyword) {
            Some(Doc::Bool(b)) => Additional::Allowed(*b),
            Some(_) => self.schema(keyword).map_or(Additional::Unsaid, Additional::Schema),
            None => Additional::Unsaid,
        }
    }
}

fn strings(docs: &[Doc]) -> Needs {
    let text = |doc: &Doc| match doc {
        Doc::Str(text) => Some(Str::from(&**text)),
        _ => None,
    };
    docs.iter().filter_map(text).collect()
}

fn type_of(doc: &Doc) -> Types {
    match doc {
        Doc::Null => Types::NULL,
        Doc::Bool(_) => Types::BOOLEAN,
        Doc::Number(_) => Types::NUMBER,
        Doc::Str(_) => Types::STRING,
        Doc::Array(_) => Types::ARRAY,
        Doc::Object(_) => Types::OBJECT,
    }
}
