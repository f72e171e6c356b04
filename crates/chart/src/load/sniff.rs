//! What kind of file something is by its first bytes: Go's `http.DetectContentType`, which Helm names in an error.

/// Bytes that are looked at; of shorter files the rest is zeros, as in Helm.
pub const SNIFF_BYTES: usize = 512;

/// Bytes at their places, and what they stand for.
type Signature = (&'static [(usize, &'static [u8])], &'static str);

const HTML_TAGS: [&str; 17] = [
    "<!DOCTYPE HTML",
    "<HTML",
    "<HEAD",
    "<SCRIPT",
    "<IFRAME",
    "<H1",
    "<DIV",
    "<FONT",
    "<TABLE",
    "<A",
    "<STYLE",
    "<TITLE",
    "<B",
    "<BODY",
    "<BR",
    "<P",
    "<!--",
];

/// In the order in which they are tried, after HTML and XML.
const BEFORE_MP4: [Signature; 20] = [
    (&[(0, b"%PDF-")], "application/pdf"),
    (&[(0, b"%!PS-Adobe-")], "application/postscript"),
    (&[(0, b"\xFE\xFF")], "text/plain; charset=utf-16be"),
    (&[(0, b"\xFF\xFE")], "text/plain; charset=utf-16le"),
    (&[(0, b"\xEF\xBB\xBF")], "text/plain; charset=utf-8"),
    (&[(0, b"\x00\x00\x01\x00")], "image/x-icon"),
    (&[(0, b"\x00\x00\x02\x00")], "image/x-icon"),
    (&[(0, b"BM")], "image/bmp"),
    (&[(0, b"GIF87a")], "image/gif"),
    (&[(0, b"GIF89a")], "image/gif"),
    (&[(0, b"RIFF"), (8, b"WEBPVP")], "image/webp"),
    (&[(0, b"\x89PNG\x0D\x0A\x1A\x0A")], "image/png"),
    (&[(0, b"\xFF\xD8\xFF")], "image/jpeg"),
    (&[(0, b"FORM"), (8, b"AIFF")], "audio/aiff"),
    (&[(0, b"ID3")], "audio/mpeg"),
    (&[(0, b"OggS\x00")], "application/ogg"),
    (&[(0, b"MThd\x00\x00\x00\x06")], "audio/midi"),
    (&[(0, b"RIFF"), (8, b"AVI ")], "video/avi"),
    (&[(0, b"RIFF"), (8, b"WAVE")], "audio/wave"),
    (&[(0, b"\x1A\x45\xDF\xA3")], "video/webm"),
];

const AFTER_MP4: [Signature; 11] = [
    (&[(34, b"LP")], "application/vnd.ms-fontobject"),
    (&[(0, b"\x00\x01\x00\x00")], "font/ttf"),
    (&[(0, b"OTTO")], "font/otf"),
    (&[(0, b"ttcf")], "font/collection"),
    (&[(0, b"wOFF")], "font/woff"),
    (&[(0, b"wOF2")], "font/woff2"),
    (&[(0, b"\x1F\x8B\x08")], "application/x-gzip"),
    (&[(0, b"PK\x03\x04")], "application/zip"),
    (&[(0, b"Rar!\x1A\x07\x00")], "application/x-rar-compressed"),
    (&[(0, b"Rar!\x1A\x07\x01\x00")], "application/x-rar-compressed"),
    (&[(0, b"\x00\x61\x73\x6D")], "application/wasm"),
];

/// Returns the media type of the start of a file.
pub fn content_type(start: &[u8; SNIFF_BYTES]) -> &'static str {
    let blanks = start.iter().take_while(|b| matches!(b, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')).count();
    let text = &start[blanks..];
    if HTML_TAGS.iter().any(|tag| is_tag(text, tag.as_bytes())) {
        return "text/html; charset=utf-8";
    }
    if text.starts_with(b"<?xml") {
        return "text/xml; charset=utf-8";
    }
    // Webm comes after mp4 in Go's table, but no file is both.
    if let Some(kind) = find(start, &BEFORE_MP4) {
        return kind;
    }
    if is_mp4(start) {
        return "video/mp4";
    }
    if let Some(kind) = find(start, &AFTER_MP4) {
        return kind;
    }
    let binary = |b: &u8| matches!(b, 0..=0x08 | 0x0B | 0x0E..=0x1A | 0x1C..=0x1F);
    if text.iter().any(binary) { "application/octet-stream" } else { "text/plain; charset=utf-8" }
}

fn find(start: &[u8], signatures: &[Signature]) -> Option<&'static str> {
    let fits = |(at, bytes): &(usize, &[u8])| start.get(*at..).is_some_and(|rest| rest.starts_with(bytes));
    signatures.iter().find(|(parts, _)| parts.iter().all(fits)).map(|(_, kind)| *kind)
}

/// A tag in any case, with a blank or `>` behind it.
fn is_tag(text: &[u8], tag: &[u8]) -> bool {
    let same = |(found, wanted): (&u8, &u8)| match wanted {
        b'A'..=b'Z' => found & 0xDF == *wanted,
        _ => found == wanted,
    };
    matches!(text.get(tag.len()), Some(b' ' | b'>')) && text.iter().zip(tag).all(same)
}

fn is_mp4(start: &[u8; SNIFF_BYTES]) -> bool {
    let [a, b, c, d, ..] = start;
    let size = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
    if size > SNIFF_BYTES || !size.is_multiple_of(4) || &start[4..8] != b"ftyp" {
        return false;
    }
    let brands = (8..size).step_by(4).filter(|at| *at != 12);
    brands.into_iter().any(|at| start[at..].starts_with(b"mp4"))
}
