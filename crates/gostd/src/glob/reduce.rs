//! Alternatives that begin or end alike are joined there: `{abc,abd}` is `ab{c,d}`. Follows `minimizeTreeAnyOf`.

use super::tree::Node;

/// Returns a pattern with the common parts outside of the braces; nothing when the alternatives have none.
pub(super) fn alternatives(nodes: &[Node]) -> Option<Node> {
    let patterns: Vec<&[Node]> = nodes.iter().map(children).collect::<Option<_>>()?;
    let (left, right) = common(&patterns)?;
    if left + right.len() == 0 {
        return None;
    }
    let (first, right) = (patterns.first()?, right.to_vec());
    let mut result = Vec::new();
    if left > 0 {
        result.push(Node::Pattern(first.get(..left)?.to_vec()));
    }
    let mut rest: Vec<Node> = Vec::new();
    for pattern in &patterns {
        let own = pattern.get(left..pattern.len().checked_sub(right.len())?)?;
        let node = match own {
            [] => Node::Nothing,
            own => Node::Pattern(own.to_vec()),
        };
        if !rest.contains(&node) {
            rest.push(node);
        }
    }
    match rest.len() {
        1 => result.extend(rest.pop().filter(|node| *node != Node::Nothing)),
        _ => result.push(Node::AnyOf(rest)),
    }
    if !right.is_empty() {
        result.push(Node::Pattern(right));
    }
    Some(Node::Pattern(result))
}

fn children(node: &Node) -> Option<&[Node]> {
    match node {
        Node::Pattern(children) => Some(children),
        _ => None,
    }
}

/// Finds how many parts the patterns have in common at the start, and which at the end.
fn common<'n>(patterns: &[&'n [Node]]) -> Option<(usize, &'n [Node])> {
    if patterns.len() < 2 {
        return None;
    }
    let shortest_at = (0..patterns.len()).min_by_key(|i| patterns.get(*i).map(|p| p.len()))?;
    let shortest = *patterns.get(shortest_at)?;
    let length = shortest.len();
    let (mut total, mut left, mut right_from) = (0, 0, length);
    let (mut left_ends, mut right_ends) = (false, false);
    for (i, j) in (0..length).zip((0..length).rev()) {
        if total >= length || (left_ends && right_ends) {
            break;
        }
        for (k, pattern) in patterns.iter().enumerate() {
            if left_ends && right_ends {
                break;
            }
            if k == shortest_at {
                continue;
            }
            left_ends = left_ends || shortest.get(i) != pattern.get(i);
            // What is common at the start already does not count at the end again.
            right_ends = right_ends || (!left_ends && j <= i);
            right_ends = right_ends || shortest.get(j) != pattern.get(j + pattern.len() - length);
        }
        if !left_ends {
            (total, left) = (total + 1, left + 1);
        }
        if !right_ends {
            (total, right_from) = (total + 1, j);
        }
    }
    Some((left, shortest.get(right_from..)?))
}
