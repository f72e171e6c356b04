//! What the API server warns of (deprecated kinds, fields it does not know), as client-go logs it.

use std::io::Write as _;
use std::time::SystemTime;

use cluster::Client;
use gostd::strconv;
use gostd::time::{Time, Zone};

/// Prints the warnings that came since the last call.
pub fn tell(client: &Client) {
    for text in client.take_warnings() {
        let line = line(&Time::from_system(SystemTime::now(), Zone::local()), std::process::id(), &text);
        // There is nowhere left to say that stderr is closed.
        let _ = std::io::stderr().lock().write_all(&line);
    }
}

/// A line of klog: `I1121 15:04:51.728833    6143 warnings.go:107] "Warning: unknown field \"spec\""`.
///
/// Source: `WarningLogger`, k8s.io/client-go/rest/warnings.go; the header of k8s.io/klog/v2.
fn line(time: &Time, process: u32, text: &str) -> Vec<u8> {
    let mut line = b"I".to_vec();
    line.extend(time.format(b"0102 15:04:05.000000"));
    line.extend(format!(" {process:>7} warnings.go:107] ").into_bytes());
    line.extend(strconv::quote(format!("Warning: {text}").as_bytes()));
    line.push(b'\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use gostd::time::load_location;

    #[test]
    fn a_warning_is_a_line_of_klog() {
        let time = Time::new(1_795_273_491, 728_833_000, load_location("UTC").unwrap());
        let want = "I1121 15:04:51.728833    6143 warnings.go:107] \"Warning: unknown field \\\"spec\\\"\"\n";
        assert_eq!(String::from_utf8(line(&time, 6143, "unknown field \"spec\"")).unwrap(), want);
    }
}
