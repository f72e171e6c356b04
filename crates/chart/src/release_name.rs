//! The rule for release names (`ValidateReleaseName` in Helm's `pkg/chart/v2/util/validate_name.go`).

/// Longest release name: resource names made of it must stay below 63 characters.
const MAX_LENGTH: usize = 53;

/// # Errors
/// Helm's text for a name that is empty, too long, or no DNS name.
pub fn validate(name: &str) -> Result<(), String> {
    if name.is_empty() {
        return Err("no name provided".to_string());
    }
    if name.len() > MAX_LENGTH || !name.split('.').all(is_label) {
        return Err(format!(
            "invalid release name, must match regex {} and the length must not be longer than {MAX_LENGTH}",
            r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$"
        ));
    }
    Ok(())
}

fn is_label(label: &str) -> bool {
    let bytes = label.as_bytes();
    let edge = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    edge(bytes.first())
        && edge(bytes.last())
        && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
}

#[cfg(test)]
mod tests {
    use super::validate;

    #[test]
    fn names_are_dns_names() {
        for good in ["a", "my-rel", "a.b", "1x"] {
            assert!(validate(good).is_ok(), "{good}");
        }
        for bad in ["", "A", "-a", "a-", "a..b", "a_b", &"x".repeat(54)] {
            assert!(validate(bad).is_err(), "{bad}");
        }
    }
}
