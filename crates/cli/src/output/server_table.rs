//! Tables that the API server makes of objects, printed as kubectl prints them (`TablePrinter` of k8s.io/cli-runtime).

use serde_json::Value;

/// Prints tables; a head that was just printed is not printed again.
#[derive(Default)]
pub struct Printer {
    columns: Option<Value>,
}

/// Spaces between columns, and the least width of one.
const PADDING: usize = 3;
const NARROWEST: usize = 6;

impl Printer {
    /// Appends a table.
    pub fn print(&mut self, text: &mut String, table: &Value) {
        let none = Value::Null;
        let own = table.get("columnDefinitions").unwrap_or(&none);
        let has_own = own.as_array().is_some_and(|columns| !columns.is_empty());
        let columns = if has_own { own.clone() } else { self.columns.clone().unwrap_or_default() };
        let known = self.columns.as_ref().is_some_and(|last| !has_own || *last == columns);
        let rows: Vec<&Value> = table["rows"].as_array().into_iter().flatten().collect();
        let mut lines = Vec::new();
        if !known && !rows.is_empty() {
            lines.push(shown(&columns).map(|(_, column)| name(column)).collect::<Vec<_>>());
        }
        for row in rows {
            let cells = &row["cells"];
            lines.push(shown(&columns).filter_map(|(at, _)| cells.get(at)).map(cell).collect());
        }
        write(text, &lines);
        self.columns = Some(columns);
    }
}

/// Columns that are shown where nobody asks for all.
fn shown(columns: &Value) -> impl Iterator<Item = (usize, &Value)> {
    let all = columns.as_array().into_iter().flatten().enumerate();
    all.filter(|(_, column)| column["priority"].as_i64().unwrap_or(0) == 0)
}

fn name(column: &Value) -> String {
    column["name"].as_str().unwrap_or_default().to_uppercase()
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => match text.find(['\u{c}', '\n', '\r']) {
            Some(end) => format!("{}...", &text[..end]),
            None => text.clone(),
        },
        other => other.to_string(),
    }
}

fn write(text: &mut String, lines: &[Vec<String>]) {
    let count = lines.iter().map(Vec::len).max().unwrap_or(0);
    let width = |at: usize| {
        let widest = lines.iter().filter_map(|line| line.get(at)).map(|cell| cell.chars().count()).max();
        (widest.unwrap_or(0) + PADDING).max(NARROWEST)
    };
    let widths: Vec<usize> = (0..count).map(width).collect();
    for line in lines {
        for (at, cell) in line.iter().enumerate() {
            text.push_str(cell);
            if at + 1 < line.len() {
                text.extend(std::iter::repeat_n(' ', widths[at] - cell.chars().count()));
            }
        }
        text.push('\n');
    }
}
