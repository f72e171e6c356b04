//! Content that is what its descriptor says (oras-go's `content.ReadAll`), and several at a time.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::digest::Digest;
use crate::error::Error;
use crate::http::{Answer, Body};
use crate::manifest::Descriptor;

/// As many as oras-go, dockerd and containerd.
const AT_A_TIME: usize = 3;

/// Reads the content that a descriptor names.
///
/// # Errors
/// `mismatched digest`, `trailing data`, `read failed: …`; ours for a size beyond the limit.
pub fn read(answer: Answer, wanted: &Descriptor, limit_bytes: u64) -> Result<Vec<u8>, Error> {
    let size = u64::try_from(wanted.size).map_err(|_| Error::new("invalid descriptor size"))?;
    if size > limit_bytes {
        return Err(too_large(wanted, limit_bytes));
    }
    check(answer.read(size.saturating_add(1)), wanted)
}

/// Returns the error of a content that is larger than it may be.
pub fn too_large(wanted: &Descriptor, limit_bytes: u64) -> Error {
    Error::limit(format!("{}: content size {} exceeds limit {limit_bytes}", wanted.digest, wanted.size))
}

/// Checks what was read against its descriptor.
///
/// # Errors
/// As [`read`].
pub fn check(body: Body, wanted: &Descriptor) -> Result<Vec<u8>, Error> {
    let length = i64::try_from(body.bytes.len()).unwrap_or(i64::MAX);
    let broken = body.broken.or_else(|| (length < wanted.size).then(|| "unexpected EOF".to_owned()));
    match broken.as_deref() {
        Some("unexpected EOF") => {
            let Descriptor { size, digest, .. } = wanted;
            let text = format!(
                "read failed: expected content size of {size}, got {length}, for digest {digest}: unexpected EOF"
            );
            return Err(Error::new(text));
        }
        Some(broken) => return Err(Error::new(format!("read failed: {broken}"))),
        None => {}
    }
    if length > wanted.size {
        return Err(Error::new("trailing data"));
    }
    match Digest::parse(&wanted.digest)?.is_of(&body.bytes) {
        true => Ok(body.bytes),
        false => Err(Error::new("mismatched digest")),
    }
}

/// Works on items, a few at a time; returns the results in the order of the items.
///
/// # Errors
/// That of the first item that failed; what was not begun then is left.
pub fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> Result<R, Error> + Sync) -> Result<Vec<R>, Error> {
    let results: Vec<Mutex<Option<Result<R, Error>>>> = items.iter().map(|_| Mutex::new(None)).collect();
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let take = || {
        while !stop.load(Ordering::Relaxed) {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let (Some(item), Some(slot)) = (items.get(at), results.get(at)) else { return };
            let result = work(item);
            if result.is_err() {
                stop.store(true, Ordering::Relaxed);
            }
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        }
    };
    match items.len() {
        0 | 1 => take(),
        many => std::thread::scope(|scope| {
            (1..many.min(AT_A_TIME)).for_each(|_| drop(scope.spawn(take)));
            take();
        }),
    }
    let results = results.into_iter().filter_map(|slot| slot.into_inner().unwrap_or_else(PoisonError::into_inner));
    results.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str, broken: Option<&str>) -> Body {
        Body { bytes: text.into(), broken: broken.map(str::to_owned) }
    }

    #[test]
    fn only_the_content_of_a_descriptor_passes() {
        let wanted = Descriptor::of("t", b"abc");
        let digest = &wanted.digest;
        let short = format!("read failed: expected content size of 3, got 2, for digest {digest}: unexpected EOF");
        let cases = [
            (body("abc", None), Ok("abc".into())),
            (body("abd", None), Err("mismatched digest".to_owned())),
            (body("abcd", None), Err("trailing data".to_owned())),
            (body("ab", None), Err(short.clone())),
            (body("ab", Some("unexpected EOF")), Err(short)),
            (body("ab", Some("reset")), Err("read failed: reset".to_owned())),
        ];
        for (body, expected) in cases {
            assert_eq!(check(body, &wanted).map_err(|e| e.text), expected);
        }
    }

    #[test]
    fn results_come_in_order_and_the_first_error_counts() {
        let items: Vec<u32> = (0..20).collect();
        assert_eq!(each(&items, |n| Ok(n * 2)), Ok(items.iter().map(|n| n * 2).collect()));
        let odd = |n: &u32| if n % 2 == 1 { Err(Error::new(n.to_string())) } else { Ok(*n) };
        assert!(each(&items, odd).is_err_and(|error| error.text == "1"));
        assert_eq!(each(&[], |n: &u32| Ok(*n)), Ok(Vec::new()));
    }
}
