//! Reads a document line by line, with its comments. What it does not know is an error, never a guess: the caller
//! compares the values of what was read with those of the text.

use gostd::GoError;

use super::comment::{Comment, comment_after, texts};
use super::inline::{self, Cut};
use super::tree::{Document, Entry, Node, Style, unbuilt};

/// Collections inside one another.
const DEEPEST: usize = 200;

pub(super) struct Reader {
    pub lines: Vec<String>,
    pub at: usize,
    /// The last line has no line break.
    pub unended: bool,
    comments: Vec<Comment>,
    depth: usize,
}

/// Reads a document; `None` when there are only comments.
pub fn document(text: &str) -> Result<Option<Document>, GoError> {
    let unended = !text.ends_with('\n');
    let text = text.strip_suffix('\n').unwrap_or(text);
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    if lines.first().is_some_and(|line| line.trim_end() == "---") {
        lines.remove(0);
    }
    let mut reader = Reader { lines, at: 0, unended, comments: Vec::new(), depth: 0 };
    let Some(column) = reader.next_column()? else { return Ok(None) };
    let head = reader.document_head();
    let mut root = match reader.starts_block(column) {
        true => Entry::new(None, reader.block(column)?),
        false => {
            let line = reader.take_line();
            reader.value(line.trim(), None)?
        }
    };
    root.head = head;
    reader.next_column()?;
    if reader.at < reader.lines.len() {
        return Err(unbuilt("text after the document"));
    }
    root.foot = texts(&std::mem::take(&mut reader.comments));
    Ok(Some(Document { root }))
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

pub(super) fn is_dash(text: &str) -> bool {
    text == "-" || text.starts_with("- ")
}

impl Reader {
    /// Goes to the next line with content and returns where it begins; keeps the comments before it.
    fn next_column(&mut self) -> Result<Option<usize>, GoError> {
        let mut blank = false;
        while let Some(line) = self.lines.get(self.at) {
            let text = line.trim_start_matches(' ');
            if text.trim().is_empty() {
                blank = true;
                if let Some(last) = self.comments.last_mut() {
                    last.before_blank = true;
                }
            } else if text.starts_with('#') {
                let text = text.trim_end().to_owned();
                self.comments.push(Comment { column: indent(line), text, after_blank: blank, before_blank: false });
                blank = false;
            } else if text.starts_with('\t') {
                return Err(unbuilt("a tab before a value"));
            } else {
                return Ok(Some(indent(line)));
            }
            self.at += 1;
        }
        Ok(None)
    }

    /// The comments that a blank line parts from the first value.
    fn document_head(&mut self) -> Vec<String> {
        let Some(last) = self.comments.iter().rposition(|comment| comment.before_blank) else { return Vec::new() };
        let head: Vec<Comment> = self.comments.drain(..=last).collect();
        let mut lines = texts(&head);
        lines.push(String::new());
        lines
    }

    fn line(&self) -> &str {
        self.lines.get(self.at).map_or("", String::as_str)
    }

    pub(super) fn take_line(&mut self) -> String {
        self.at += 1;
        self.lines.get_mut(self.at - 1).map(std::mem::take).unwrap_or_default()
    }

    fn starts_block(&self, column: usize) -> bool {
        let text = &self.line()[column..];
        is_dash(text) || inline::key(text).is_ok_and(|key| key.is_some())
    }

    /// Reads the collection whose members begin at `column`, or a value on lines of its own.
    fn block(&mut self, column: usize) -> Result<Node, GoError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(unbuilt("a value in more than 200 collections"));
        }
        let list = is_dash(&self.line()[column..]);
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let next = self.next_column()?;
            self.feet(&mut entries, column, next);
            if next != Some(column) || is_dash(&self.line()[column..]) != list {
                break;
            }
            let head = texts(&std::mem::take(&mut self.comments));
            let mut entry = if list { self.item(column)? } else { self.member(column)? };
            entry.head = head;
            entries.push(entry);
        }
        self.depth -= 1;
        Ok(if list { Node::List { flow: false, entries } } else { Node::Map { flow: false, entries } })
    }

    /// Gives the last member the comments below it: those before a blank line, or deeper than what follows outside.
    fn feet(&mut self, entries: &mut [Entry], column: usize, next: Option<usize>) {
        let Some(last) = entries.last_mut() else { return };
        let count = match next {
            None if column == 0 && self.comments.first().is_some_and(|comment| comment.after_blank) => 0,
            Some(next) if next >= column => {
                let blank = self.comments.iter().rposition(|comment| comment.before_blank);
                blank.map_or(0, |index| index + 1)
            }
            _ => self.comments.iter().take_while(|comment| comment.column >= column).count(),
        };
        let comments: Vec<Comment> = self.comments.drain(..count).collect();
        last.foot.extend(texts(&comments));
    }

    fn item(&mut self, column: usize) -> Result<Entry, GoError> {
        let line = self.line().to_owned();
        let rest = line[column + 1..].trim_start_matches(' ');
        let inner = line.len() - rest.len();
        if rest.is_empty() || !(is_dash(rest) || inline::key(rest)?.is_some()) {
            self.at += 1;
            return self.value(rest.trim(), Some(column));
        }
        // The dash becomes a space, and the line the first one of the inner collection.
        if let Some(line) = self.lines.get_mut(self.at) {
            *line = format!("{}{rest}", " ".repeat(inner));
        }
        Ok(Entry::new(None, self.block(inner)?))
    }

    fn member(&mut self, column: usize) -> Result<Entry, GoError> {
        let line = self.take_line();
        let Some((key, rest)) = inline::key(&line[column..])? else { return Err(unbuilt("a key of this form")) };
        if key.1 == "<<" {
            return Err(unbuilt("a merge key"));
        }
        let mut entry = self.value(rest.trim(), Some(column))?;
        if let (Node::Scalar { style: Style::Plain, value }, None) = (&entry.node, &entry.anchor)
            && value.is_empty()
            && self.next_column()? == Some(column)
            && is_dash(&self.line()[column..])
        {
            entry.node = self.block(column)?;
        }
        entry.key = Some(key);
        Ok(entry)
    }

    /// Reads the value that begins with `text` on the line before; `parent` is the column of its key or dash.
    fn value(&mut self, text: &str, parent: Option<usize>) -> Result<Entry, GoError> {
        let (anchor, text) = inline::anchor(text);
        let mut entry = match text.chars().next() {
            None | Some('#') => self.nested(text, parent)?,
            Some('|' | '>') => super::literal::read(self, text, parent)?,
            Some('{' | '[' | '"' | '\'') => self.delimited(text)?,
            Some('!') => return Err(unbuilt("a tag")),
            Some('&') => return Err(unbuilt("two anchors")),
            Some(first) => self.plain(text, first == '*', parent)?,
        };
        entry.anchor = anchor;
        Ok(entry)
    }

    fn nested(&mut self, comment: &str, parent: Option<usize>) -> Result<Entry, GoError> {
        let deeper = self.next_column()?.filter(|column| parent.is_none_or(|parent| *column > parent));
        let mut entry = match deeper {
            None => Entry::new(None, Node::plain("")),
            Some(column) if self.starts_block(column) => Entry::new(None, self.block(column)?),
            Some(_) if self.comments.is_empty() && comment.is_empty() => {
                let line = self.take_line();
                self.value(line.trim(), parent)?
            }
            Some(_) => return Err(unbuilt("a comment above a value on its own line")),
        };
        if !comment.is_empty() {
            entry.line = Some(comment.to_owned());
        }
        Ok(entry)
    }

    /// Reads a quoted value or one in brackets, to its end on a later line.
    fn delimited(&mut self, text: &str) -> Result<Entry, GoError> {
        let mut text = text.to_owned();
        loop {
            match inline::delimited(&text)? {
                Cut::Whole(node, rest) => {
                    let mut entry = Entry::new(None, node);
                    entry.line = comment_after(rest)?;
                    return Ok(entry);
                }
                Cut::Open if self.at < self.lines.len() => {
                    let line = self.take_line();
                    if line.trim().is_empty() || text.ends_with('\\') {
                        return Err(unbuilt("a blank line or an escaped break inside quotes or brackets"));
                    }
                    text.push(' ');
                    text.push_str(line.trim());
                }
                Cut::Open => return Err(unbuilt("a value without an end")),
            }
        }
    }

    fn plain(&mut self, text: &str, alias: bool, parent: Option<usize>) -> Result<Entry, GoError> {
        let (first, comment) = inline::split_comment(text);
        let mut value = first.to_owned();
        while comment.is_none() && !alias {
            let line = self.line();
            let text = line.trim();
            if text.is_empty() || text.starts_with('#') || parent.is_some_and(|parent| indent(line) <= parent) {
                break;
            }
            value.push(' ');
            value.push_str(text);
            self.at += 1;
        }
        let style = if alias { Style::Alias } else { Style::Plain };
        let mut entry = Entry::new(None, Node::Scalar { style, value });
        entry.line = comment.map(str::to_owned);
        Ok(entry)
    }
}
