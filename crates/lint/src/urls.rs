//! What lint takes for a URL or a mail address: the rules of github.com/asaskevich/govalidator 11 (2023-03-01).

use gostd::regexp::Regexp;
use gostd::url::Url;

/// Follows `IsRequestURL`: an absolute URI with a scheme.
pub fn is_request_url(text: &str) -> bool {
    !text.is_empty() && Url::parse_request_uri(text.as_bytes()).is_ok_and(|url| !url.scheme.is_empty())
}

const MIN_URL_LENGTH: usize = 3;
const MAX_URL_LENGTH: usize = 2083;

/// Follows `IsURL`: a host with or without a scheme, user, port and path.
pub fn is_url(text: &str) -> bool {
    if text.len() <= MIN_URL_LENGTH || text.chars().count() >= MAX_URL_LENGTH || text.starts_with('.') {
        return false;
    }
    let with_scheme = match text.contains(':') && !text.contains("://") {
        true => format!("http://{text}"),
        false => text.to_string(),
    };
    let Ok(url) = Url::parse(with_scheme.as_bytes()) else { return false };
    if url.host.starts_with(b".") || (url.host.is_empty() && !url.path.is_empty() && !url.path.contains(&b'.')) {
        return false;
    }
    matches(&url_pattern(), text)
}

/// Follows `IsEmail`: RFC 5322's address without comments, the domain with a dot.
pub fn is_email(text: &str) -> bool {
    matches(&email_pattern(), text)
}

fn matches(pattern: &str, text: &str) -> bool {
    Regexp::new(pattern.as_bytes()).is_ok_and(|pattern| pattern.is_match(text.as_bytes()))
}

fn url_pattern() -> String {
    let word = r"a-zA-Z\x{00a1}-\x{ffff}";
    let octet = r"(\d{1,2}|1\d\d|2[0-4]\d|25[0-5])";
    let ipv4 =
        format!(r"([1-9]\d?|1\d\d|2[01]\d|22[0-3]|24\d|25[0-5])(\.{octet}){{2}}\.([0-9]\d?|1\d\d|2[0-4]\d|25[0-5])");
    let labels = r"[a-zA-Z0-9]([a-zA-Z0-9_-]+)?[a-zA-Z0-9]([-.][a-zA-Z0-9]+)*";
    let subdomain = r"www\.|[a-zA-Z0-9]+([-_.]?[a-zA-Z0-9])*[a-zA-Z0-9]\.[a-zA-Z0-9]+";
    let name = format!(r"(({labels})|({subdomain})?)?(([{word}0-9]+-?-?)*[{word}0-9]+)(\.[{word}]+)?");
    format!(
        r"^((ftp|tcp|udp|wss?|https?)://)?(\S+(:\S*)?@)?({ipv4}|\[({})\]|{name})\.?(:\d{{1,5}})?([/?#]\S*)?$",
        ipv6_pattern()
    )
}

fn ipv6_pattern() -> String {
    let group = "[0-9a-fA-F]{1,4}";
    let octet = r"(25[0-5]|(2[0-4]|1?[0-9])?[0-9])";
    let ipv4 = format!(r"({octet}\.){{3}}{octet}");
    // Groups in front of `::` and behind it.
    let shortened: Vec<_> =
        (1..=6).map(|front| format!("({group}:){{1,{front}}}(:{group}){{1,{}}}", 7 - front)).collect();
    let others = [
        format!("({group}:){{7}}{group}"),
        format!("({group}:){{1,7}}:"),
        format!(":((:{group}){{1,7}}|:)"),
        "fe80:(:[0-9a-fA-F]{0,4}){0,4}%[0-9a-zA-Z]+".to_string(),
        format!("::(ffff(:0{{1,4}})?:)?{ipv4}"),
        format!("({group}:){{1,4}}:{ipv4}"),
    ];
    [shortened, others.to_vec()].concat().join("|")
}

fn email_pattern() -> String {
    let wide = r"\x{00A0}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFEF}";
    let atom = format!("[a-zA-Z0-9!#$%&'*+/=?^_`{{|}}~{wide}-]+");
    let blank = r"(([ \t]*\r\n)?[ \t]+)?";
    // By a misplaced bracket in the original, each character has a quote in front of it.
    let character =
        format!(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f!\x23-\x5b\x5d-\x7e{wide}]|\([\x01-\x09\x0b\x0c\x0d-\x7f]");
    let quoted = format!(r#"("{blank}({character}))*{blank}""#);
    let label = format!("([a-zA-Z0-9{wide}]|[a-zA-Z0-9{wide}][a-zA-Z0-9._~{wide}-]*[a-zA-Z0-9{wide}])");
    let top = format!("([a-zA-Z{wide}]|[a-zA-Z{wide}][a-zA-Z0-9_~{wide}-]*[a-zA-Z{wide}])");
    format!(r"^(({atom}(\.{atom})*)|({quoted}))@({label}\.)+{top}\.?$")
}

#[cfg(test)]
mod tests {
    use super::{is_email, is_request_url, is_url};
    use gostd::json;

    #[test]
    fn urls_and_addresses_are_told_from_other_texts() {
        for row in include_str!("../tests/data/urls.txt").lines().filter(|row| !row.starts_with('#')) {
            let (want, text) = row.split_once(' ').expect("two columns");
            let text = json::decode(text.as_bytes()).expect("JSON");
            let text = text.as_str().and_then(|text| text.to_utf8().map(str::to_string)).expect("a text");
            let got: String = [is_url(&text), is_request_url(&text), is_email(&text)]
                .map(|is| if is { '1' } else { '0' })
                .iter()
                .collect();
            assert_eq!(got, want, "{text:?}");
        }
    }
}
