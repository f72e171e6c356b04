//! What becomes of objects: from what was found to what is told of it.

use serde_json::Value;

use crate::clean::clean;
use crate::mask::{decode, mask};
use crate::object::Identity;
use crate::secrets::Secrets;

/// An object with what is there of it and what is to be.
#[derive(Clone, Debug)]
pub struct Subject {
    pub identity: Identity,
    /// The names it had before, where they are others.
    pub earlier: Option<Identity>,
    /// It is a hook.
    pub hook: Option<Hook>,
    pub before: Option<Value>,
    pub after: Option<Value>,
    pub fate: Fate,
}

/// When a hook runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hook {
    pub events: Vec<String>,
    /// It will run now.
    pub runs: bool,
}

/// How an object comes from its state before to the one after.
#[derive(Clone, Debug)]
pub enum Fate {
    /// It is created, changed or deleted.
    Written,
    /// It is written as a whole over what is there.
    Replaced,
    /// It stays as it is, though there is a difference; why.
    Untouched(String),
    /// The server will not have it; its state after is what force would make of it, if that would help.
    Refused(Refusal),
}

/// Why the server will not have an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Refusal {
    /// The server's words.
    pub text: String,
    /// What can be said without quoting the server, which may quote the object.
    pub guarded: String,
}

/// What happens to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Create,
    Update,
    Replace,
    Delete,
    None,
    Refused,
}

impl Action {
    /// The word that programs read.
    pub fn as_str(self) -> &'static str {
        match self {
            Action::Create => "create",
            Action::Update => "update",
            Action::Replace => "replace",
            Action::Delete => "delete",
            Action::None => "none",
            Action::Refused => "refused",
        }
    }

    /// Says whether something would be other than it is.
    pub fn is_change(self) -> bool {
        !matches!(self, Action::None | Action::Refused)
    }
}

/// An object and what happens to it, without noise and, as was asked, without secrets.
#[derive(Clone, Debug)]
pub struct Change {
    pub identity: Identity,
    pub earlier: Option<Identity>,
    pub hook: Option<Hook>,
    pub action: Action,
    /// Why it stays as it is, or why the server refuses it.
    pub note: Option<String>,
    pub(crate) before: Option<Value>,
    pub(crate) after: Option<Value>,
}

impl Change {
    /// Says whether the two states can be set side by side: what was refused for good has none after.
    pub(crate) fn is_comparable(&self) -> bool {
        self.action != Action::Refused || (self.before.is_some() && self.after.is_some())
    }
}

/// Returns what happens to objects, in their order.
pub fn changes(subjects: Vec<Subject>, secrets: Secrets) -> Vec<Change> {
    subjects.into_iter().map(|subject| change(subject, secrets)).collect()
}

fn change(subject: Subject, secrets: Secrets) -> Change {
    let Subject { identity, earlier, hook, mut before, mut after, fate } = subject;
    before.iter_mut().for_each(clean);
    after.iter_mut().for_each(clean);
    let found = match secrets {
        Secrets::Masked => mask(&mut before, &mut after),
        Secrets::Shown => false,
        Secrets::Decoded => {
            before.iter_mut().for_each(decode);
            after.iter_mut().for_each(decode);
            false
        }
    };
    let (action, note) = match fate {
        Fate::Refused(refusal) => {
            let hide = secrets == Secrets::Masked && (found || identity.kind.eq_ignore_ascii_case("Secret"));
            (Action::Refused, Some(if hide { refusal.guarded } else { refusal.text }))
        }
        Fate::Untouched(why) => (Action::None, Some(why)),
        Fate::Written => (action(before.as_ref(), after.as_ref(), Action::Update), None),
        Fate::Replaced => (action(before.as_ref(), after.as_ref(), Action::Replace), None),
    };
    Change { identity, earlier, hook, action, note, before, after }
}

fn action(before: Option<&Value>, after: Option<&Value>, changed: Action) -> Action {
    match (before, after) {
        (None, Some(_)) => Action::Create,
        (Some(_), None) => Action::Delete,
        (before, after) if before == after => Action::None,
        _ => changed,
    }
}
