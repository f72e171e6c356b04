//! How files are served, in words.

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::{Options, Rule};
use crate::certificates::Certificates;

impl Options {
    /// Reads words: `tls`, `mtls`, `self-signed`, `password` (`u` and `p`), `packed`, `etag`, and `PATH=ANSWER`.
    ///
    /// # Errors
    /// A word that is none; what makes certificates or writes them (to `FOLDER/tls`) fail.
    pub fn parse(folder: &Path, words: &[&str]) -> io::Result<Self> {
        let mut options = Options { folder: folder.to_owned(), ..Options::default() };
        for word in words {
            match *word {
                "tls" => options.secure(Certificates::new()?, false)?,
                "mtls" => options.secure(Certificates::new()?, true)?,
                "self-signed" => options.secure(Certificates::self_signed()?, false)?,
                "password" => options.user = Some(("u".to_owned(), "p".to_owned())),
                "packed" => options.gzip = true,
                "etag" => options.etag = true,
                word => {
                    let (path, rule) = word.split_once('=').ok_or_else(|| unknown(word))?;
                    options.rules.entry(path.to_owned()).or_default().push(rule_of(rule)?);
                }
            }
        }
        Ok(options)
    }

    fn secure(&mut self, certificates: Certificates, demands_client: bool) -> io::Result<()> {
        certificates.write(&self.folder.join("tls"))?;
        self.tls = Some((Arc::new(certificates), demands_client));
        Ok(())
    }
}

fn unknown(word: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("there is no {word:?}"))
}

fn rule_of(text: &str) -> io::Result<Rule> {
    if let Some(rule) = text.strip_prefix("always ") {
        return rule_of(rule).map(Box::new).map(Rule::Always);
    }
    let mut words = text.splitn(3, ' ');
    let (kind, number, rest) = (words.next().unwrap_or_default(), words.next(), words.next().unwrap_or_default());
    let code = number.and_then(|number| number.parse().ok());
    match (kind, code) {
        ("status", Some(code)) => Ok(Rule::Status(code, rest.to_owned())),
        ("redirect", Some(code)) => Ok(Rule::Redirect(code, rest.to_owned())),
        ("cut", Some(bytes)) => Ok(Rule::Cut(usize::from(bytes))),
        ("silence", None) => Ok(Rule::Silence),
        _ => Err(unknown(text)),
    }
}
