//! What Helm's functions know of the rendering they run in.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gostd::Str;

use crate::engine::{Lookup, Message};

/// Shared by all functions of one rendering.
#[derive(Default)]
pub(crate) struct State {
    /// In lint mode `required` and `fail` only say so.
    pub lint: bool,
    pub enable_dns: bool,
    pub lookup: Option<Rc<dyn Lookup>>,
    /// The names of the `include`s that run, outermost first.
    pub includes: RefCell<Vec<Str>>,
    /// How many `tpl` run, one inside the other.
    pub tpl_depth: Cell<usize>,
    /// What lint mode has to say.
    pub messages: RefCell<Vec<Message>>,
}
