//! DSA keys of 2048 and 256 bits, as `crypto/dsa` makes them. Nobody should want one; sprig offers it.

use num_bigint::BigUint;

use super::{asn1, der};

/// P, Q, G, Y and X.
pub(crate) struct DsaKey([BigUint; 5]);

const P_BITS: u64 = 2048;
const Q_BYTES: usize = 32;
/// Rounds of the primality test, as in Go.
const ROUNDS: usize = 64;

type Random<'a> = &'a mut dyn FnMut(&mut [u8]) -> Result<(), String>;

impl DsaKey {
    /// Makes parameters and a key.
    pub(crate) fn generate(random: Random<'_>) -> Result<DsaKey, String> {
        let (p, q) = primes(random)?;
        let one = BigUint::from(1_u8);
        let exponent = (&p - &one) / &q;
        let mut base = BigUint::from(2_u8);
        let mut g = base.modpow(&exponent, &p);
        while g == one {
            base += 1_u8;
            g = base.modpow(&exponent, &p);
        }
        let x = loop {
            let x = number(random, Q_BYTES)?;
            if x != BigUint::ZERO && x < q {
                break x;
            }
        };
        let y = g.modpow(&x, &p);
        Ok(DsaKey([p, q, g, y, x]))
    }

    /// Reads a key; its numbers are not checked, as in sprig.
    pub(crate) fn parse(der: &[u8]) -> Result<DsaKey, String> {
        let (leaves, _) = asn1::unmarshal(der, &asn1::DSA)?;
        let part = |i: usize| BigUint::from_bytes_be(leaves.get(i).copied().flatten().unwrap_or_default());
        Ok(DsaKey(std::array::from_fn(|i| part(i + 1))))
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        let parts: Vec<Vec<u8>> = self.0.iter().map(|part| der::integer(&part.to_bytes_be())).collect();
        let mut all = vec![&[der::INTEGER, 1, 0][..]];
        all.extend(parts.iter().map(Vec::as_slice));
        der::sequence(&all)
    }
}

fn number(random: Random<'_>, bytes: usize) -> Result<BigUint, String> {
    let mut buffer = vec![0; bytes];
    random(&mut buffer)?;
    Ok(BigUint::from_bytes_be(&buffer))
}

/// Finds a prime Q of 256 bits and a prime P of 2048 bits with P - 1 a multiple of Q.
fn primes(random: Random<'_>) -> Result<(BigUint, BigUint), String> {
    loop {
        let mut q = number(random, Q_BYTES)?;
        q.set_bit(0, true);
        q.set_bit(255, true);
        if !is_prime(&q, random)? {
            continue;
        }
        for _ in 0..4 * P_BITS {
            let mut p = number(random, P_BITS as usize / 8)?;
            p.set_bit(0, true);
            p.set_bit(P_BITS - 1, true);
            let rest = &p % &q;
            p = p + 1_u8 - rest;
            if p.bits() == P_BITS && is_prime(&p, random)? {
                return Ok((p, q));
            }
        }
    }
}

const SMALL: [u32; 53] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109,
    113, 127, 131, 137, 139, 149, 151, 157, 163, 167, 173, 179, 181, 191, 193, 197, 199, 211, 223, 227, 229, 233, 239,
    241, 251,
];

/// Tests a large odd number by small divisors, then by Miller and Rabin.
fn is_prime(n: &BigUint, random: Random<'_>) -> Result<bool, String> {
    if !n.bit(0) || SMALL.iter().any(|small| n % *small == BigUint::ZERO) {
        return Ok(false);
    }
    let one = BigUint::from(1_u8);
    let last = n - &one;
    let twos = last.trailing_zeros().unwrap_or(0);
    let odd = &last >> twos;
    let bytes = usize::try_from(n.bits() / 8).unwrap_or(0);
    for _ in 0..ROUNDS {
        let base = number(random, bytes)? % (n - 3_u8) + 2_u8;
        let mut power = base.modpow(&odd, n);
        let mut squared = 1;
        while power != one && power != last && squared < twos {
            power = &power * &power % n;
            squared += 1;
        }
        if power != last && (power != one || squared > 1) {
            return Ok(false);
        }
    }
    Ok(true)
}
