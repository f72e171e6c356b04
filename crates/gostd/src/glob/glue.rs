//! Neighbouring matchers become one where a simpler form is known: follows `glueMatchers` and `minimizeMatchers`.

use super::matcher::Matcher;

/// Joins the longest runs of matchers that can be joined, again and again.
pub(super) fn minimize(mut matchers: Vec<Matcher>) -> Vec<Matcher> {
    while let Some((glued, left, right)) = best(&matchers) {
        let before = matchers.len();
        matchers.splice(left..right, [glued]);
        if matchers.len() == before {
            break;
        }
    }
    matchers
}

/// Finds what is joined first: more matchers, or a longer run of known length.
///
/// From each matcher on, only the longest run counts: shorter ones have fewer matchers and are not longer.
fn best(matchers: &[Matcher]) -> Option<(Matcher, usize, usize)> {
    let mut best: Option<(Matcher, usize, usize)> = None;
    for left in 0..matchers.len() {
        let rest = matchers.get(left..)?;
        let rows = rest.iter().take_while(|matcher| matcher.length().is_some()).count();
        let right = left + rows.max(counting(rest));
        let Some(found) = matchers.get(left..right).and_then(glue) else {
            continue;
        };
        let better = best.as_ref().is_none_or(|(known, from, to)| {
            let longer = matches!((known.length(), found.length()), (Some(a), Some(b)) if b > a);
            longer || to - from < right - left
        });
        if better {
            best = Some((found, left, right));
        }
    }
    best
}

/// Makes one matcher of several, if there is one for them.
pub(super) fn glue(matchers: &[Matcher]) -> Option<Matcher> {
    match matchers.len() {
        0 | 1 => None,
        all if counting(matchers) == all => Some(every(matchers)),
        _ => row(matchers),
    }
}

/// How many of the first matchers only count characters and keep out the same ones.
fn counting(matchers: &[Matcher]) -> usize {
    let same = matchers.first().and_then(kept_out);
    matchers.iter().take_while(|matcher| same.is_some() && kept_out(matcher) == same).count()
}

/// The characters that a matcher keeps out, if that is all it looks at.
fn kept_out(matcher: &Matcher) -> Option<&[char]> {
    match matcher {
        Matcher::Super => Some(&[]),
        Matcher::Any(chars) | Matcher::Single(chars) | Matcher::List { chars, not: true } => Some(chars),
        _ => None,
    }
}

fn row(matchers: &[Matcher]) -> Option<Matcher> {
    let length = matchers.iter().try_fold(0, |sum, matcher| Some(sum + matcher.length()?))?;
    Some(Matcher::Row { matchers: matchers.to_vec(), length })
}

/// One matcher for those that only count characters.
fn every(matchers: &[Matcher]) -> Matcher {
    let any = matchers.iter().any(|matcher| matches!(matcher, Matcher::Any(_)));
    let anything = matchers.iter().any(|matcher| matches!(matcher, Matcher::Super));
    let singles = matchers.iter().filter(|matcher| matcher.length() == Some(1)).count();
    let separators = matchers.first().and_then(kept_out).unwrap_or_default();
    match (any, anything, singles) {
        (false, true, 0) => return Matcher::Super,
        (true, false, 0) => return Matcher::Any(separators.to_vec()),
        (true, _, 1..) | (_, true, 1..) if separators.is_empty() => return Matcher::Min(singles),
        _ => {}
    }
    let mut all = Vec::new();
    if singles > 0 {
        all.push(Matcher::Min(singles));
        if !any && !anything {
            all.push(Matcher::Max(singles));
        }
    }
    if !separators.is_empty() {
        // As in Go: with several separators, only all of them in a row are kept out.
        all.push(Matcher::Contains { needle: separators.iter().collect(), not: true });
    }
    Matcher::EveryOf(all)
}
