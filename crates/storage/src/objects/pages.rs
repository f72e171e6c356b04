//! Lists of objects, page by page: a namespace with thousands of records does not fit into memory at once.

use std::io::Read;

use release::stream::{Flow, Lexer, StreamError};

use super::api::{ApiError, Place};
use super::item::{self, Item, PIECE_BYTES, TEXT_BYTES};

/// Objects of one page: kubectl's number.
const PAGE: usize = 500;
/// No list has more pages; a server that gives the same token for ever is not followed for ever.
const PAGES_LIMIT: usize = 100_000;

/// Calls `each` for every object with the labels of a selector, in the order of the server. The object is a buffer for
/// all of them: what is wanted of it is taken out.
pub fn each(place: &Place, selector: &str, each: &mut dyn FnMut(&mut Item)) -> Result<(), ApiError> {
    let mut buffer = vec![0; PIECE_BYTES];
    let mut item = Item::default();
    let mut token = String::new();
    for _ in 0..PAGES_LIMIT {
        let answer = match place.page(selector, PAGE, &token) {
            Ok(answer) => answer,
            Err(error) => {
                // The list took longer than the server keeps its state; it goes on with the state of now.
                let next = error.continue_token.clone().filter(|_| error.is_expired() && !token.is_empty());
                token = next.ok_or(error)?;
                continue;
            }
        };
        token = page(answer, &mut buffer, &mut item, each)?;
        if token.is_empty() {
            return Ok(());
        }
    }
    Err(ApiError::plain("the list does not end"))
}

/// Reads a page, and returns the token of the next; empty after the last.
fn page(
    answer: Box<dyn Read + '_>,
    buffer: &mut [u8],
    item: &mut Item,
    each: &mut dyn FnMut(&mut Item),
) -> Result<String, ApiError> {
    let (mut token, mut kind, mut message) = (String::new(), String::new(), String::new());
    let mut lexer = Lexer::new(answer, buffer);
    lexer.members(|lexer, key| {
        match key {
            b"kind" => kind = lexer.text(TEXT_BYTES)?,
            b"message" => message = lexer.text(TEXT_BYTES)?,
            b"metadata" => token = continue_token(lexer)?,
            b"items" => {
                lexer.elements(|lexer| {
                    item::read(lexer, item)?;
                    each(item);
                    Ok(Flow::On)
                })?;
            }
            _ => lexer.skip()?,
        }
        Ok(Flow::On)
    })?;
    lexer.end()?;
    // A failure may come as a success.
    if kind == "Status" { Err(ApiError::plain(message)) } else { Ok(token) }
}

fn continue_token<R: Read>(lexer: &mut Lexer<'_, R>) -> Result<String, StreamError> {
    let mut token = String::new();
    lexer.members(|lexer, key| {
        match key {
            b"continue" => token = lexer.text(TEXT_BYTES)?,
            _ => lexer.skip()?,
        }
        Ok(Flow::On)
    })?;
    Ok(token)
}
