//! Comments and what they belong to.

use gostd::GoError;

use super::tree::unbuilt;

/// A comment on a line of its own.
pub struct Comment {
    pub column: usize,
    pub text: String,
    pub after_blank: bool,
    pub before_blank: bool,
}

/// The lines of comments, with blank lines between those that one parts.
pub fn texts(comments: &[Comment]) -> Vec<String> {
    let mut lines = Vec::new();
    for (index, comment) in comments.iter().enumerate() {
        lines.push(comment.text.clone());
        if comment.before_blank && index + 1 < comments.len() {
            lines.push(String::new());
        }
    }
    lines
}

/// Returns the comment behind a quoted value.
pub fn comment_after(rest: &str) -> Result<Option<String>, GoError> {
    match rest.trim() {
        "" => Ok(None),
        comment if comment.starts_with('#') => Ok(Some(comment.to_owned())),
        _ => Err(unbuilt("text after a quoted value")),
    }
}
