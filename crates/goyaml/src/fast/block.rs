//! Block scalars: literal `|` and folded `>`.

use super::line::Lines;
use super::{Doubt, Sink};

/// The text so far, and what stands between it and the next line.
struct Fold {
    literal: bool,
    wanted: bool,
    /// The last line ended with a break, which is not written yet.
    open_break: bool,
    /// The last line began with a blank.
    after_blank: bool,
    empty_lines: usize,
}

impl<S: Sink> Lines<'_, '_, S> {
    /// Reads a block scalar into the scratch text; stands at the start of the line after it then.
    pub fn block_scalar(&mut self, parent: usize) -> Result<(), Doubt> {
        let literal = self.at(0) == b'|';
        self.pos += 1;
        let (chomping, increment) = self.block_header()?;
        self.end_line()?;
        self.scratch.clear();
        let wanted = self.sink.wants_text();
        let mut fold = Fold { literal, wanted, open_break: false, after_blank: false, empty_lines: 0 };
        let indent = match increment {
            0 => self.block_indent(&mut fold)?.max(parent + 1),
            _ => parent + increment,
        };
        self.block_lines(indent, &mut fold)?;
        if chomping != b'-' && fold.open_break {
            self.scratch.push(b'\n');
        }
        if chomping == b'+' {
            self.scratch.extend(std::iter::repeat_n(b'\n', fold.empty_lines));
        }
        Ok(())
    }

    /// Reads chomping (0 for none) and indentation indicator.
    fn block_header(&mut self) -> Result<(u8, usize), Doubt> {
        let (mut chomping, mut increment) = (0, 0);
        loop {
            match self.at(0) {
                b @ (b'+' | b'-') if chomping == 0 => chomping = b,
                b @ b'1'..=b'9' if increment == 0 => increment = usize::from(b - b'0'),
                b' ' | b'\n' | 0 => return Ok((chomping, increment)),
                _ => return Err(Doubt),
            }
            self.pos += 1;
        }
    }

    /// Counts the empty lines at the start; gives the deepest indentation up to the first line with text.
    fn block_indent(&mut self, fold: &mut Fold) -> Result<usize, Doubt> {
        let mut deepest = 0;
        loop {
            let column = self.spaces();
            deepest = deepest.max(column);
            match self.at(column) {
                b'\n' => {
                    fold.empty_lines += 1;
                    self.pos += column + 1;
                }
                b'\t' => return Err(Doubt),
                _ => return Ok(deepest),
            }
        }
    }

    fn block_lines(&mut self, indent: usize, fold: &mut Fold) -> Result<(), Doubt> {
        loop {
            let column = self.spaces().min(indent);
            match self.at(column) {
                0 => {
                    self.pos = self.text.len();
                    return Ok(());
                }
                b'\n' => {
                    fold.empty_lines += 1;
                    self.pos += column + 1;
                }
                _ if column == indent => {
                    self.pos += column;
                    self.block_line(fold);
                }
                b'\t' => return Err(Doubt),
                _ => return Ok(()),
            }
        }
    }

    fn block_line(&mut self, fold: &mut Fold) {
        let start = self.pos;
        self.skip_line();
        let line = &self.text[start..self.pos];
        let (line, ended) = line.strip_suffix(b"\n").map_or((line, false), |line| (line, true));
        let starts_blank = matches!(line.first(), Some(b' ' | b'\t'));
        if fold.wanted {
            let folds = !fold.literal && !fold.after_blank && !starts_blank && fold.open_break;
            if folds && fold.empty_lines == 0 {
                self.scratch.push(b' ');
            } else if !folds && fold.open_break {
                self.scratch.push(b'\n');
            }
            self.scratch.extend(std::iter::repeat_n(b'\n', fold.empty_lines));
            self.scratch.extend_from_slice(line);
        }
        fold.empty_lines = 0;
        fold.after_blank = starts_blank;
        fold.open_break = ended;
    }
}
