//! What Kubernetes' own types say of patches: which lists merge, and by which key.
//!
//! The table is printed by `gen/main.go` from the Go types that Helm links (the native scheme of pkg/kube/converter.go);
//! kinds that are not in it get JSON merge patches.

use crate::Error;

/// Lines of `/group/version/Kind Type`, then of `Type field field:Type!strategy@key …`, each part sorted; a field without
/// a type is a string.
const TABLE: &str = include_str!("types.txt");

/// The type of a value: `core/v1.PodSpec`, `[]core/v1.Container`, `map`, `string`, ….
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Schema {
    name: &'static str,
}

/// What the type says of a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Field {
    pub schema: Schema,
    pub strategy: Strategy,
    /// Patches of this object tell which of its keys stay.
    pub retain_keys: bool,
    /// Empty for lists of scalars.
    pub merge_key: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Strategy {
    Default,
    Merge,
    Replace,
}

impl Schema {
    /// Returns the type of a kind; none for a kind that is not Kubernetes' own.
    pub fn of_kind(group: &str, version: &str, kind: &str) -> Option<Schema> {
        let place = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
        line(&format!("/{place}/{kind}")).map(|name| Schema { name })
    }

    /// Returns what the type says of a field of an object.
    pub fn field(self, key: &str) -> Result<Field, Error> {
        let Some(fields) = line(self.name) else {
            let kind = if self.name.starts_with("[]") { "slice" } else { self.name };
            return Err(Error::Plain(format!(
                "merging an object in json but data type is not struct, instead is: {kind}"
            )));
        };
        let mut folded = None;
        for entry in fields.split(' ') {
            let name = entry.split([':', '!', '@']).next().unwrap_or_default();
            if name == key {
                return Ok(parse(entry));
            }
            if folded.is_none() && name.eq_ignore_ascii_case(key) {
                folded = Some(entry);
            }
        }
        folded.map(parse).ok_or_else(|| {
            let name = self.name.rsplit('.').next().unwrap_or(self.name);
            Error::Plain(format!("unable to find api field in struct {name} for the json field {key:?}"))
        })
    }

    /// Like [`Schema::field`], with the type of a list's elements.
    pub fn list_field(self, key: &str) -> Result<Field, Error> {
        let field = self.field(key)?;
        match field.schema.name.strip_prefix("[]") {
            Some(element) if element.starts_with("[]") => Err(Error::plain("unexpected slice of slice")),
            Some(element) => Ok(Field { schema: Schema { name: element }, ..field }),
            None => Err(Error::plain("expected slice or array type, but got: struct")),
        }
    }
}

/// Finds the line of a name.
fn line(name: &str) -> Option<&'static str> {
    let found = TABLE.match_indices(name).find(|(at, _)| {
        let starts = *at == 0 || TABLE.as_bytes().get(at - 1) == Some(&b'\n');
        starts && TABLE.as_bytes().get(at + name.len()) == Some(&b' ')
    });
    let rest = TABLE.get(found?.0 + name.len() + 1..)?;
    rest.lines().next()
}

fn parse(entry: &'static str) -> Field {
    let (entry, merge_key) = entry.split_once('@').unwrap_or((entry, ""));
    let (entry, strategies) = entry.split_once('!').unwrap_or((entry, ""));
    let name = entry.split_once(':').map_or("string", |(_, name)| name);
    let has = |wanted: &str| strategies.split(',').any(|strategy| strategy == wanted);
    let strategy = match () {
        () if has("merge") => Strategy::Merge,
        () if has("replace") => Strategy::Replace,
        () => Strategy::Default,
    };
    Field { schema: Schema { name }, strategy, retain_keys: has("retainKeys"), merge_key }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_say_how_they_merge() {
        let deployment = Schema::of_kind("apps", "v1", "Deployment").expect("a type");
        let template = deployment.field("spec").and_then(|spec| spec.schema.field("template")).expect("a field");
        let spec = template.schema.field("spec").expect("a field").schema;
        let volumes = spec.list_field("volumes").expect("a list");
        assert_eq!((volumes.strategy, volumes.retain_keys, volumes.merge_key), (Strategy::Merge, true, "name"));
        let error = spec.field("nothing").expect_err("an error").to_string();
        assert_eq!(error, "unable to find api field in struct PodSpec for the json field \"nothing\"");
        assert_eq!(Schema::of_kind("example.com", "v1", "Foo"), None);
    }
}
