//! What of an output changes from run to run though nothing is random: the numbers of processes.

const MARK: &[u8] = b"tmpcharts-";

/// Replaces the number in the names of temporary folders.
pub fn taken_out(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.windows(MARK.len()).position(|window| window == MARK) {
        let (before, after) = rest.split_at(at + MARK.len());
        out.extend_from_slice(before);
        out.extend_from_slice(b"$PID");
        let length = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
        rest = &after[length..];
    }
    out.extend_from_slice(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_taken_out() {
        for (text, want) in [
            ("a tmpcharts-123/b tmpcharts-4\n", "a tmpcharts-$PID/b tmpcharts-$PID\n"),
            ("tmpcharts-", "tmpcharts-$PID"),
            ("nothing", "nothing"),
        ] {
            assert_eq!(taken_out(text.as_bytes()), want.as_bytes());
        }
    }
}
