//! Reads numbers and pieces from the front of bytes.

use pgp::types::Mpi;

use crate::fault::Fault;

/// What is left to read.
pub struct Cursor<'a> {
    pub rest: &'a [u8],
    /// The bytes were cut off: who wants all of them fails.
    pub is_cut: bool,
}

impl<'a> Cursor<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Cursor { rest: bytes, is_cut: false }
    }

    pub fn take(&mut self, count: usize) -> Result<&'a [u8], Fault> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(Fault::END)?;
        self.rest = rest;
        Ok(taken)
    }

    /// Takes everything to the end.
    pub fn all(&mut self) -> Result<&'a [u8], Fault> {
        match self.is_cut {
            true => Err(Fault::END),
            false => self.take(self.rest.len()),
        }
    }

    pub fn u8(&mut self) -> Result<u8, Fault> {
        Ok(self.take(1)?.first().copied().unwrap_or_default())
    }

    pub fn u16(&mut self) -> Result<u16, Fault> {
        self.number(2).map(|number| number as u16)
    }

    pub fn u32(&mut self) -> Result<u32, Fault> {
        self.number(4)
    }

    fn number(&mut self, bytes: usize) -> Result<u32, Fault> {
        Ok(self.take(bytes)?.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }

    /// Takes a number of any size: its bits, then its bytes.
    pub fn mpi(&mut self) -> Result<&'a [u8], Fault> {
        let bits = usize::from(self.u16()?);
        self.take(bits.div_ceil(8))
    }

    pub fn owned_mpi(&mut self) -> Result<Mpi, Fault> {
        self.mpi().map(Mpi::from_slice)
    }

    /// Takes a piece with its length in one byte before it, as identifiers of curves have.
    pub fn short(&mut self) -> Result<&'a [u8], Fault> {
        match self.u8()? {
            0 | 255 => Err(Fault::unsupported("reserved for future extensions")),
            length => self.take(usize::from(length)),
        }
    }
}
