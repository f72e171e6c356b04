//! Versions as templates see them: what Sprig's `semver` returns.

use std::any::Any;
use std::cmp::Ordering;
use std::rc::Rc;

use super::Version;
use super::version::{validate_metadata, validate_prerelease};
use crate::value::{IntKind, Method};
use crate::{GoError, Object, Type, Value};

const POINTER: &str = "*semver.Version";
const OTHER: &[Type] = &[Type::Named(POINTER)];

type Result = std::result::Result<Value, GoError>;

const fn method(name: &'static str, params: &'static [Type], call: crate::value::MethodCall) -> Method {
    Method { name, params, variadic: false, call }
}

static METHODS: &[Method] = &[
    method("Compare", OTHER, |v, args| Ok(Value::Int(compare(v, args)? as i64))),
    method("Equal", OTHER, |v, args| Ok(Value::Bool(compare(v, args)?.is_eq()))),
    method("GreaterThan", OTHER, |v, args| Ok(Value::Bool(compare(v, args)?.is_gt()))),
    method("GreaterThanEqual", OTHER, |v, args| Ok(Value::Bool(compare(v, args)?.is_ge()))),
    method("IncMajor", &[], |v, _| {
        let major = increment(this(v)?.major, "major")?;
        next(v, |n| (n.major, n.minor, n.patch) = (major, 0, 0))
    }),
    method("IncMinor", &[], |v, _| {
        let minor = increment(this(v)?.minor, "minor")?;
        next(v, |n| (n.minor, n.patch) = (minor, 0))
    }),
    method("IncPatch", &[], |v, _| match this(v)?.prerelease.is_empty() {
        true => {
            let patch = increment(this(v)?.patch, "patch")?;
            next(v, |n| n.patch = patch)
        }
        false => next(v, |_| ()),
    }),
    method("LessThan", OTHER, |v, args| Ok(Value::Bool(compare(v, args)?.is_lt()))),
    method("LessThanEqual", OTHER, |v, args| Ok(Value::Bool(compare(v, args)?.is_le()))),
    method("Major", &[], |v, _| Ok(number(this(v)?.major))),
    method("Metadata", &[], |v, _| Ok(Value::from(this(v)?.metadata.as_str()))),
    method("Minor", &[], |v, _| Ok(number(this(v)?.minor))),
    method("Original", &[], |v, _| Ok(Value::from(this(v)?.original.as_str()))),
    method("Patch", &[], |v, _| Ok(number(this(v)?.patch))),
    method("Prerelease", &[], |v, _| Ok(Value::from(this(v)?.prerelease.as_str()))),
    method("SetMetadata", &[Type::String], |v, args| {
        let text = text(args);
        validate_metadata(&text)?;
        Ok(Value::object(this(v)?.changed(|n| n.metadata = text)))
    }),
    method("SetPrerelease", &[Type::String], |v, args| {
        let text = text(args);
        validate_prerelease(&text)?;
        Ok(Value::object(this(v)?.changed(|n| n.prerelease = text)))
    }),
    method("String", &[], |v, _| Ok(Value::from(this(v)?.to_string()))),
];

fn this(object: &Rc<dyn Object>) -> std::result::Result<&Version, GoError> {
    object.as_any().downcast_ref().ok_or_else(|| GoError::new("not a version"))
}

fn compare(object: &Rc<dyn Object>, args: &[Value]) -> std::result::Result<Ordering, GoError> {
    let other = args.first().and_then(Value::downcast::<Version>);
    let nil = || GoError::new("runtime error: invalid memory address or nil pointer dereference");
    Ok(this(object)?.compare(other.ok_or_else(nil)?))
}

fn increment(number: u64, part: &str) -> std::result::Result<u64, GoError> {
    number.checked_add(1).ok_or_else(|| GoError::new(format!("{part} version increment would overflow uint64")))
}

/// An increment drops prerelease and metadata.
fn next(object: &Rc<dyn Object>, change: impl FnOnce(&mut Version)) -> Result {
    Ok(Value::object(this(object)?.changed(|version| {
        version.prerelease.clear();
        version.metadata.clear();
        change(version);
    })))
}

fn number(number: u64) -> Value {
    Value::Sized(IntKind::Uint64, number as i64)
}

fn text(args: &[Value]) -> String {
    args.first().and_then(Value::as_str).map(|s| s.to_text().into_owned()).unwrap_or_default()
}

impl Object for Version {
    fn go_type(&self) -> &'static str {
        if self.by_value { "semver.Version" } else { POINTER }
    }

    fn methods(&self) -> &'static [Method] {
        METHODS
    }

    fn display(&self) -> Option<String> {
        Some(self.to_string())
    }

    fn json(&self) -> Option<String> {
        Some(format!("\"{self}\""))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
