//! Go's `text/template` as Helm 4.3.1 runs it (Go 1.27): parse once, execute many times, with Go's values, rules and
//! error texts. Knows nothing of Sprig, Helm, files or the clock: functions are handed in, with whatever they need.
//!
//! ```
//! use gostd::Value;
//! let mut set = gotemplate::Set::new(&[]);
//! set.parse("hello", "{{ range . }}{{ . }} {{ end }}").unwrap();
//! let out = set.execute("hello", &Value::list(vec![Value::from("a"), Value::from("b")]), Vec::new()).unwrap();
//! assert_eq!(out, b"a b ");
//! ```

mod builtins;
mod characters;
mod error;
pub mod exec;
pub mod func;
mod hash;
mod lex;
mod limits;
mod node;
mod parse;
mod set;
mod texts;
mod token;
mod vocabulary;

pub use error::{ExecDetail, Source};
pub use limits::{Limits, Memory};
pub use set::Set;
