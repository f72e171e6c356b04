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
            requirements.push(words.requirement()?);
            match words.next() {
                "" => break,
                "," if !words.is_done() => {}
                found => return Err(wrong(&format!("found '{found}', expected: ',' or 'end of string'"))),
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
            "=" | "==" => Ok(requirement(Operator::In, vec![self.value()])),
            "!=" => Ok(requirement(Operator::NotIn, vec![self.value()])),
            ">" => Ok(requirement(Operator::Greater, vec![self.value()])),
            "<" => Ok(requirement(Operator::Less, vec![self.value()])),
            "in" => Ok(requirement(Operator::In, self.values()?)),
            "notin" => Ok(requirement(Operator::NotIn, self.values()?)),
            found => Err(wrong(&format!("found '{found}', expected: in, notin, =, ==, !=, gt, lt"))),
        }
    }

    fn name(&mut self) -> Result<String, GoError> {
        match self.next() {
            word if word.is_empty() || word.starts_with(|c| SIGNS.contains(c)) => {
                Err(wrong(&format!("found '{word}', expected: identifier")))
            }
            word => Ok(word.to_string()),
        }
    }

    /// A value may be empty.
    fn value(&mut self) -> String {
        if matches!(self.peek(), "" | ",") { String::new() } else { self.next().to_string() }
    }

    fn values(&mut self) -> Result<Vec<String>, GoError> {
        if self.next() != "(" {
            return Err(wrong("expected: '('"));
        }
        let mut values = Vec::new();
        loop {
            match self.next() {
                ")" => return Ok(values),
                "" => return Err(wrong("expected: ',' or ')'")),
                "," => {}
                value => values.push(value.to_string()),
            }
        }
    }
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
