//! Tags, anchors and aliases.

use super::directive::is_word;
use super::{Kind, Scanner, Token, width};
use crate::problem::Problem;

impl<'t> Scanner<'t> {
    pub(super) fn fetch_anchor(&mut self, kind: Kind) -> Result<(), Problem> {
        self.save_key()?;
        self.simple_key_allowed = false;
        self.skip();
        self.need(1)?;
        let name = self.scan_word()?;
        let ends = self.is_blankz(0) || b"?:,]}%@`".contains(&self.at(0));
        if name.is_empty() || !ends {
            return Err(self.problem("did not find expected alphabetic or numeric character"));
        }
        self.tokens.push_back(Token::text(kind, self.start, name));
        Ok(())
    }

    pub(super) fn fetch_tag(&mut self) -> Result<(), Problem> {
        self.save_key()?;
        self.simple_key_allowed = false;
        let mut token = Token::mark(Kind::Tag, self.start);
        self.need(2)?;
        if self.at(1) == b'<' {
            self.skip();
            self.skip();
            token.suffix = self.scan_tag_uri(&[])?;
            if self.at(0) != b'>' {
                return Err(self.problem("did not find the expected '>'"));
            }
            self.skip();
        } else {
            let (handle, suffix) = self.scan_short_tag()?;
            (token.value, token.suffix) = (handle.into(), suffix);
        }
        self.need(1)?;
        if !self.is_blankz(0) {
            return Err(self.problem("did not find expected whitespace or line break"));
        }
        self.tokens.push_back(token);
        Ok(())
    }

    /// Scans `!suffix`, `!handle!suffix` or `!`, which has an empty handle.
    fn scan_short_tag(&mut self) -> Result<(Vec<u8>, Vec<u8>), Problem> {
        let handle = self.scan_tag_handle(false)?;
        if handle.len() > 1 && handle.last() == Some(&b'!') {
            let suffix = self.scan_tag_uri(&[])?;
            return Ok((handle, suffix));
        }
        let suffix = self.scan_tag_uri(&handle)?;
        Ok(if suffix.is_empty() { (suffix, b"!".to_vec()) } else { (b"!".to_vec(), suffix) })
    }

    pub(super) fn scan_tag_handle(&mut self, directive: bool) -> Result<Vec<u8>, Problem> {
        self.need(1)?;
        if self.at(0) != b'!' {
            return Err(self.problem("did not find expected '!'"));
        }
        let start = self.pos;
        self.skip();
        self.need(1)?;
        self.scan_word()?;
        if self.at(0) == b'!' {
            self.skip();
        } else if directive && self.pos - start > 1 {
            return Err(self.problem("did not find expected '!'"));
        }
        Ok(self.text[start..self.pos].to_vec())
    }

    /// Scans a tag's text; `head` is what was taken for a handle and is part of it, without its `!`.
    pub(super) fn scan_tag_uri(&mut self, head: &[u8]) -> Result<Vec<u8>, Problem> {
        let mut out = head.get(1..).unwrap_or_default().to_vec();
        let mut found = !head.is_empty();
        self.need(1)?;
        while is_word(self.at(0)) || (self.at(0) != 0 && b";/?:@&=+$,.!~*'()[]%".contains(&self.at(0))) {
            if self.at(0) == b'%' {
                self.scan_uri_escape(&mut out)?;
            } else {
                out.push(self.at(0));
                self.skip();
            }
            self.need(1)?;
            found = true;
        }
        if !found {
            return Err(self.problem("did not find expected tag URI"));
        }
        Ok(out)
    }

    /// Scans one character written as `%XX` octets.
    fn scan_uri_escape(&mut self, out: &mut Vec<u8>) -> Result<(), Problem> {
        let mut left = 0;
        loop {
            self.need(3)?;
            let digit = |b: u8| char::from(b).to_digit(16);
            let (true, Some(high), Some(low)) = (self.at(0) == b'%', digit(self.at(1)), digit(self.at(2))) else {
                return Err(self.problem("did not find URI escaped octet"));
            };
            let octet = (high << 4 | low) as u8;
            if left == 0 {
                if matches!(octet, 0x80..=0xBF | 0xF8..) {
                    return Err(self.problem("found an incorrect leading UTF-8 octet"));
                }
                left = width(octet);
            } else if octet & 0xC0 != 0x80 {
                return Err(self.problem("found an incorrect trailing UTF-8 octet"));
            }
            out.push(octet);
            for _ in 0..3 {
                self.skip();
            }
            left -= 1;
            if left == 0 {
                return Ok(());
            }
        }
    }
}
