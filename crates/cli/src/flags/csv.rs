//! One CSV record, as `encoding/csv` reads it: the grammar of pflag's comma-separated flags.

/// Splits a record into its fields; an empty text has no field.
///
/// # Errors
/// The text of Go's `csv.ParseError` for a stray or an unclosed quote.
pub fn record(text: &str) -> Result<Vec<String>, String> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let line = text.split('\n').next().unwrap_or_default();
    let mut fields = Vec::new();
    let mut rest = text;
    loop {
        let (field, after) = if let Some(quoted) = rest.strip_prefix('"') {
            quoted_field(text, quoted)?
        } else {
            bare_field(text, rest)?
        };
        fields.push(field);
        match after {
            Some(next) => rest = next,
            None => return Ok(fields),
        }
        if rest.is_empty() && line.len() == text.len() {
            fields.push(String::new());
            return Ok(fields);
        }
    }
}

type Field<'a> = (String, Option<&'a str>);

fn bare_field<'a>(text: &str, rest: &'a str) -> Result<Field<'a>, String> {
    let end = rest.find([',', '\n']).unwrap_or(rest.len());
    let field = &rest[..end];
    if let Some(quote) = field.find('"') {
        return Err(parse_error(text, rest, quote, "bare \" in non-quoted-field"));
    }
    let after = rest[end..].strip_prefix(',');
    Ok((field.trim_end_matches('\r').to_string(), after))
}

fn quoted_field<'a>(text: &str, quoted: &'a str) -> Result<Field<'a>, String> {
    let mut field = String::new();
    let mut rest = quoted;
    loop {
        let Some(quote) = rest.find('"') else {
            return Err(parse_error(text, "", 0, "extraneous or missing \" in quoted-field"));
        };
        field.push_str(&rest[..quote]);
        rest = &rest[quote + 1..];
        if let Some(after) = rest.strip_prefix('"') {
            field.push('"');
            rest = after;
        } else if let Some(after) = rest.strip_prefix(',') {
            return Ok((field, Some(after)));
        } else if rest.is_empty() || rest.starts_with('\n') || rest.starts_with("\r\n") {
            return Ok((field, None));
        } else {
            let at = text.len() - rest.len() - 1;
            return Err(parse_error(text, &text[at..], 0, "extraneous or missing \" in quoted-field"));
        }
    }
}

/// Go counts columns in bytes from 1.
fn parse_error(text: &str, rest: &str, offset: usize, message: &str) -> String {
    let column = text.len() - rest.len() + offset + 1;
    format!("parse error on line 1, column {column}: {message}")
}

#[cfg(test)]
mod tests {
    use super::record;

    #[test]
    fn fields_are_split_as_encoding_csv_does() {
        for (text, want) in [
            ("", &[][..]),
            ("a", &["a"]),
            ("a,b", &["a", "b"]),
            ("a,", &["a", ""]),
            (",", &["", ""]),
            ("\"a,b\",c", &["a,b", "c"]),
            ("\"a\"\"b\"", &["a\"b"]),
        ] {
            assert_eq!(
                record(text).as_deref(),
                Ok(&want.iter().map(|s| s.to_string()).collect::<Vec<_>>()[..]),
                "{text}"
            );
        }
        assert_eq!(record("a\"b"), Err("parse error on line 1, column 2: bare \" in non-quoted-field".to_string()));
    }
}
