//! Label selectors (`labels.Parse` of k8s.io/apimachinery 0.37.1): `a=b,c!=d,e in (f,g),h notin (i),j,!k`.

use std::collections::BTreeMap;

use gostd::GoError;

/// Requirements that labels must all meet.
#[derive(Default, Debug, PartialEq)]
pub struct Selector(Vec<Requirement>);

#[derive(Debug, PartialEq)]
struct Requirement {
    key: String,
    operator: Operator,
    values: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Operator {
    In,
    NotIn,
    Exists,
    NotExists,
    Greater,
    Less,
}

impl Selector {
    /// Reads a selector; an empty one matches everything.
    ///
    /// # Errors
    /// What cannot be read, in words near those of Kubernetes.
    pub fn parse(text: &str) -> Result<Self, GoError> {
        let mut words = Words { rest: text };
        let mut requirements = Vec::new();
        while !words.is_done() {
            if words.peek() != "!" && is_sign(words.peek()) {
                let found = words.next();
                return Err(GoError::new(format!("found '{found}', expected: !, identifier, or 'end of string'")));
            }
            requirements.push(words.requirement()?);
            match words.next() {
                "" => break,
                "," => words.check_after_comma()?,
                found => return Err(GoError::new(format!("found '{found}', expected: ',' or 'end of string'"))),
            }
        }
        Ok(Selector(requirements))
    }

    pub fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        self.0.iter().all(|requirement| requirement.matches(labels.get(&requirement.key)))
    }
}

impl Requirement {
    fn matches(&self, value: Option<&String>) -> bool {
        let listed = |value: &String| self.values.contains(value);
        match self.operator {
            Operator::In => value.is_some_and(listed),
            Operator::NotIn => !value.is_some_and(listed),
            Operator::Exists => value.is_some(),
            Operator::NotExists => value.is_none(),
            Operator::Greater => self.compare(value, |value, bound| value > bound),
            Operator::Less => self.compare(value, |value, bound| value < bound),
        }
    }

    fn compare(&self, value: Option<&String>, test: impl Fn(i64, i64) -> bool) -> bool {
        let bound = self.values.first().and_then(|bound| bound.parse().ok());
        matches!((value.and_then(|value| value.parse().ok()), bound), (Some(value), Some(bound)) if test(value, bound))
    }
}

fn wrong(what: &str) -> GoError {
    GoError::new(format!("unable to parse requirement: {what}"))
}

/// The words of a selector: names, and signs of one or two characters.
struct Words<'a> {
    rest: &'a str,
}

const SIGNS: &str = "=!,()<>";

/// Signs, operators in words, and nothing at all.
fn is_sign(word: &str) -> bool {
    word.is_empty() || word.starts_with(|c| SIGNS.contains(c))
}

impl<'a> Words<'a> {
    fn is_done(&mut self) -> bool {
        self.rest = self.rest.trim_start();
        self.rest.is_empty()
    }

    fn next(&mut self) -> &'a str {
        if self.is_done() {
            return "";
        }
        let length = match ["==", "!="].iter().find(|sign| self.rest.starts_with(**sign)) {
            Some(sign) => sign.len(),
            None if self.rest.starts_with(|c| SIGNS.contains(c)) => 1,
            None => self.rest.find(|c: char| SIGNS.contains(c) || c.is_whitespace()).unwrap_or(self.rest.len()),
        };
        let (word, rest) = self.rest.split_at(length);
        self.rest = rest;
        word
    }

    fn check_after_comma(&self) -> Result<(), GoError> {
        match self.peek() {
            word if word != "!" && is_sign(word) => {
                Err(GoError::new(format!("found '{word}', expected: identifier after ','")))
            }
            _ => Ok(()),
        }
    }

    fn peek(&self) -> &'a str {
        Words { rest: self.rest }.next()
    }

    fn requirement(&mut self) -> Result<Requirement, GoError> {
        let negated = self.peek() == "!";
        if negated {
            self.next();
        }
        let key = self.name()?;
        let requirement = |operator, values| Requirement { key: key.clone(), operator, values };
        if negated || matches!(self.peek(), "" | ",") {
            let operator = if negated { Operator::NotExists } else { Operator::Exists };
            return Ok(requirement(operator, Vec::new()));
        }
        match self.next() {
            "=" | "==" => Ok(requirement(Operator::In, vec![self.value()?])),
            "!=" => Ok(requirement(Operator::NotIn, vec![self.value()?])),
            ">" => Ok(requirement(Operator::Greater, vec![self.value()?])),
            "<" => Ok(requirement(Operator::Less, vec![self.value()?])),
            "in" => Ok(requirement(Operator::In, self.values()?)),
            "notin" => Ok(requirement(Operator::NotIn, self.values()?)),
            found => Err(wrong(&format!("found '{found}', expected: in, notin, =, ==, !=, gt, lt"))),
        }
    }

    fn name(&mut self) -> Result<String, GoError> {
        match self.next() {
            word if is_sign(word) => Err(wrong(&format!("found '{word}', expected: identifier"))),
            word if !is_name(word) => Err(wrong(&format!("<nil>: Invalid value: \"{word}\": {NAME_RULE}"))),
            word => Ok(word.to_string()),
        }
    }

    /// A value may be empty.
    fn value(&mut self) -> Result<String, GoError> {
        match self.peek() {
            "" | "," => Ok(String::new()),
            word if is_sign(word) => Err(wrong(&format!("found '{word}', expected: identifier"))),
            _ => Ok(self.next().to_string()),
        }
    }

    /// `(a,b)`; an empty place between commas is an empty value.
    fn values(&mut self) -> Result<Vec<String>, GoError> {
        match self.next() {
            "(" => {}
            found => return Err(wrong(&format!("found '{found}' expected: '('"))),
        }
        let mut values = Vec::new();
        match self.peek() {
            // No value is in an empty set.
            ")" => {
                self.next();
                return Ok(values);
            }
            word if word != "," && is_sign(word) => {
                return Err(wrong(&format!("found '{word}', expected: ',', ')' or identifier")));
            }
            _ => {}
        }
        loop {
            values.push(if is_sign(self.peek()) { String::new() } else { self.next().to_string() });
            match self.next() {
                ")" => return Ok(values),
                "," => {}
                found => return Err(wrong(&format!("found '{found}', expected: ',' or ')'"))),
            }
        }
    }
}

const NAME_RULE: &str = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with \
                         an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation \
                         is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

/// The part of a key behind its prefix (`IsQualifiedName` of apimachinery).
fn is_name(key: &str) -> bool {
    let name = key.rsplit('/').next().unwrap_or_default();
    let inner = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    name.chars().all(inner)
        && !name.is_empty()
        && [name.chars().next(), name.chars().next_back()].iter().flatten().all(char::is_ascii_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_are_met() {
        let labels = BTreeMap::from([("a".to_string(), "b".to_string()), ("n".to_string(), "5".to_string())]);
        let cases = [
            ("", true),
            ("a=b", true),
            ("a==b,n=5", true),
            ("a!=b", false),
            ("x!=y", true),
            ("a", true),
            ("!a", false),
            ("! x", true),
            ("a in (c, b)", true),
            ("a notin (b)", false),
            ("n>4,n<6", true),
            ("n > 5", false),
            ("a=", false),
        ];
        for (text, expected) in cases {
            let selector = Selector::parse(text);
            assert_eq!(selector.ok().map(|selector| selector.matches(&labels)), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_selector_is_an_error() {
        for text in [",", "a,", "=b", "a in b", "a in (b", "a b", "a=b c"] {
            assert!(Selector::parse(text).is_err(), "{text}");
        }
    }
}
