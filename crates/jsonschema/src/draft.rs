//! The drafts of JSON Schema: their names, where subschemas sit, and which vocabularies they have.

use std::rc::Rc;

use crate::doc::Object;

/// A draft; later ones are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Draft {
    D4,
    D6,
    D7,
    D2019,
    D2020,
}

/// Where subschemas sit below a keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seat {
    /// The value is one.
    Value,
    /// Each item is one.
    Items,
    /// Each member is one.
    Members,
    /// The value is one, or each of its items is.
    ValueOrItems,
}

impl Draft {
    /// What a schema without `$schema` is.
    pub const LATEST: Draft = Draft::D2020;

    /// Returns the draft that a `$schema` names, whatever its scheme; nothing for others.
    pub fn named(url: &str) -> Option<Draft> {
        let url = match url.split_once('#') {
            Some((url, "")) => url,
            Some(_) => return None,
            None => url,
        };
        let name = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://")).unwrap_or(url);
        Some(match name {
            "json-schema.org/schema" => Draft::LATEST,
            "json-schema.org/draft/2020-12/schema" => Draft::D2020,
            "json-schema.org/draft/2019-09/schema" => Draft::D2019,
            "json-schema.org/draft-07/schema" => Draft::D7,
            "json-schema.org/draft-06/schema" => Draft::D6,
            "json-schema.org/draft-04/schema" => Draft::D4,
            _ => return None,
        })
    }

    /// Returns where its metaschema is.
    pub fn url(self) -> &'static str {
        match self {
            Draft::D4 => "http://json-schema.org/draft-04/schema",
            Draft::D6 => "http://json-schema.org/draft-06/schema",
            Draft::D7 => "http://json-schema.org/draft-07/schema",
            Draft::D2019 => "https://json-schema.org/draft/2019-09/schema",
            Draft::D2020 => "https://json-schema.org/draft/2020-12/schema",
        }
    }

    /// Returns the keyword that names a schema.
    pub fn id_keyword(self) -> &'static str {
        if self == Draft::D4 { "id" } else { "$id" }
    }

    /// Returns the URL reference that names a schema, without its fragment; empty when it has no name.
    pub fn id(self, object: &Object) -> &str {
        // Before 2019-09 everything beside a $ref is ignored.
        if self < Draft::D2019 && object.get(b"$ref").is_some() {
            return "";
        }
        let id = object.text(self.id_keyword()).unwrap_or_default();
        id.split_once('#').map_or(id, |(url, _)| url)
    }

    /// Returns where the subschemas of a keyword sit; nothing when it holds none in this draft.
    pub fn seat(self, keyword: &str) -> Option<Seat> {
        let (since, seat) = match keyword {
            "definitions" | "properties" | "patternProperties" | "dependencies" => (Draft::D4, Seat::Members),
            "not" | "additionalProperties" | "additionalItems" => (Draft::D4, Seat::Value),
            "allOf" | "anyOf" | "oneOf" => (Draft::D4, Seat::Items),
            "items" => (Draft::D4, Seat::ValueOrItems),
            "propertyNames" | "contains" => (Draft::D6, Seat::Value),
            "if" | "then" | "else" => (Draft::D7, Seat::Value),
            "$defs" | "dependentSchemas" => (Draft::D2019, Seat::Members),
            "unevaluatedProperties" | "unevaluatedItems" | "contentSchema" => (Draft::D2019, Seat::Value),
            "prefixItems" => (Draft::D2020, Seat::Items),
            _ => return None,
        };
        (since <= self).then_some(seat)
    }

    fn vocabulary_prefix(self) -> &'static str {
        match self {
            Draft::D2019 => "https://json-schema.org/draft/2019-09/vocab/",
            Draft::D2020 => "https://json-schema.org/draft/2020-12/vocab/",
            _ => "",
        }
    }

    fn vocabularies(self) -> &'static [&'static str] {
        match self {
            Draft::D2019 => &["core", "applicator", "validation", "meta-data", "format", "content"],
            Draft::D2020 => &[
                "core",
                "applicator",
                "unevaluated",
                "validation",
                "meta-data",
                "format-annotation",
                "format-assertion",
                "content",
            ],
            _ => &[],
        }
    }

    /// Returns the short name of a vocabulary of this draft.
    pub fn vocabulary(self, url: &str) -> Option<&'static str> {
        let name = url.strip_prefix(self.vocabulary_prefix())?;
        self.vocabularies().iter().find(|v| **v == name).copied()
    }

    /// Returns where the metaschema of one of its vocabularies is.
    pub fn vocabulary_metaschema(self, vocabulary: &str) -> String {
        format!("{}meta/{vocabulary}", self.url().strip_suffix("schema").unwrap_or_default())
    }
}

/// A draft with the vocabularies that a schema's own metaschema asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialect {
    pub draft: Draft,
    /// `None`: those of the draft.
    pub vocabularies: Option<Rc<[&'static str]>>,
}

impl Dialect {
    pub fn of(draft: Draft) -> Self {
        Dialect { draft, vocabularies: None }
    }

    pub fn has(&self, vocabulary: &str) -> bool {
        if vocabulary == "core" || self.draft < Draft::D2019 {
            return true;
        }
        match &self.vocabularies {
            Some(vocabularies) => vocabularies.contains(&vocabulary),
            None => match vocabulary {
                "applicator" | "validation" => true,
                "unevaluated" => self.draft == Draft::D2020,
                _ => false,
            },
        }
    }

    /// Reports whether `format` is checked, and not just a remark.
    pub fn asserts_format(&self) -> bool {
        match self.draft {
            Draft::D2019 => self.has("format"),
            Draft::D2020 => self.has("format-assertion"),
            _ => true,
        }
    }
}
