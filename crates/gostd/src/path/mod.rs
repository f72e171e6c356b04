//! path and path/filepath on Unix: Clean, Join, Base, Dir, Ext, Split, Match.

mod matching;

pub use matching::match_pattern;

/// Returns the shortest equal path, `.` for an empty one (`path.Clean`).
pub fn clean(path: &[u8]) -> Vec<u8> {
    let rooted = path.first() == Some(&b'/');
    if path.split(|b| *b == b'/').all(|part| !matches!(part, b"" | b"." | b"..")) {
        return path.to_vec();
    }
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|b| *b == b'/') {
        match part {
            b"" | b"." => {}
            b".." => match parts.last() {
                Some(last) if *last != b".." => {
                    parts.pop();
                }
                _ if rooted => {}
                _ => parts.push(part),
            },
            _ => parts.push(part),
        }
    }
    let mut cleaned = if rooted { vec![b'/'] } else { Vec::new() };
    cleaned.extend(parts.join(&b'/'));
    if cleaned.is_empty() {
        cleaned.push(b'.');
    }
    cleaned
}

/// Joins the parts that are not empty and cleans the result; empty when all are (`path.Join`).
pub fn join(parts: &[&[u8]]) -> Vec<u8> {
    let given: Vec<&[u8]> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    if given.is_empty() { Vec::new() } else { clean(&given.join(&b'/')) }
}

/// Returns the last element, `.` for an empty path, `/` for slashes only (`path.Base`).
pub fn base(path: &[u8]) -> &[u8] {
    if path.is_empty() {
        return b".";
    }
    let end = path.iter().rposition(|b| *b != b'/').map_or(0, |at| at + 1);
    if end == 0 {
        return b"/";
    }
    split(&path[..end]).1
}

/// Returns all but the last element, cleaned (`path.Dir`).
pub fn dir(path: &[u8]) -> Vec<u8> {
    clean(split(path).0)
}

/// Returns the suffix from the last dot of the last element on (`path.Ext`).
pub fn ext(path: &[u8]) -> &[u8] {
    let name = split(path).1;
    name.iter().rposition(|b| *b == b'.').map_or(&[], |dot| &name[dot..])
}

pub fn is_abs(path: &[u8]) -> bool {
    path.first() == Some(&b'/')
}

/// Splits after the last slash (`path.Split`).
pub fn split(path: &[u8]) -> (&[u8], &[u8]) {
    path.split_at(path.iter().rposition(|b| *b == b'/').map_or(0, |slash| slash + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_taken_apart_as_go_does() {
        // (path, Clean, Base, Dir, Ext), printed by Go 1.27.2, `...` and `/a/b` by Go 1.26.8.
        for (path, cleaned, last, folder, suffix) in [
            ("", ".", ".", ".", ""),
            ("/", "/", "/", "/", ""),
            ("a/b.c/", "a/b.c", "b.c", "a/b.c", ""),
            ("a//b/../c.tar.gz", "a/c.tar.gz", "c.tar.gz", "a", ".gz"),
            ("../../a", "../../a", "a", "../..", ""),
            ("/../a/.", "/a", ".", "/a", "."),
            ("...", "...", "...", ".", "."),
            ("/a/b", "/a/b", "b", "/a", ""),
            ("a/..", ".", "..", "a", "."),
        ] {
            assert_eq!(clean(path.as_bytes()), cleaned.as_bytes(), "Clean {path:?}");
            assert_eq!(base(path.as_bytes()), last.as_bytes(), "Base {path:?}");
            assert_eq!(dir(path.as_bytes()), folder.as_bytes(), "Dir {path:?}");
            assert_eq!(ext(path.as_bytes()), suffix.as_bytes(), "Ext {path:?}");
        }
        assert_eq!(join(&[b"a", b"", b"../b"]), b"b");
        assert_eq!(join(&[b"", b""]), b"");
    }
}
