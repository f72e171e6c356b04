//! What a display shows at one moment: lines that fit the terminal.

use std::collections::BTreeMap;
use std::time::Duration;

use unicode_width::UnicodeWidthChar;

/// So many objects are shown at most.
const ROWS: usize = 8;

/// A wait as it stands.
pub struct Waiting {
    pub what: &'static str,
    pub limit: Option<Duration>,
    /// The objects that are not done, by name.
    pub items: BTreeMap<String, Item>,
    pub ready: usize,
    pub total: usize,
}

/// An object that is not done.
pub struct Item {
    pub status: String,
    pub message: String,
}

/// The cells of a terminal.
#[derive(Clone, Copy)]
pub struct Size {
    pub columns: usize,
    pub rows: usize,
}

impl Size {
    /// Asks the terminal behind stderr; else what is usual.
    pub fn of_terminal() -> Size {
        let usual = Size { columns: 80, rows: 24 };
        #[cfg(unix)]
        if let Ok(size) = rustix::termios::tcgetwinsize(std::io::stderr())
            && size.ws_col > 0
            && size.ws_row > 0
        {
            return Size { columns: size.ws_col.into(), rows: size.ws_row.into() };
        }
        usual
    }
}

/// Returns the lines, none of which the terminal would break.
pub fn lines(waiting: &Waiting, elapsed: Duration, size: Size) -> Vec<String> {
    let limit = waiting.limit.map(|limit| format!(" of {}", clock(limit))).unwrap_or_default();
    let Waiting { what, ready, total, .. } = waiting;
    let mut lines = vec![format!("waiting for {what}: {ready} of {total}, {}{limit}", clock(elapsed))];
    // One line for the head, one for what is left out, one for the cursor.
    let room = ROWS.min(size.rows.saturating_sub(3));
    let width = waiting.items.keys().take(room).map(|name| name.chars().count()).max().unwrap_or(0);
    for (name, item) in waiting.items.iter().take(room) {
        lines.push(format!("  {name:<width$}  {}  {}", item.status, item.message));
    }
    let left = waiting.items.len().saturating_sub(room);
    if left > 0 {
        lines.push(format!("  and {left} more"));
    }
    lines.iter().map(|line| cut(line, size.columns)).collect()
}

/// `4:05`, `1:00:00`
fn clock(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds / 3600 {
        0 => format!("{}:{:02}", seconds / 60, seconds % 60),
        hours => format!("{hours}:{:02}:{:02}", seconds / 60 % 60, seconds % 60),
    }
}

/// Cuts a line to a width in cells; what would move the cursor becomes a space. The last cell stays free: some terminals
/// go on to the next line when it is written.
fn cut(line: &str, columns: usize) -> String {
    let mut used = 0;
    let mut text = String::new();
    for letter in line.chars().map(|letter| if letter.is_control() { ' ' } else { letter }) {
        used += letter.width().unwrap_or(0);
        if used >= columns {
            break;
        }
        text.push(letter);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(count: usize, limit: Option<u64>) -> Waiting {
        let item = || Item { status: "InProgress".into(), message: "Ready: 0/1\nand so on".into() };
        let items = (0..count).map(|at| (format!("Pod/shop/web-{at}"), item())).collect();
        Waiting {
            what: "objects to be ready",
            limit: limit.map(Duration::from_secs),
            items,
            ready: 3,
            total: 3 + count,
        }
    }

    #[test]
    fn a_frame_fits_its_terminal() {
        let size = Size { columns: 80, rows: 24 };
        let shown = lines(&waiting(2, Some(300)), Duration::from_secs(65), size);
        assert_eq!(
            shown,
            [
                "waiting for objects to be ready: 3 of 5, 1:05 of 5:00",
                "  Pod/shop/web-0  InProgress  Ready: 0/1 and so on",
                "  Pod/shop/web-1  InProgress  Ready: 0/1 and so on",
            ]
        );
        let shown = lines(&waiting(30, None), Duration::from_secs(3605), size);
        assert_eq!(shown.len(), ROWS + 2);
        assert_eq!(shown.first().map(String::as_str), Some("waiting for objects to be ready: 3 of 33, 1:00:05"));
        assert_eq!(shown.last().map(String::as_str), Some("  and 22 more"));
        let small = lines(&waiting(30, None), Duration::ZERO, Size { columns: 12, rows: 4 });
        assert_eq!(small, ["waiting for", "  Pod/shop/", "  and 29 mo"]);
        assert_eq!(cut("漢字漢字", 6), "漢字");
    }
}
