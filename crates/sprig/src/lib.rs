//! The Sprig 3.3.0 functions that Helm offers, over gotemplate. Knows nothing of Helm; clock, randomness and DNS are
//! handed in as a [`Host`].
//!
//! Each function follows Masterminds/sprig/v3 3.3.0 and the modules below it: goutils 1.1.1, xstrings 1.5.0, mergo 1.0.1,
//! copystructure 1.2.0, cast 1.7.0, decimal 1.4.0. What panics there is an error here, with the panic's text; what would
//! use up the memory there stops at a limit.

mod args;
mod cases;
mod certificate;
mod cut;
mod dates;
mod decimal;
mod derive;
mod dicts;
mod encoding;
mod host;
mod json;
mod kind;
mod limits;
mod lists;
mod math;
mod merge;
mod network;
mod number;
mod paths;
mod pki;
mod regex;
mod secrets;
mod strings;
mod table;
mod text;
mod urls;
mod values;
mod versions;
mod words;

pub use certificate::Certificate;
pub use host::Host;

use gotemplate::func::Func;

const TABLES: &[&[Func]] = &[
    certificate::TABLE,
    dates::TABLE,
    derive::TABLE,
    dicts::TABLE,
    encoding::TABLE,
    json::TABLE,
    lists::TABLE,
    math::TABLE,
    network::TABLE,
    paths::TABLE,
    regex::TABLE,
    secrets::TABLE,
    strings::TABLE,
    text::TABLE,
    urls::TABLE,
    values::TABLE,
    versions::TABLE,
];

static ALL: [Func; table::count(TABLES)] = table::join(TABLES);

/// All functions, sorted by name.
pub static FUNCS: &[Func] = &ALL;
