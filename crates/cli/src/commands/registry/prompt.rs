//! Questions on a terminal: on stdout, as Helm asks them; what is secret is not shown while it is typed.

use std::io::Read;

use chart::os_error::reason;

use crate::failure::Failure;

/// No name and no password is longer.
const LINE_BYTES: usize = 4096;

/// Asks for a line.
///
/// # Errors
/// `EOF` where there is none.
pub fn line(question: &str) -> Result<String, Failure> {
    ask(question)?;
    read_line()
}

/// Asks for a line that is not shown.
///
/// # Errors
/// As [`line`]; what the system says where standard input is no terminal.
pub fn secret(question: &str) -> Result<String, Failure> {
    // Before the question: who answers at once is not shown either.
    let silence = Silence::begin();
    ask(question)?;
    let silence = silence.map_err(|error| Failure::new(reason(&error)))?;
    let line = read_line();
    drop(silence);
    let line = line?;
    crate::out::write(b"\n")?;
    Ok(line)
}

fn ask(question: &str) -> Result<(), Failure> {
    crate::out::write(question.as_bytes())
}

fn read_line() -> Result<String, Failure> {
    let mut stdin = std::io::stdin().lock();
    let mut line = Vec::new();
    let mut byte = [0];
    while line.len() < LINE_BYTES {
        match stdin.read(&mut byte) {
            Ok(0) if line.is_empty() => return Err(Failure::new("EOF")),
            Ok(0) => break,
            Ok(_) if byte == *b"\n" => break,
            Ok(_) => line.extend_from_slice(&byte),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Failure::new(format!("read /dev/stdin: {}", reason(&error)))),
        }
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(String::from_utf8_lossy(&line).into_owned())
}

/// While this lives, the terminal does not show what is typed.
#[cfg(unix)]
struct Silence {
    before: rustix::termios::Termios,
}

#[cfg(unix)]
impl Silence {
    fn begin() -> std::io::Result<Self> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let stdin = std::io::stdin();
        let before = tcgetattr(&stdin)?;
        let mut silent = before.clone();
        silent.local_modes -= LocalModes::ECHO;
        tcsetattr(&stdin, OptionalActions::Now, &silent)?;
        Ok(Silence { before })
    }
}

#[cfg(unix)]
impl Drop for Silence {
    fn drop(&mut self) {
        // If this fails there is no terminal any more.
        let _ = rustix::termios::tcsetattr(std::io::stdin(), rustix::termios::OptionalActions::Now, &self.before);
    }
}

#[cfg(not(unix))]
struct Silence;

#[cfg(not(unix))]
impl Silence {
    fn begin() -> std::io::Result<Self> {
        Ok(Silence)
    }
}
