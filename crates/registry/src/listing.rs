//! Lists that registries give page by page: of tags, of repositories (`Tags` and `Repositories` of oras-go's
//! `registry/remote`).

use std::collections::BTreeSet;

use gostd::url::Url;

use crate::error::Error;
use crate::failure;
use crate::http::{Answer, resolve, same_origin, url_text};
use crate::json::{self, Nameless};
use crate::quote;
use crate::repository::METADATA_BYTES;

/// Registries choose the size of a page; 50 is the smallest that is met.
const PAGES: usize = 10_000;
const ITEMS: usize = 1_000_000;

/// What is listed.
pub struct Listing<'a> {
    pub page: &'a Nameless,
    /// The member of a page that holds its items.
    pub member: &'a str,
    /// What errors call the list.
    pub name: &'a str,
    /// Which items are wanted.
    pub keep: &'a dyn Fn(&str) -> bool,
}

/// Returns the items that are wanted of all pages, in the registry's order.
///
/// # Errors
/// What the registry says, an answer that is no list, a next page at another origin; ours for lists without end.
pub fn all(
    first: Url,
    listing: &Listing<'_>,
    get: &dyn Fn(Url) -> Result<Answer, Error>,
) -> Result<Vec<String>, Error> {
    let mut url = first;
    let mut seen = BTreeSet::new();
    let mut items = Vec::new();
    loop {
        if !seen.insert(url_text(&url)) || seen.len() > PAGES {
            return Err(endless(listing, seen.len()));
        }
        let answer = get(url)?;
        if answer.status != 200 {
            return Err(failure::of(answer));
        }
        let next = next_page(&answer);
        items.extend(page(answer, listing)?.into_iter().filter(|item| (listing.keep)(item)));
        if items.len() > ITEMS {
            return Err(endless(listing, seen.len()));
        }
        match next? {
            Some(next) => url = next,
            None => return Ok(items),
        }
    }
}

fn endless(listing: &Listing<'_>, pages: usize) -> Error {
    Error::limit(format!("{} has no end; {pages} pages were read", listing.name))
}

fn page(answer: Answer, listing: &Listing<'_>) -> Result<Vec<String>, Error> {
    let place = answer.place();
    let body = answer.read(METADATA_BYTES);
    let undecoded = |text: String| Error::new(format!("{place}: failed to decode response: {text}"));
    if let Some(broken) = body.broken {
        return Err(undecoded(broken));
    }
    let page = listing.page.read_first(&body.bytes).map_err(|error| undecoded(error.text))?;
    let text = |item: &gostd::Value| item.as_str().map(|text| text.to_text().into_owned());
    Ok(json::items(&page, listing.member).iter().filter_map(text).collect())
}

/// Reads the header `Link` (`parseLink` of oras-go).
fn next_page(answer: &Answer) -> Result<Option<Url>, Error> {
    let link = answer.header("link");
    if link.is_empty() {
        return Ok(None);
    }
    let invalid = |link: &str, why: String| Error::new(format!("invalid next link {}: {why}", quote(link)));
    let rest = link.strip_prefix('<').ok_or_else(|| invalid(link, "missing '<'".to_owned()))?;
    let (target, _) = rest.split_once('>').ok_or_else(|| invalid(link, "missing '>'".to_owned()))?;
    let url = resolve(&answer.url, target)?;
    match same_origin(&answer.url, &url) {
        true => Ok(Some(url)),
        false => Err(invalid(target, format!("not the same origin as {}", quote(&url_text(&answer.url))))),
    }
}
