//! `%YAML` and `%TAG` lines.

use super::{Kind, Scanner, Token};
use crate::problem::Problem;

const MAX_VERSION_DIGITS: usize = 2;

impl<'t> Scanner<'t> {
    pub(super) fn fetch_directive(&mut self) -> Result<(), Problem> {
        self.unroll_indent(-1, self.here());
        self.remove_key()?;
        self.simple_key_allowed = false;
        let token = self.scan_directive()?;
        self.tokens.push_back(token);
        Ok(())
    }

    fn scan_directive(&mut self) -> Result<Token<'t>, Problem> {
        self.skip();
        let token = match self.scan_directive_name()? {
            b"YAML" => {
                let mut token = Token::mark(Kind::VersionDirective, self.start);
                token.suffix = if self.scan_version()? == (1, 1) { vec![1] } else { Vec::new() };
                token
            }
            b"TAG" => {
                let mut token = Token::mark(Kind::TagDirective, self.start);
                (token.value, token.suffix) = self.scan_tag_directive().map(|(h, p)| (h.into(), p))?;
                token
            }
            _ => return Err(self.problem("found unknown directive name")),
        };
        self.need(1)?;
        self.skip_blanks()?;
        if self.at(0) == b'#' {
            self.skip_line_rest()?;
        }
        if !self.is_breakz(0) {
            return Err(self.problem("did not find expected comment or line break"));
        }
        if self.is_break(0) {
            self.need(2)?;
            self.skip_break();
        }
        Ok(token)
    }

    fn scan_directive_name(&mut self) -> Result<&'t [u8], Problem> {
        self.need(1)?;
        let name = self.scan_word()?;
        if name.is_empty() {
            return Err(self.problem("could not find expected directive name"));
        }
        if !self.is_blankz(0) {
            return Err(self.problem("found unexpected non-alphabetical character"));
        }
        Ok(name)
    }

    fn scan_version(&mut self) -> Result<(u8, u8), Problem> {
        self.need(1)?;
        self.skip_blanks()?;
        let major = self.scan_version_number()?;
        if self.at(0) != b'.' {
            return Err(self.problem("did not find expected digit or '.' character"));
        }
        self.skip();
        Ok((major, self.scan_version_number()?))
    }

    fn scan_version_number(&mut self) -> Result<u8, Problem> {
        self.need(1)?;
        let (mut value, mut digits) = (0, 0);
        while self.at(0).is_ascii_digit() {
            digits += 1;
            if digits > MAX_VERSION_DIGITS {
                return Err(self.problem("found extremely long version number"));
            }
            value = value * 10 + (self.at(0) - b'0');
            self.skip();
            self.need(1)?;
        }
        if digits == 0 {
            return Err(self.problem("did not find expected version number"));
        }
        Ok(value)
    }

    fn scan_tag_directive(&mut self) -> Result<(Vec<u8>, Vec<u8>), Problem> {
        self.need(1)?;
        self.skip_blanks()?;
        let handle = self.scan_tag_handle(true)?;
        self.need(1)?;
        if !self.is_blank(0) {
            return Err(self.problem("did not find expected whitespace"));
        }
        self.skip_blanks()?;
        let prefix = self.scan_tag_uri(&[])?;
        self.need(1)?;
        if !self.is_blankz(0) {
            return Err(self.problem("did not find expected whitespace or line break"));
        }
        Ok((handle, prefix))
    }

    /// Scans letters, digits, `_` and `-`.
    pub(super) fn scan_word(&mut self) -> Result<&'t [u8], Problem> {
        let start = self.pos;
        while is_word(self.at(0)) {
            self.skip();
            self.need(1)?;
        }
        Ok(&self.text[start..self.pos])
    }
}

pub(super) fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')
}
