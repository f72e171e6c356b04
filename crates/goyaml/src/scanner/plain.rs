//! Scalars without quotes.

use super::{Kind, Scanner, Style, Token};
use crate::problem::Problem;

impl<'t> Scanner<'t> {
    pub(super) fn fetch_plain(&mut self) -> Result<(), Problem> {
        self.save_key()?;
        self.simple_key_allowed = false;
        let token = self.scan_plain()?;
        self.tokens.push_back(token);
        Ok(())
    }

    fn scan_plain(&mut self) -> Result<Token<'t>, Problem> {
        let text = self.text;
        // What is folded already, and the piece of the current line that follows it.
        let mut folded = Vec::new();
        let (mut start, mut end) = (self.pos, self.pos);
        let mut fold = None;
        loop {
            self.need(4)?;
            if (self.column == 0 && self.is_document_indicator()) || self.at(0) == b'#' {
                break;
            }
            while !self.is_blankz(0) && !self.ends_plain() {
                if let Some(breaks) = fold.take() {
                    folded.extend_from_slice(&text[start..end]);
                    append_fold(&mut folded, &breaks);
                    start = self.pos;
                }
                self.skip();
                end = self.pos;
                self.need(2)?;
            }
            if !self.is_blank(0) && !self.is_break(0) {
                break;
            }
            self.need(1)?;
            self.skip_plain_space(&mut fold)?;
            if self.flow_level == 0 && (self.column as isize) < self.indent + 1 {
                break;
            }
        }
        if fold.is_some() {
            self.simple_key_allowed = true;
        }
        if folded.is_empty() {
            return Ok(Token::text(Kind::Scalar(Style::Plain), self.start, &text[start..end]));
        }
        folded.extend_from_slice(&text[start..end]);
        Ok(Token::text(Kind::Scalar(Style::Plain), self.start, folded))
    }

    /// Reports an indicator that ends a plain scalar in the middle of a line.
    fn ends_plain(&self) -> bool {
        match self.at(0) {
            b':' => self.is_blankz(1),
            b',' | b'?' | b'[' | b']' | b'{' | b'}' => self.flow_level > 0,
            _ => false,
        }
    }

    /// Eats blanks and breaks after a word, collecting the breaks: the first one, and those after it.
    fn skip_plain_space(&mut self, fold: &mut Option<[Vec<u8>; 2]>) -> Result<(), Problem> {
        loop {
            if self.is_blank(0) {
                let in_indent = (self.column as isize) < self.indent + 1;
                if fold.is_some() && in_indent && self.at(0) == b'\t' {
                    return Err(self.problem("found a tab character that violates indentation"));
                }
                self.skip();
            } else if self.is_break(0) {
                self.need(2)?;
                match fold {
                    None => self.read_break(&mut fold.insert(Default::default())[0]),
                    Some([_, more]) => self.read_break(more),
                }
            } else {
                return Ok(());
            }
            self.need(1)?;
        }
    }
}

/// Appends what the line breaks between two pieces of text fold to.
pub(super) fn append_fold(out: &mut Vec<u8>, [first, more]: &[Vec<u8>; 2]) {
    match (first.first(), more.is_empty()) {
        (Some(b'\n'), true) => out.push(b' '),
        (Some(b'\n'), false) => out.extend_from_slice(more),
        _ => {
            out.extend_from_slice(first);
            out.extend_from_slice(more);
        }
    }
}
