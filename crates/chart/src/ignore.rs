//! `.helmignore` (`pkg/ignore` of Helm 4.3.1): close to gitignore, but not the same.

use gostd::GoError;
use gostd::path::{base, match_pattern};
use gostd::strings::trim_space;

use crate::log::Log;

/// Go's scanner of lines takes none longer than this.
const LINE_BYTES: usize = 64 * 1024;

/// The rules of a chart, in the order of the file.
#[derive(Default)]
pub struct Rules(Vec<Rule>);

struct Rule {
    /// Without `!` and the slashes at the ends.
    pattern: Vec<u8>,
    form: Form,
    /// Ignores what does not match.
    negated: bool,
    /// Is about folders only.
    folders: bool,
    /// Compares the path, not just its last part.
    whole: bool,
}

/// What it takes to compare a pattern.
#[derive(Clone, Copy)]
enum Form {
    /// No special character: the text itself.
    Plain,
    /// A star and the end of a name.
    Suffix,
    Pattern,
}

impl Rules {
    /// Reads the text of a `.helmignore`.
    ///
    /// # Errors
    /// `double-star (**) syntax is not supported`, `syntax error in pattern`, `bufio.Scanner: token too long`.
    pub fn parse(text: &[u8]) -> Result<Self, GoError> {
        let mut rules = Rules::default();
        let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
        for line in text.split(|b| *b == b'\n') {
            if line.len() >= LINE_BYTES {
                return Err(GoError::new("bufio.Scanner: token too long"));
            }
            rules.add(trim_space(line))?;
        }
        Ok(rules)
    }

    /// Adds what no chart loads: hidden files of `templates/`.
    pub fn add_defaults(&mut self) {
        let pattern = b"templates/.?*".to_vec();
        self.0.push(Rule { pattern, form: Form::Pattern, negated: false, folders: false, whole: true });
    }

    fn add(&mut self, line: &[u8]) -> Result<(), GoError> {
        if line.is_empty() || line.starts_with(b"#") {
            return Ok(());
        }
        if line.windows(2).any(|pair| pair == b"**") {
            return Err(GoError::new("double-star (**) syntax is not supported"));
        }
        match_pattern(line, b"abc")?;
        let (negated, line) = strip(line, |line| line.strip_prefix(b"!"));
        let (folders, line) = strip(line, |line| line.strip_suffix(b"/"));
        let (rooted, pattern) = strip(line, |line| line.strip_prefix(b"/"));
        let whole = rooted || pattern.contains(&b'/');
        let form = form(pattern, whole);
        self.0.push(Rule { pattern: pattern.to_vec(), form, negated, folders, whole });
        Ok(())
    }

    /// Reports whether a file or folder is left out; the path is relative to the chart, with `/`.
    pub fn ignore(&self, path: &str, is_dir: bool, log: &mut dyn Log) -> bool {
        if matches!(path, "" | "." | "./") {
            return false;
        }
        let last = base(path.as_bytes());
        self.0.iter().any(|rule| {
            let fits = !rule.folders || is_dir;
            let text = if rule.whole { path.as_bytes() } else { last };
            match rule.negated {
                true => !fits || !rule.matches(text, log),
                false => fits && rule.matches(text, log),
            }
        })
    }
}

impl Rule {
    fn matches(&self, text: &[u8], log: &mut dyn Log) -> bool {
        let result = match self.form {
            Form::Plain => return self.pattern == text,
            Form::Suffix => return text.ends_with(&self.pattern[1..]),
            Form::Pattern => match_pattern(&self.pattern, text),
        };
        result.unwrap_or_else(|error| {
            let rule = String::from_utf8_lossy(&self.pattern);
            log.error("failed to compile", &[("rule", &rule), ("error", &error.text)]);
            false
        })
    }
}

fn form(pattern: &[u8], whole: bool) -> Form {
    let special = |part: &[u8]| part.iter().any(|b| matches!(b, b'*' | b'?' | b'[' | b'\\'));
    match pattern {
        plain if !special(plain) => Form::Plain,
        // Only where the text is a name: a star does not stand for slashes.
        [b'*', suffix @ ..] if !whole && !special(suffix) => Form::Suffix,
        _ => Form::Pattern,
    }
}

fn strip<'a>(line: &'a [u8], cut: impl Fn(&'a [u8]) -> Option<&'a [u8]>) -> (bool, &'a [u8]) {
    match cut(line) {
        Some(rest) => (true, rest),
        None => (false, line),
    }
}
