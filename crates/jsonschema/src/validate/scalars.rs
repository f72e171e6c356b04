//! Keywords of strings and numbers.

use std::cmp::Ordering::{Equal, Greater, Less};

use gostd::GoError;
use gostd::strings::rune_count;

use crate::instance::Numeric;
use crate::kind::Kind;

use super::{Frame, PANIC, Validator};

impl<'v> Validator<'v> {
    pub(super) fn text(&mut self, frame: &mut Frame<'_, 'v>, text: &[u8]) {
        let Some(rules) = frame.node.text.as_deref() else { return };
        if rules.min.is_some() || rules.max.is_some() {
            let length = rune_count(text);
            if let Some(want) = rules.min.filter(|want| (length as i64) < *want) {
                self.refuse(frame, Kind::Count("minLength", length, want));
            }
            if let Some(want) = rules.max.filter(|want| length as i64 > *want) {
                self.refuse(frame, Kind::Count("maxLength", length, want));
            }
        }
        if let Some(pattern) = rules.pattern.as_ref().filter(|p| !p.is_match(text)) {
            self.refuse(frame, Kind::Pattern(text.into(), pattern.text.clone()));
        }
    }

    pub(super) fn number(&mut self, frame: &mut Frame<'_, 'v>, number: Numeric<'_>) {
        let Some(rules) = frame.node.number.as_deref() else { return };
        let Some(number) = number.number() else { return self.panic() };
        for (keyword, bound, wrong) in [
            ("minimum", &rules.minimum, [Less, Less]),
            ("maximum", &rules.maximum, [Greater, Greater]),
            ("exclusiveMinimum", &rules.exclusive_minimum, [Less, Equal]),
            ("exclusiveMaximum", &rules.exclusive_maximum, [Greater, Equal]),
        ] {
            if let Some(bound) = bound.as_ref().filter(|bound| wrong.contains(&number.cmp(bound))) {
                self.refuse(frame, Kind::Bound(keyword, number.to_f64(), bound.to_f64()));
            }
        }
        if let Some(unit) = &rules.multiple_of {
            match number.is_multiple_of(unit) {
                Some(true) => {}
                Some(false) => self.refuse(frame, Kind::Bound("multipleOf", number.to_f64(), unit.to_f64())),
                None => {
                    let text = "a number is too long to tell whether it is a multiple";
                    self.fault.get_or_insert(GoError::new(text));
                }
            }
        }
    }

    /// Ends the validation where the library would panic.
    pub(super) fn panic(&mut self) {
        self.fault.get_or_insert(GoError::new(PANIC));
    }
}
