//! From the tree of a pattern to its matcher: follows `compiler`.

use super::glue::{glue, minimize};
use super::matcher::{Matcher, Tree};
use super::reduce;
use super::tree::Node;

struct Compiler<'s> {
    separators: &'s [char],
    trees: usize,
}

pub(super) fn compile(root: &Node, separators: &[char]) -> Matcher {
    Compiler { separators, trees: 0 }.node(root)
}

impl Compiler<'_> {
    fn node(&mut self, node: &Node) -> Matcher {
        let separators = || self.separators.to_vec();
        let matcher = match node {
            Node::AnyOf(alternatives) => {
                return match reduce::alternatives(alternatives) {
                    Some(reduced) => self.node(&reduced),
                    None => Matcher::AnyOf(self.children(alternatives)),
                };
            }
            Node::Pattern(nodes) if nodes.is_empty() => return Matcher::Nothing,
            Node::Pattern(nodes) => {
                let matchers = minimize(self.children(nodes));
                self.join(&matchers).unwrap_or(Matcher::Nothing)
            }
            Node::Any => Matcher::Any(separators()),
            Node::Super => Matcher::Super,
            Node::Single => Matcher::Single(separators()),
            Node::Nothing => Matcher::Nothing,
            Node::List { not, chars } => Matcher::List { chars: chars.clone(), not: *not },
            Node::Range { not, low, high } => Matcher::Range { low: *low, high: *high, not: *not },
            Node::Text(text) => Matcher::Text(text.clone()),
        };
        optimize(matcher)
    }

    fn children(&mut self, nodes: &[Node]) -> Vec<Matcher> {
        nodes.iter().map(|node| optimize(self.node(node))).collect()
    }

    /// Joins matchers around the longest of known length, the last one if several are; nothing when there are none.
    fn join(&mut self, matchers: &[Matcher]) -> Option<Matcher> {
        let (first, rest) = matchers.split_first()?;
        if rest.is_empty() {
            return Some(first.clone());
        }
        if let Some(glued) = glue(matchers) {
            return Some(glued);
        }
        let lengths = matchers.iter().enumerate().filter_map(|(i, matcher)| Some((matcher.length()?, i)));
        let (value, left, right) = match lengths.max() {
            Some((_, at)) => {
                let (left, from) = matchers.split_at_checked(at)?;
                let (value, right) = from.split_first()?;
                (value, self.join(left), self.join(right))
            }
            None => (first, None, self.join(rest)),
        };
        self.trees += 1;
        Some(Matcher::Tree(Box::new(Tree::new(value.clone(), left, right, self.trees))))
    }
}

/// Replaces a matcher by a simpler one of the same meaning: follows `optimizeMatcher`.
fn optimize(matcher: Matcher) -> Matcher {
    match matcher {
        Matcher::Any(separators) if separators.is_empty() => Matcher::Super,
        Matcher::AnyOf(mut matchers) if matchers.len() == 1 => matchers.pop().unwrap_or(Matcher::Nothing),
        Matcher::List { chars, not: false } if chars.len() == 1 => Matcher::Text(chars.into_iter().collect()),
        Matcher::Tree(mut tree) => {
            tree.left = tree.left.take().map(optimize);
            tree.right = tree.right.take().map(optimize);
            simple_tree(&tree).unwrap_or(Matcher::Tree(tree))
        }
        other => other,
    }
}

/// Finds the simple form of a text with something before or behind it.
fn simple_tree(tree: &Tree) -> Option<Matcher> {
    let Matcher::Text(text) = &tree.value else {
        return None;
    };
    let text = text.clone();
    Some(match (&tree.left, &tree.right) {
        (None, None) => Matcher::Text(text),
        (Some(Matcher::Super), Some(Matcher::Super)) => Matcher::Contains { needle: text, not: false },
        (Some(Matcher::Super), None) => Matcher::Suffix(text),
        (None, Some(Matcher::Super)) => Matcher::Prefix(text),
        (None, Some(Matcher::Suffix(suffix))) => Matcher::PrefixSuffix(text, suffix.clone()),
        (Some(Matcher::Prefix(prefix)), None) => Matcher::PrefixSuffix(prefix.clone(), text),
        (Some(Matcher::Any(separators)), None) => Matcher::SuffixAny(text, separators.clone()),
        (None, Some(Matcher::Any(separators))) => Matcher::PrefixAny(text, separators.clone()),
        _ => return None,
    })
}
