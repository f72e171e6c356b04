//! Passwords that people type (`golang.org/x/term.ReadPassword`).

use std::io::BufRead;

use crate::failure::Failure;
use crate::out;

/// Asks on stdout, and reads a line from the terminal without showing it.
///
/// # Errors
/// `inappropriate ioctl for device` where stdin is no terminal; `EOF` where it has ended.
pub fn ask(prompt: &str) -> Result<String, Failure> {
    out::write(prompt.as_bytes())?;
    let password = Hidden::begin().and_then(|_hidden| line(std::io::stdin().lock()));
    out::write(b"\n")?;
    password
}

/// While this lives, the terminal does not show what is typed.
pub struct Hidden {
    #[cfg(unix)]
    before: rustix::termios::Termios,
}

#[cfg(unix)]
impl Hidden {
    /// # Errors
    /// `inappropriate ioctl for device` where stdin is no terminal.
    pub fn begin() -> Result<Hidden, Failure> {
        use rustix::termios::{InputModes, LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let stdin = std::io::stdin();
        let failed = |error: rustix::io::Errno| Failure::new(crate::output_dir::reason(&error.into()));
        let before = tcgetattr(&stdin).map_err(failed)?;
        let mut hidden = before.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        hidden.local_modes.insert(LocalModes::ICANON | LocalModes::ISIG);
        hidden.input_modes.insert(InputModes::ICRNL);
        tcsetattr(&stdin, OptionalActions::Now, &hidden).map_err(failed)?;
        Ok(Hidden { before })
    }
}

#[cfg(unix)]
impl Drop for Hidden {
    fn drop(&mut self) {
        // Nothing better can be done when the terminal is gone.
        let _ = rustix::termios::tcsetattr(std::io::stdin(), rustix::termios::OptionalActions::Now, &self.before);
    }
}

#[cfg(not(unix))]
impl Hidden {
    /// # Errors
    /// None: here what is typed is shown.
    pub fn begin() -> Result<Hidden, Failure> {
        Ok(Hidden {})
    }
}

/// A longer line is no password.
const LINE_BYTES: usize = 1 << 20;

/// Reads a line.
///
/// # Errors
/// `EOF` where there is none.
pub fn line(input: impl BufRead) -> Result<String, Failure> {
    let mut text = Vec::new();
    for byte in input.bytes().take(LINE_BYTES) {
        match byte.map_err(|error| Failure::new(error.to_string()))? {
            b'\n' => return Ok(String::from_utf8_lossy(&text).into_owned()),
            byte => text.push(byte),
        }
    }
    if text.is_empty() { Err("EOF".into()) } else { Ok(String::from_utf8_lossy(&text).into_owned()) }
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn a_line_ends_with_the_line_or_the_input() {
        for (input, read) in [("a b\nc", Some("a b")), ("a", Some("a")), ("\n", Some("")), ("", None)] {
            assert_eq!(line(input.as_bytes()).ok().as_deref(), read, "{input:?}");
        }
    }
}
