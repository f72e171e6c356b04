//! What parsing looks up: functions by name, and names that were seen before.

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;

use gostd::Str;

use crate::builtins::Builtin;
use crate::func::Func;
use crate::hash::{FastMap, Seed};
use crate::node::{Choice, Function, Node, Span};
use crate::parse::Lists;

/// Longest name that is kept: longer ones rarely come again.
const KEPT_BYTES: usize = 64;
/// How many names that came last are looked at before all others.
const RECENT_NAMES: usize = 256;
/// How many names a chart of middle size has.
const USUAL_NAMES: usize = 400;
/// Most names that are kept.
const KEPT_NAMES: usize = 1 << 16;

pub struct Vocabulary {
    functions: FastMap<&'static [u8], Function>,
    /// What [`Function::Given`] counts.
    given: Rc<[&'static Func]>,
    /// One copy of each name, shared by all templates.
    names: RefCell<HashSet<Str, Seed>>,
    /// Names that came last, each at the place that its ends give: half of all names need no hash.
    recent: RefCell<Vec<Str>>,
    /// What the parser has used and can use again.
    spare: RefCell<(Vec<Lists>, Vec<Node>)>,
}

impl Vocabulary {
    /// The first table that has a name counts, then Go's builtins.
    pub fn new(tables: &[&'static [Func]]) -> Self {
        let mut functions: FastMap<&'static [u8], Function> = FastMap::default();
        functions.reserve(tables.iter().map(|table| table.len()).sum::<usize>() + Builtin::names().count());
        for builtin in Builtin::names() {
            functions.insert(builtin.name().as_bytes(), bound(builtin));
        }
        let given: Rc<[&'static Func]> = tables.iter().rev().flat_map(|table| table.iter()).collect();
        for (at, func) in given.iter().enumerate() {
            functions.insert(func.name.as_bytes(), Function::Given(at as u32));
        }
        Vocabulary {
            functions,
            given,
            names: RefCell::default(),
            recent: RefCell::default(),
            spare: RefCell::default(),
        }
    }

    pub fn function(&self, name: &[u8]) -> Option<Function> {
        self.functions.get(name).copied()
    }

    /// Returns the functions that were given, in the order of their numbers.
    pub fn given(&self) -> Rc<[&'static Func]> {
        self.given.clone()
    }

    /// Returns empty lists for a template.
    pub fn lists(&self) -> Lists {
        self.spare.borrow_mut().0.pop().unwrap_or_default()
    }

    /// Returns an empty list for nodes.
    pub fn nodes(&self) -> Vec<Node> {
        std::mem::take(&mut self.spare.borrow_mut().1)
    }

    /// Takes lists back, for the next template.
    pub fn give_back(&self, mut lists: Lists, nodes: Vec<Node>) {
        lists.clear();
        let mut spare = self.spare.borrow_mut();
        spare.0.push(lists);
        if nodes.capacity() > spare.1.capacity() {
            spare.1 = nodes;
        }
    }

    /// Returns a text that shares its bytes with equal ones.
    pub fn name(&self, name: &[u8]) -> Str {
        if name.len() > KEPT_BYTES {
            return Str::from(name);
        }
        let place = recent_place(name);
        if let Some(known) = self.recent.borrow().get(place).filter(|known| same(known, name)) {
            return known.clone();
        }
        let known = self.kept(name);
        let mut recent = self.recent.borrow_mut();
        if recent.is_empty() {
            recent.resize(RECENT_NAMES, known.clone());
        }
        recent[place] = known.clone();
        known
    }

    fn kept(&self, name: &[u8]) -> Str {
        let mut names = self.names.borrow_mut();
        if let Some(known) = names.get(name) {
            return known.clone();
        }
        let name = Str::from(name);
        if names.is_empty() {
            names.reserve(USUAL_NAMES);
        }
        if names.len() < KEPT_NAMES {
            names.insert(name.clone());
        }
        name
    }
}

/// Returns the place of a name among the last ones.
fn recent_place(name: &[u8]) -> usize {
    let (first, last) = (name.first().copied().unwrap_or(0), name.last().copied().unwrap_or(0));
    let middle = name.get(name.len() / 2).copied().unwrap_or(0);
    let mixed = usize::from(first) ^ (usize::from(middle) << 2) ^ (usize::from(last) << 4) ^ (name.len() << 5);
    mixed % RECENT_NAMES
}

/// Compares names without a call: they are short.
fn same(known: &Str, name: &[u8]) -> bool {
    known.len() == name.len() && known.iter().zip(name).all(|(a, b)| a == b)
}

fn bound(builtin: Builtin) -> Function {
    match builtin {
        Builtin::And | Builtin::Or => Function::Choice(Choice { builtin, slots: Span::EMPTY }),
        builtin => Function::Builtin(builtin),
    }
}
