//! Block scalars: literal `|` and folded `>`.

use super::{Kind, Scanner, Style, Token};
use crate::problem::Problem;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Chomping {
    Strip,
    Clip,
    Keep,
}

impl<'t> Scanner<'t> {
    pub(super) fn fetch_block_scalar(&mut self, literal: bool) -> Result<(), Problem> {
        self.remove_key()?;
        self.simple_key_allowed = true;
        let value = self.scan_block_scalar(literal)?;
        let style = if literal { Style::Literal } else { Style::Folded };
        self.tokens.push_back(Token::text(Kind::Scalar(style), self.start, value));
        Ok(())
    }

    fn scan_block_scalar(&mut self, literal: bool) -> Result<Vec<u8>, Problem> {
        self.skip();
        let (chomping, increment) = self.scan_block_header()?;
        let mut indent = match increment {
            0 => 0,
            _ => increment + self.indent.max(0) as usize,
        };
        let (mut out, mut first_break, mut more_breaks) = (Vec::new(), Vec::new(), Vec::new());
        self.scan_block_breaks(&mut indent, &mut more_breaks)?;
        self.need(1)?;
        let mut after_blank = false;
        while self.column == indent && self.at(0) != 0 {
            let starts_blank = self.is_blank(0);
            if !literal && !after_blank && !starts_blank && first_break.first() == Some(&b'\n') {
                if more_breaks.is_empty() {
                    out.push(b' ');
                }
            } else {
                out.extend_from_slice(&first_break);
            }
            first_break.clear();
            out.append(&mut more_breaks);
            after_blank = starts_blank;
            let start = self.pos;
            self.skip_line_rest()?;
            out.extend_from_slice(&self.text[start..self.pos]);
            self.need(2)?;
            self.read_break(&mut first_break);
            self.scan_block_breaks(&mut indent, &mut more_breaks)?;
        }
        if chomping != Chomping::Strip {
            out.extend_from_slice(&first_break);
        }
        if chomping == Chomping::Keep {
            out.extend_from_slice(&more_breaks);
        }
        Ok(out)
    }

    /// Scans the indicators after `|` or `>` and the rest of the line.
    fn scan_block_header(&mut self) -> Result<(Chomping, usize), Problem> {
        self.need(1)?;
        let mut chomping = self.scan_chomping();
        if chomping.is_some() {
            self.need(1)?;
        }
        let increment = self.scan_increment()?;
        if chomping.is_none() && increment > 0 {
            self.need(1)?;
            chomping = self.scan_chomping();
        }
        self.need(1)?;
        self.skip_blanks()?;
        if self.at(0) == b'#' {
            self.note_line_comment(self.start)?;
            self.skip_line_rest()?;
        }
        if !self.is_breakz(0) {
            return Err(self.problem("did not find expected comment or line break"));
        }
        if self.is_break(0) {
            self.need(2)?;
            self.skip_break();
        }
        Ok((chomping.unwrap_or(Chomping::Clip), increment))
    }

    fn scan_chomping(&mut self) -> Option<Chomping> {
        let chomping = match self.at(0) {
            b'+' => Chomping::Keep,
            b'-' => Chomping::Strip,
            _ => return None,
        };
        self.skip();
        Some(chomping)
    }

    fn scan_increment(&mut self) -> Result<usize, Problem> {
        match self.at(0) {
            b'0' => Err(self.problem("found an indentation indicator equal to 0")),
            digit @ b'1'..=b'9' => {
                self.skip();
                Ok(usize::from(digit - b'0'))
            }
            _ => Ok(0),
        }
    }

    /// Eats indentation and empty lines; with an indentation of 0 finds out what it is.
    fn scan_block_breaks(&mut self, indent: &mut usize, breaks: &mut Vec<u8>) -> Result<(), Problem> {
        let mut deepest = 0;
        loop {
            self.need(1)?;
            while (*indent == 0 || self.column < *indent) && self.at(0) == b' ' {
                self.skip();
                self.need(1)?;
            }
            deepest = deepest.max(self.column);
            if (*indent == 0 || self.column < *indent) && self.at(0) == b'\t' {
                return Err(self.problem("found a tab character where an indentation space is expected"));
            }
            if !self.is_break(0) {
                break;
            }
            self.need(2)?;
            self.read_break(breaks);
        }
        if *indent == 0 {
            *indent = deepest.max((self.indent + 1).max(1) as usize);
        }
        Ok(())
    }
}
