//! Makes errors, as long as somebody wants them and there are not too many.

use crate::error::{ValidationError, pointer};
use crate::kind::{Cycle, Kind};

use super::scope::Scope;
use super::{Frame, Validator};

/// Errors that are collected; one line says that there were more.
pub(super) const ERROR_LIMIT: usize = 10_000;

/// All locations of errors together: a value that is 10,000 deep can have as many, each long.
const LOCATION_BYTES: usize = 64 << 20;

impl Validator<'_> {
    /// Makes an error at the value of a scope.
    pub(super) fn error(&mut self, scope: &Scope<'_, '_>, kind: Kind) -> ValidationError {
        if scope.quiet {
            return ValidationError::unseen();
        }
        self.errors += 1;
        if self.errors > ERROR_LIMIT {
            return ValidationError::unseen();
        }
        ValidationError::new(self.location(scope), kind)
    }

    /// Makes an error that others cause. It does not count.
    pub(super) fn error_because(
        &mut self,
        scope: &Scope<'_, '_>,
        kind: Kind,
        mut causes: Vec<ValidationError>,
    ) -> ValidationError {
        if causes.is_empty() {
            return self.error(scope, kind);
        }
        causes.retain(|cause| !matches!(cause.kind, Kind::Unseen));
        if scope.quiet || causes.is_empty() {
            return ValidationError::unseen();
        }
        ValidationError { location: self.location(scope), kind, causes }
    }

    fn location(&mut self, scope: &Scope<'_, '_>) -> Box<[u8]> {
        let location = pointer(self.tokens.get(..scope.depth).unwrap_or_default());
        self.location_bytes += location.len();
        if self.location_bytes > LOCATION_BYTES {
            self.errors = ERROR_LIMIT + 1;
            return Box::default();
        }
        location
    }

    pub(super) fn refuse(&mut self, frame: &mut Frame<'_, '_>, kind: Kind) {
        let error = self.error(&frame.scope, kind);
        frame.errors.push(error);
    }

    pub(super) fn refuse_because(&mut self, frame: &mut Frame<'_, '_>, kind: Kind, causes: Vec<ValidationError>) {
        let error = self.error_because(&frame.scope, kind, causes);
        frame.errors.push(error);
    }

    pub(super) fn cycle(&mut self, scope: &Scope<'_, '_>, other: &Scope<'_, '_>) -> ValidationError {
        if scope.quiet {
            return ValidationError::unseen();
        }
        let url = scope.at.arena.location_of(scope.at.id);
        let cycle = Cycle { url, first: scope.keyword_location(), second: other.keyword_location() };
        self.error(scope, Kind::ReferenceCycle(Box::new(cycle)))
    }
}
