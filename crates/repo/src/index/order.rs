//! Puts versions in order as Go's `sort.Sort(sort.Reverse(versions))` does: of equal ones the order is that of its
//! algorithm.

use std::cmp::Ordering;

/// Go sorts up to so many by insertion, which keeps the order of equal ones.
const INSERTED: usize = 12;

/// Sorts so that the newest version comes first. `compare` orders two by age, the older one less.
///
/// Versions that differ in metadata only are equal. Go keeps their order in lists of up to twelve and in lists that are
/// sorted already, which is what indexes made by Helm hold; in other lists its order is that of pattern-defeating
/// quicksort, and ours the order of the file.
pub fn sort_newest_first<T>(versions: &mut [T], compare: impl Fn(&T, &T) -> Ordering) {
    let newer = |a: &T, b: &T| compare(b, a);
    if versions.len() <= INSERTED || !versions.is_sorted_by(|a, b| newer(a, b).is_le()) {
        versions.sort_by(newer);
    }
}
