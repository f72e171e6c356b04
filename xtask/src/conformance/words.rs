//! The two small notations of a case file: a command line as one text, and bytes in hexadecimal.

/// Splits a command line at blanks; `'...'` and `"..."` keep what stands between them as it is.
pub fn split(line: &str) -> Result<Vec<String>, String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for c in line.chars() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => word.get_or_insert_default().push(c),
            None if c == '\'' || c == '"' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            None if c.is_whitespace() => words.extend(word.take()),
            None => word.get_or_insert_default().push(c),
        }
    }
    if quote.is_some() {
        return Err(format!("a quote stays open in {line}"));
    }
    words.extend(word);
    Ok(words)
}

/// Reads hexadecimal digits; blanks between bytes are allowed.
pub fn unhex(text: &str) -> Result<Vec<u8>, String> {
    let digits: Vec<u32> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_digit(16).ok_or_else(|| format!("{c:?} is no hexadecimal digit")))
        .collect::<Result<_, _>>()?;
    if !digits.len().is_multiple_of(2) {
        return Err("half a byte is missing".into());
    }
    Ok(digits.chunks_exact(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn command_lines_split_as_a_shell_would() {
        for (line, want) in [
            ("template c", vec!["template", "c"]),
            ("a --set 'x=1 2' ''", vec!["a", "--set", "x=1 2", ""]),
            (r#"--set-json "m={}" 'a"b'"#, vec!["--set-json", "m={}", "a\"b"]),
        ] {
            assert_eq!(split(line).unwrap(), want, "{line}");
        }
        assert!(split("a 'b").is_err());
    }

    #[test]
    fn bytes_are_read_from_digits() {
        assert_eq!(unhex("ef bb BF").unwrap(), [0xef, 0xbb, 0xbf]);
        assert!(unhex("f").is_err());
    }
}
