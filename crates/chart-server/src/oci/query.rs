//! Parameters of a request.

use axum::http::StatusCode;

use super::path::decoded;
use super::reply::{Code, Fault};

/// Parameters, in their order.
pub struct Query(Vec<(String, String)>);

impl Query {
    /// Reads what stands behind the `?`. A plus is a plus: versions have them, and Go's clients escape blanks.
    pub fn new(text: &str) -> Self {
        let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name).into_owned(), decoded(value).into_owned())
        });
        Query(pairs.collect())
    }

    /// Returns the first value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Returns all values of a parameter.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// Returns the number of names that a page shall have.
    pub fn count(&self) -> Result<Option<u64>, Fault> {
        let number = |text: &str| text.parse::<u64>().ok();
        match self.get("n").map(number) {
            None => Ok(None),
            Some(Some(count)) => Ok(Some(count)),
            Some(None) => {
                let text = "n is not a valid non-negative integer";
                Err(Fault::new(StatusCode::BAD_REQUEST, Code::Unsupported, text))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_read_in_order() {
        let query = Query::new("digest=sha256%3A0&tag=a&tag=1.0%2B1&n=-1&&x");
        assert_eq!(query.get("digest"), Some("sha256:0"));
        assert_eq!(query.all("tag").collect::<Vec<_>>(), ["a", "1.0+1"]);
        assert_eq!((query.get("x"), query.get("y"), query.count().is_err()), (Some(""), None, true));
        assert!(Query::new("n=0").count().is_ok_and(|count| count == Some(0)));
    }
}
