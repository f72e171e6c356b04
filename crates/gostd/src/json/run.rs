//! Finds the end of the plain part of a string, eight bytes at a time.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

/// Bytes without quotes, backslashes and control characters, and whether all of them are ASCII.
pub(super) struct Run {
    pub length: usize,
    pub ascii: bool,
}

fn zero_bytes(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGHS
}

/// Marks the bytes that end a run; marks above the lowest may be false.
fn ends(word: u64) -> u64 {
    let control = word.wrapping_sub(ONES * 0x20) & !word & HIGHS;
    control | zero_bytes(word ^ (ONES * b'"' as u64)) | zero_bytes(word ^ (ONES * b'\\' as u64))
}

pub(super) fn plain(text: &[u8]) -> Run {
    let (words, rest) = text.as_chunks::<8>();
    let mut high = 0;
    for (i, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let ends = ends(word);
        if ends != 0 {
            let within = ends.trailing_zeros() / 8;
            let before = (1u64 << (8 * within)) - 1;
            high |= word & before & HIGHS;
            return Run { length: 8 * i + within as usize, ascii: high == 0 };
        }
        high |= word & HIGHS;
    }
    let tail = rest.iter().take_while(|b| **b >= 0x20 && !matches!(b, b'"' | b'\\'));
    let mut length = 8 * words.len();
    for byte in tail {
        high |= u64::from(*byte & 0x80);
        length += 1;
    }
    Run { length, ascii: high == 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_ends_at_the_first_special_byte() {
        for special in [b'"', b'\\', 0, 0x1F, b'\n'] {
            for before in 0..20 {
                let mut text = vec![b'a'; before];
                text.push(special);
                text.extend_from_slice(b"\"\\ zzzzzzzzzzzz");
                assert_eq!(plain(&text).length, before);
                assert!(plain(&text).ascii);
            }
        }
        assert!(!plain(b"aaaaaaaaa\xc3\xa9\"").ascii);
        assert!(!plain(b"a\xc3\xa9\"").ascii);
        assert!(plain(b"aaaa\"\xc3\xa9aaaaaa").ascii);
        assert_eq!(plain(b"aaaa\x7f\x80\xff zzzzzz").length, 14);
    }
}
