//! Media types of headers (Go's `mime.ParseMediaType`, without the values of parameters).

/// Returns the media type before its parameters, in small letters.
///
/// # Errors
/// `mime: no media type`, `mime: unexpected content after media subtype`, `mime: expected token after slash`.
pub fn parse(header: &str) -> Result<String, &'static str> {
    let text = header.split(';').next().unwrap_or_default().trim().to_lowercase();
    let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`{|}~".contains(c);
    let token = |text: &str| text.find(|c| !is_token(c)).unwrap_or(text.len());
    let (kind, rest) = text.split_at(token(&text));
    if kind.is_empty() {
        return Err("mime: no media type");
    }
    if rest.is_empty() {
        return Ok(text);
    }
    let Some(subtype) = rest.strip_prefix('/') else { return Err("mime: expected slash after first token") };
    match token(subtype) {
        0 => Err("mime: expected token after slash"),
        end if end < subtype.len() => Err("mime: unexpected content after media subtype"),
        _ => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn parameters_are_left_out() {
        let cases = [
            ("application/Json; charset=utf-8", Ok("application/json")),
            ("text", Ok("text")),
            ("", Err("mime: no media type")),
            ("a/", Err("mime: expected token after slash")),
            ("a b", Err("mime: expected slash after first token")),
            ("a/b c", Err("mime: unexpected content after media subtype")),
        ];
        for (header, expected) in cases {
            assert_eq!(parse(header).as_deref(), expected.as_deref(), "{header}");
        }
    }
}
