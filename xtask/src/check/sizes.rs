//! Sizes of files and functions: a long file or function has more than one idea, or a reason in exceptions.toml.

use super::exceptions::Exceptions;
use super::sources::Source;

/// Lines above which a file is named, without failing.
const FILE_NOTICE: usize = 250;
/// Lines above which a file fails.
const FILE_LIMIT: usize = 400;
/// Lines above which a function fails, signature and braces included.
const FUNCTION_LIMIT: usize = 60;

/// The problems found; files between the notice and the limit are only counted on stdout.
pub fn check(sources: &[Source], exceptions: &mut Exceptions) -> Vec<String> {
    let mut problems = Vec::new();
    let mut long = 0;
    for source in sources {
        let lines = source.text.lines().count();
        if lines > FILE_LIMIT && !exceptions.allow("files", &source.path) {
            problems.push(format!("{}: {lines} lines, limit {FILE_LIMIT}", source.path));
        } else if lines > FILE_NOTICE {
            long += 1;
        }
        for function in functions(&source.code) {
            let name = format!("{}::{}", source.path, function.name);
            if function.lines > FUNCTION_LIMIT && !exceptions.allow("functions", &name) {
                let Function { line, name, lines } = function;
                problems.push(format!("{}:{line}: fn {name} has {lines} lines, limit {FUNCTION_LIMIT}", source.path));
            }
        }
    }
    println!("  {} files, {long} of them above {FILE_NOTICE} lines", sources.len());
    problems
}

struct Function<'a> {
    name: &'a str,
    /// The line of the word `fn`, from 1.
    line: usize,
    lines: usize,
}

/// The functions with a body, nested ones too.
fn functions(code: &str) -> Vec<Function<'_>> {
    let mut functions = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '#') {
            continue;
        }
        let name = code[at + 3..].split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        if name.is_empty() {
            continue;
        }
        if let Some(end) = body_end(&code.as_bytes()[at..]) {
            let line = code[..at].matches('\n').count() + 1;
            let lines = code[at..at + end].matches('\n').count() + 1;
            functions.push(Function { name, line, lines });
        }
    }
    functions
}

/// The offset of the brace that closes the body, or nothing for a declaration.
fn body_end(code: &[u8]) -> Option<usize> {
    let (mut braces, mut others) = (0usize, 0usize);
    for (at, byte) in code.iter().enumerate() {
        match byte {
            b'(' | b'[' => others += 1,
            b')' | b']' => others = others.saturating_sub(1),
            b';' if braces == 0 && others == 0 => return None,
            b'{' => braces += 1,
            b'}' if braces <= 1 => return (braces == 1).then_some(at),
            b'}' => braces -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::functions;

    #[test]
    fn functions_are_measured_from_fn_to_the_closing_brace() {
        let code = "trait T {\n    fn a(&self) -> [u8; 4];\n}\nfn b() {\n    if x {\n    }\n}\nlet f: fn (u8);\n";
        let found: Vec<_> = functions(code).iter().map(|f| (f.name.to_string(), f.line, f.lines)).collect();
        assert_eq!(found, [("b".to_string(), 4, 4)]);
    }
}
