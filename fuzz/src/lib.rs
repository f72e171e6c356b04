//! One function for each parser that reads what a stranger wrote. None may panic, overflow the stack or take long,
//! whatever the bytes; an error is a good answer.

mod found;
mod stack;
mod targets;

pub use found::found;
pub use stack::on_large_stack;
pub use targets::{archive, index, openpgp, regex, registry, repositories, schema, set, template, yaml};

/// A target: reads the bytes and drops whatever it got from them.
pub type Target = fn(&[u8]);

/// All targets by the name of their folder below `corpus/`.
pub const TARGETS: &[(&str, Target)] = &[
    ("template", template),
    ("yaml", yaml),
    ("regex", regex),
    ("archive", archive),
    ("set", set),
    ("schema", schema),
    ("openpgp", openpgp),
    ("index", index),
    ("registry", registry),
    ("repositories", repositories),
];
