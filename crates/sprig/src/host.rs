//! What the functions need from outside, handed in by the caller: clock, randomness, names; and what they remember.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::SystemTime;

use gostd::regexp::Regexp;
use gostd::semver::Constraints;
use gostd::{GoError, Str};
use gotemplate::exec::Exec;

/// How many compiled patterns a host keeps of each sort before it forgets them all.
const REMEMBERED: usize = 4096;

/// Random bytes that are drawn at a time: a system call for each number would be most of `shuffle`.
const DRAWN_BYTES: usize = 1024;

type Memory<T> = RefCell<HashMap<Str, Rc<T>>>;

/// The world as the functions see it. Attach one to an execution: `exec.extension::<Host>()` finds it.
pub struct Host {
    /// The current time.
    pub clock: fn() -> SystemTime,
    /// Fills a buffer with random bytes fit for keys; the text is the error's.
    pub random: fn(&mut [u8]) -> Result<(), String>,
    /// Looks up the addresses of a name; nothing when there are none.
    pub lookup_host: fn(&str) -> Vec<String>,
    /// Random bytes for numbers, drawn many at a time.
    drawn: RefCell<Vec<u8>>,
    regexps: Memory<Regexp>,
    constraints: Memory<Constraints>,
}

impl Host {
    /// Makes a host of the three things that it cannot know itself.
    pub fn new(
        clock: fn() -> SystemTime,
        random: fn(&mut [u8]) -> Result<(), String>,
        lookup_host: fn(&str) -> Vec<String>,
    ) -> Self {
        Host {
            clock,
            random,
            lookup_host,
            drawn: RefCell::default(),
            regexps: Memory::default(),
            constraints: Memory::default(),
        }
    }

    /// Makes a host of this machine's clock, random source and resolver.
    pub fn system() -> Self {
        Host::new(SystemTime::now, |buffer| getrandom::fill(buffer).map_err(|err| err.to_string()), lookup)
    }

    /// Returns the host of an execution.
    ///
    /// # Errors
    /// When the caller attached none.
    pub(crate) fn of<'e>(exec: &'e Exec<'_>) -> Result<&'e Host, GoError> {
        exec.extension::<Host>().ok_or_else(|| GoError::new("no host for clock, randomness and names"))
    }

    pub(crate) fn fill(&self, buffer: &mut [u8]) -> Result<(), GoError> {
        (self.random)(buffer).map_err(GoError::new)
    }

    fn draw(&self) -> Result<u64, GoError> {
        let mut drawn = self.drawn.borrow_mut();
        if drawn.is_empty() {
            drawn.resize(DRAWN_BYTES, 0);
            self.fill(&mut drawn)?;
        }
        let rest = drawn.len().saturating_sub(8);
        let draw = drawn[rest..].try_into().map_or(0, u64::from_le_bytes);
        drawn.truncate(rest);
        Ok(draw)
    }

    /// Returns an evenly distributed number below `n`, which is not zero.
    pub(crate) fn below(&self, n: u64) -> Result<u64, GoError> {
        // Draws past the last whole multiple of `n` are thrown away: they would favour small numbers.
        let rest = (u64::MAX % n + 1) % n;
        loop {
            let draw = self.draw()?;
            if draw <= u64::MAX - rest {
                return Ok(draw % n);
            }
        }
    }

    /// Compiles a regular expression, once.
    pub(crate) fn regexp(&self, pattern: &Str) -> Result<Rc<Regexp>, GoError> {
        remembered(&self.regexps, pattern, || Regexp::new(pattern))
    }

    /// Parses a version constraint, once.
    pub(crate) fn constraints(&self, text: &Str) -> Result<Rc<Constraints>, GoError> {
        remembered(&self.constraints, text, || Constraints::new(text))
    }
}

fn remembered<T>(memory: &Memory<T>, key: &Str, make: impl FnOnce() -> Result<T, GoError>) -> Result<Rc<T>, GoError> {
    if let Some(known) = memory.borrow().get(key) {
        return Ok(known.clone());
    }
    let made = Rc::new(make()?);
    let mut memory = memory.borrow_mut();
    if memory.len() >= REMEMBERED {
        memory.clear();
    }
    memory.insert(key.clone(), made.clone());
    Ok(made)
}

fn lookup(name: &str) -> Vec<String> {
    use std::net::ToSocketAddrs;
    let Ok(addresses) = (name, 0).to_socket_addrs() else { return Vec::new() };
    let mut all: Vec<String> = Vec::new();
    for address in addresses {
        let text = address.ip().to_string();
        if !all.contains(&text) {
            all.push(text);
        }
    }
    all
}
