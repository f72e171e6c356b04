//! Which lines of two texts differ.

use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput};

/// Texts with more lines are not compared: one goes, the other comes.
const MAX_LINES: usize = 1_000_000;

/// A line of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line<'a> {
    Same(&'a str),
    Removed(&'a str),
    Added(&'a str),
    /// Lines that are the same and far from any change.
    Gap,
}

/// Returns what differs, with `context` lines around it; all lines where that is `None`. Nothing for equal texts.
pub(crate) fn lines<'a>(before: &'a str, after: &'a str, context: Option<usize>) -> Vec<Line<'a>> {
    if before == after {
        return Vec::new();
    }
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let hunks = hunks(before, after, (old.len(), new.len()));
    let context = context.unwrap_or(usize::MAX);
    let mut shown = Vec::new();
    let mut at = 0;
    for (index, (removed, added)) in hunks.iter().enumerate() {
        let same = old.get(at..removed.start).unwrap_or_default();
        let room = if index == 0 { (0, context) } else { (context, context) };
        push_same(&mut shown, same, room);
        shown.extend(old.get(removed.clone()).unwrap_or_default().iter().map(|line| Line::Removed(line)));
        shown.extend(new.get(added.clone()).unwrap_or_default().iter().map(|line| Line::Added(line)));
        at = removed.end;
    }
    push_same(&mut shown, old.get(at..).unwrap_or_default(), (context, 0));
    shown
}

type Hunk = (Range<usize>, Range<usize>);

fn hunks(before: &str, after: &str, (old, new): (usize, usize)) -> Vec<Hunk> {
    if old > MAX_LINES || new > MAX_LINES {
        return vec![(0..old, 0..new)];
    }
    let input = InternedInput::new(before, after);
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    let range = |range: Range<u32>| range.start as usize..range.end as usize;
    diff.hunks().map(|hunk| (range(hunk.before), range(hunk.after))).collect()
}

/// Shows the first and the last of some equal lines.
fn push_same<'a>(shown: &mut Vec<Line<'a>>, same: &[&'a str], (first, last): (usize, usize)) {
    if same.len() <= first.saturating_add(last) {
        shown.extend(same.iter().map(|line| Line::Same(line)));
        return;
    }
    shown.extend(same.iter().take(first).map(|line| Line::Same(line)));
    shown.push(Line::Gap);
    shown.extend(same.iter().skip(same.len().saturating_sub(last)).map(|line| Line::Same(line)));
}
