//! `semver` and `semverCompare`.

use gostd::Type as T;
use gostd::semver::{Constraints, Version};
use gostd::{GoError, Value};
use gotemplate::exec::Exec;
use gotemplate::func::Func;

use crate::args::string;
use crate::host::Host;
use crate::table::fixed;

pub(crate) const TABLE: &[Func] = &[
    fixed("semver", &[T::String], T::Named("*semver.Version"), semver),
    fixed("semverCompare", &[T::String, T::String], T::Bool, compare),
];

fn semver(_: &mut Exec<'_>, args: &[Value]) -> Result<Value, GoError> {
    Version::new(string(args, 0)?).map(Value::object)
}

/// Reports whether a version satisfies a constraint.
fn compare(exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, GoError> {
    let (constraint, version) = (string(args, 0)?, string(args, 1)?);
    let check =
        |constraints: &Constraints| Version::new(version).map(|version| Value::Bool(constraints.check(&version)));
    match Host::of(exec) {
        Ok(host) => check(&*host.constraints(constraint)?),
        Err(_) => check(&Constraints::new(constraint)?),
    }
}
