//! Passphrases of secret keys: from a file, or asked for on the terminal (`pkg/action/package.go`).

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use chart::os_error::path_error;
use gostd::GoError;

use crate::password;

/// Bytes of a passphrase; what is longer is cut, as Helm does.
const PASSPHRASE_BYTES: usize = 4096;

/// The passphrase in the file that a flag names; it is read once.
pub struct Passphrase {
    file: String,
    read: Option<Vec<u8>>,
}

impl Passphrase {
    pub fn of(file: &str) -> Self {
        Passphrase { file: file.to_owned(), read: None }
    }

    /// Returns the first line of the file, nothing if there is no such flag.
    ///
    /// # Errors
    /// `specified reading passphrase from stdin, without input on stdin`, `EOF` for an empty file, and those of the
    /// system.
    pub fn given(&mut self) -> Result<Option<&[u8]>, GoError> {
        if self.file.is_empty() {
            return Ok(None);
        }
        if self.read.is_none() {
            let path = Path::new(&self.file);
            let line = match self.file.as_str() {
                "-" => first_line(piped_stdin()?),
                _ => first_line(File::open(path).map_err(|error| path_error("open", path, &error))?),
            };
            let line = line.map_err(|error| path_error("read", path, &error))?;
            self.read = Some(line.ok_or_else(|| GoError::new("EOF"))?);
        }
        Ok(self.read.as_deref())
    }
}

/// Reads a line without its end; nothing at the end of the input.
fn first_line(mut from: impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let mut byte = [0];
    while line.len() < PASSPHRASE_BYTES {
        if from.read(&mut byte)? == 0 {
            return Ok(Some(line).filter(|line| !line.is_empty()));
        }
        match byte {
            [b'\n'] => {
                line.pop_if(|last| *last == b'\r');
                return Ok(Some(line));
            }
            [byte] => line.push(byte),
        }
    }
    Ok(Some(line))
}

#[cfg(unix)]
fn piped_stdin() -> Result<File, GoError> {
    use std::os::fd::AsFd;
    use std::os::unix::fs::FileTypeExt;
    let stdin = io::stdin().as_fd().try_clone_to_owned().map(File::from);
    let stdin = stdin.map_err(|error| path_error("stat", Path::new("/dev/stdin"), &error))?;
    match stdin.metadata().is_ok_and(|info| info.file_type().is_fifo()) {
        true => Ok(stdin),
        false => Err(GoError::new("specified reading passphrase from stdin, without input on stdin")),
    }
}

#[cfg(not(unix))]
fn piped_stdin() -> Result<io::Stdin, GoError> {
    Ok(io::stdin())
}

/// Asks for the passphrase of a key on the terminal.
///
/// # Errors
/// `inappropriate ioctl for device` where there is no terminal.
pub fn ask(key: &str) -> Result<Vec<u8>, GoError> {
    let name = String::from_utf8_lossy(&gostd::strconv::quote(key.as_bytes())).into_owned();
    let answer = password::ask(&format!("Password for key {name} >  "));
    answer.map(String::into_bytes).map_err(|failure| GoError::new(failure.message))
}

#[cfg(test)]
mod tests {
    use super::first_line;

    #[test]
    fn a_passphrase_is_the_first_line() {
        let long = "x".repeat(5000);
        let cases: [(&str, Option<&str>); 6] = [
            ("", None),
            ("\n", Some("")),
            ("a b \r\nc\n", Some("a b ")),
            ("no end", Some("no end")),
            ("a\rb\n", Some("a\rb")),
            (&long, Some(&long[..4096])),
        ];
        for (text, want) in cases {
            let line = first_line(text.as_bytes()).unwrap();
            assert_eq!(line, want.map(|want| want.as_bytes().to_vec()), "{text:?}");
        }
    }
}
