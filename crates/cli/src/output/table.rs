//! Tables whose columns are as wide as their widest cell (github.com/gosuri/uitable 0.0.4).

/// Rows of cells.
#[derive(Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
    /// How wide a column may be; 0 for any width.
    most: usize,
}

impl Table {
    /// Makes a table whose columns are no wider than this; 0 for any width.
    pub fn at_most(most: usize) -> Self {
        Table { rows: Vec::new(), most }
    }

    pub fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Returns the table: cells are filled with spaces to the width of their column, and a tab stands between two.
    pub fn text(&self) -> String {
        let widths = self.widths();
        let mut text = String::new();
        for (at, row) in self.rows.iter().enumerate() {
            if at > 0 {
                text.push('\n');
            }
            write_row(&mut text, row, &widths);
        }
        text.push('\n');
        text
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths = Vec::new();
        for row in &self.rows {
            widths.resize(widths.len().max(row.len()), 0);
            for (width, cell) in widths.iter_mut().zip(row) {
                let most = if self.most == 0 { usize::MAX } else { self.most };
                *width = cell.split('\n').map(shown_width).max().unwrap_or(0).min(most).max(*width);
            }
        }
        widths
    }
}

/// Writes a row; a cell of several lines makes the row as high.
fn write_row(text: &mut String, row: &[String], widths: &[usize]) {
    let cells: Vec<String> = row.iter().zip(widths).map(|(cell, width)| cut(cell, *width)).collect();
    let height = cells.iter().map(|cell| cell.matches('\n').count() + 1).max().unwrap_or(0);
    for line in 0..height {
        if line > 0 {
            text.push('\n');
        }
        for (at, (cell, width)) in cells.iter().zip(widths).enumerate() {
            if at > 0 {
                text.push('\t');
            }
            let part = cell.split('\n').nth(line).unwrap_or_default();
            text.push_str(part);
            text.extend(std::iter::repeat_n(' ', width - shown_width(part).min(*width)));
        }
    }
}

/// Cuts a cell that is wider than its column may be, or has several lines: its width counts them all.
fn cut(cell: &str, width: usize) -> String {
    if shown_width(cell) <= width {
        return cell.to_string();
    }
    let (mut text, mut taken) = (String::new(), 0);
    for char in cell.chars() {
        text.push(char);
        let more = unicode_width::UnicodeWidthChar::width(char).unwrap_or(0);
        if taken + more + 3 >= width {
            break;
        }
        taken += more;
    }
    text + "..."
}

/// Returns how many columns a terminal needs for a text: none for colours, two for Chinese characters.
fn shown_width(text: &str) -> usize {
    let mut width = 0;
    let mut rest = text.chars();
    while let Some(char) = rest.next() {
        if char == '\u{1b}' {
            rest.find(|char| char.is_ascii_alphabetic());
            continue;
        }
        width += unicode_width::UnicodeWidthChar::width(char).unwrap_or(0);
    }
    width
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::default();
        table.row(["NAME", "X"]);
        table.row(["中文名", "\u{1b}[32mok\u{1b}[0m"]);
        table.row(["a", "two\nlines"]);
        assert_eq!(table.text(), "NAME  \tX    \n中文名\t\u{1b}[32mok\u{1b}[0m   \na     \ttw...\n");
    }
}
