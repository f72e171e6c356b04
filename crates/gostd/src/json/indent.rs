//! Blanks between the words of well-formed JSON.

/// `json.Indent`: line feeds and indentation between members and elements; `{}` and `[]` stay together.
pub fn indent(json: &[u8], prefix: &[u8], indent: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len() * 2);
    let mut depth = 0usize;
    let mut rest = json;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match byte {
            b'"' => rest = copy_string(&mut out, tail),
            b' ' | b'\n' | b'\t' | b'\r' => {}
            b'{' | b'[' => {
                out.push(byte);
                if let Some(after) = closed_at_once(tail) {
                    out.push(byte + 2);
                    rest = after;
                } else {
                    depth += 1;
                    new_line(&mut out, prefix, indent, depth);
                }
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, prefix, indent, depth);
                out.push(byte);
            }
            b',' => {
                out.push(byte);
                new_line(&mut out, prefix, indent, depth);
            }
            b':' => out.extend_from_slice(b": "),
            _ => out.push(byte),
        }
    }
    out
}

/// `json.Compact`: no blanks.
pub fn compact(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len());
    let mut rest = json;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        match byte {
            b'"' => rest = copy_string(&mut out, tail),
            b' ' | b'\n' | b'\t' | b'\r' => {}
            _ => out.push(byte),
        }
    }
    out
}

fn new_line(out: &mut Vec<u8>, prefix: &[u8], indent: &[u8], depth: usize) {
    out.push(b'\n');
    out.extend_from_slice(prefix);
    for _ in 0..depth {
        out.extend_from_slice(indent);
    }
}

/// Returns what follows the closing bracket, if only blanks are before it.
fn closed_at_once(text: &[u8]) -> Option<&[u8]> {
    let start = text.iter().position(|b| !matches!(b, b' ' | b'\n' | b'\t' | b'\r'))?;
    let (byte, tail) = text.get(start..)?.split_first()?;
    matches!(byte, b'}' | b']').then_some(tail)
}

/// Copies a string whose first quote is read already, and returns what follows.
fn copy_string<'a>(out: &mut Vec<u8>, text: &'a [u8]) -> &'a [u8] {
    let mut escaped = false;
    let end = text.iter().position(|b| {
        let closes = *b == b'"' && !escaped;
        escaped = *b == b'\\' && !escaped;
        closes
    });
    let (string, rest) = text.split_at(end.map_or(text.len(), |at| at + 1));
    out.push(b'"');
    out.extend_from_slice(string);
    rest
}
