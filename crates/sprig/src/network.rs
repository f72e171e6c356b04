//! `getHostByName`, through the host's resolver.

use gostd::Type as T;
use gostd::{GoError, Value};
use gotemplate::exec::Exec;
use gotemplate::func::Func;

use crate::args::string;
use crate::host::Host;
use crate::table::fixed;

pub(crate) const TABLE: &[Func] = &[fixed("getHostByName", &[T::String], T::String, get_host_by_name)];

/// Returns one address of a name, by chance.
fn get_host_by_name(exec: &mut Exec<'_>, args: &[Value]) -> Result<Value, GoError> {
    let host = Host::of(exec)?;
    let addresses = (host.lookup_host)(&string(args, 0)?.to_text());
    if addresses.is_empty() {
        // The original draws from the empty list.
        return Err(GoError::new("invalid argument to Intn"));
    }
    let i = host.below(addresses.len() as u64)? as usize;
    Ok(addresses.get(i).map_or(Value::Nil, |address| Value::from(address.as_str())))
}
