//! Constraints: what each operator asks for.

use std::cmp::Ordering;

use super::Version;
use super::version::compare_parts;
use crate::{GoError, strconv};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operator {
    /// None or `=`: the version, or what its missing parts allow.
    Equal,
    NotEqual,
    Greater,
    Less,
    GreaterEqual,
    LessEqual,
    Tilde,
    Caret,
}

const OPERATORS: &[(&[u8], Operator)] = &[
    (b"!=", Operator::NotEqual),
    (b">=", Operator::GreaterEqual),
    (b"=>", Operator::GreaterEqual),
    (b"<=", Operator::LessEqual),
    (b"=<", Operator::LessEqual),
    (b"~>", Operator::Tilde),
    (b"~", Operator::Tilde),
    (b"^", Operator::Caret),
    (b">", Operator::Greater),
    (b"<", Operator::Less),
    (b"=", Operator::Equal),
];

impl Operator {
    /// Reads an operator from the start of a text; none is `=`.
    pub fn read(text: &[u8]) -> (Operator, &[u8]) {
        let found = OPERATORS.iter().find_map(|(word, operator)| Some((*operator, text.strip_prefix(*word)?)));
        found.unwrap_or((Operator::Equal, text))
    }
}

/// One condition.
#[derive(Clone, Debug)]
pub struct Constraint {
    pub operator: Operator,
    pub version: Version,
    pub text: String,
    /// Some part was left out or a wild card; which one, if not the first.
    pub dirty: bool,
    pub minor_dirty: bool,
    pub patch_dirty: bool,
}

pub fn prerelease_error(version: &Version) -> GoError {
    GoError::new(format!(
        "{} is a prerelease version and the constraint is only looking for release versions",
        quoted(&version.to_string())
    ))
}

fn quoted(text: &str) -> String {
    String::from_utf8_lossy(&strconv::quote(text.as_bytes())).into_owned()
}

impl Constraint {
    /// Checks a version; the error says in the library's words why it does not do.
    pub fn check(&self, version: &Version, with_prerelease: bool) -> Result<(), GoError> {
        if !version.prerelease.is_empty() && !with_prerelease {
            return Err(prerelease_error(version));
        }
        let reason = match self.operator {
            Operator::Equal if self.dirty => self.tilde(version),
            Operator::Equal => (version.compare(&self.version).is_ne()).then_some("is not equal to"),
            Operator::NotEqual => self.not_equal(version),
            Operator::Greater => self.greater(version),
            Operator::Less => (version.compare(&self.version).is_ge()).then_some("is greater than or equal to"),
            Operator::GreaterEqual => (version.compare(&self.version).is_lt()).then_some("is less than"),
            Operator::LessEqual => self.less_equal(version),
            Operator::Tilde => self.tilde(version),
            Operator::Caret => return self.caret(version),
        };
        reason.map_or(Ok(()), |reason| Err(self.error(version, reason, "")))
    }

    fn error(&self, version: &Version, reason: &str, more: &str) -> GoError {
        GoError::new(format!("{} {reason} {}{more}", quoted(&version.to_string()), quoted(&self.text)))
    }

    fn not_equal(&self, version: &Version) -> Option<&'static str> {
        let wanted = &self.version;
        let equal = Some("is equal to");
        if self.dirty {
            if wanted.major != version.major || (wanted.minor != version.minor && !self.minor_dirty) {
                return None;
            }
            if self.minor_dirty {
                return equal;
            }
            if wanted.patch != version.patch && !self.patch_dirty {
                return None;
            }
            if self.patch_dirty {
                let differ = compare_parts(&version.prerelease, &wanted.prerelease).is_ne();
                let either = !version.prerelease.is_empty() || !wanted.prerelease.is_empty();
                return if either && differ { None } else { equal };
            }
        }
        if version.compare(wanted).is_eq() { equal } else { None }
    }

    fn greater(&self, version: &Version) -> Option<&'static str> {
        let wanted = &self.version;
        let holds = match version.major.cmp(&wanted.major) {
            _ if !self.dirty => version.compare(wanted).is_gt(),
            Ordering::Greater => true,
            Ordering::Less => false,
            Ordering::Equal if self.minor_dirty => false,
            Ordering::Equal if self.patch_dirty => version.minor > wanted.minor,
            Ordering::Equal => version.compare(wanted).is_gt(),
        };
        (!holds).then_some("is less than or equal to")
    }

    fn less_equal(&self, version: &Version) -> Option<&'static str> {
        let wanted = &self.version;
        let greater = if self.dirty {
            version.major > wanted.major
                || (version.major == wanted.major && version.minor > wanted.minor && !self.minor_dirty)
        } else {
            version.compare(wanted).is_gt()
        };
        greater.then_some("is greater than")
    }

    fn tilde(&self, version: &Version) -> Option<&'static str> {
        let wanted = &self.version;
        if version.compare(wanted).is_lt() {
            return Some("is less than");
        }
        if (wanted.major, wanted.minor, wanted.patch) == (0, 0, 0) && !self.minor_dirty && !self.patch_dirty {
            return None;
        }
        if version.major != wanted.major {
            return Some("does not have same major version as");
        }
        if version.minor != wanted.minor && !self.minor_dirty {
            return Some("does not have same major and minor version as");
        }
        None
    }

    fn caret(&self, version: &Version) -> Result<(), GoError> {
        let wanted = &self.version;
        if version.compare(wanted).is_lt() {
            return Err(self.error(version, "is less than", ""));
        }
        if version.major != wanted.major {
            return Err(self.error(version, "does not have same major version as", ""));
        }
        if wanted.major > 0 || self.minor_dirty {
            return Ok(());
        }
        if version.minor != wanted.minor {
            let more = match wanted.minor > 0 || self.patch_dirty {
                true => ". Expected minor versions to match when constraint major version is 0",
                false => "",
            };
            return Err(self.error(version, "does not have same minor version as", more));
        }
        if wanted.minor > 0 || self.patch_dirty || version.patch == wanted.patch {
            return Ok(());
        }
        let more = ". Expect version and constraint to equal when major and minor versions are 0";
        Err(self.error(version, "does not equal", more))
    }
}
