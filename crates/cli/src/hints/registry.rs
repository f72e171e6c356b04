//! What to do about a registry that does not listen.

/// What is said of a registry, and the way out, in which `HOST` stands for it.
const WAYS: [(&str, &str); 4] = [
    (
        "http: server gave HTTP response to HTTPS client",
        "HOST speaks plain HTTP; to go without encryption, add --plain-http",
    ),
    (
        "x509: certificate signed by unknown authority",
        "nothing vouches for the certificate of HOST; name the file of its authority with --ca-file",
    ),
    ("basic credential not found", "HOST wants to know who asks; log in with: helm registry login HOST"),
    ("response status code 401", "HOST does not let you in; log in with: helm registry login HOST"),
];

/// Returns the way out of an error of a registry, if there is one.
pub fn of(error: &str, reference: &str) -> Option<String> {
    let host = reference.strip_prefix("oci://").unwrap_or(reference).split('/').next().unwrap_or_default();
    let (_, way) = WAYS.iter().find(|(sign, _)| error.contains(sign))?;
    Some(format!("\n{}", way.replace("HOST", host)))
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn ways_name_the_host() {
        let told = of("GET \"http://h:1/v2/a\": basic credential not found", "oci://h:1/a/b:1.0.0");
        assert_eq!(told.as_deref(), Some("\nh:1 wants to know who asks; log in with: helm registry login h:1"));
        assert_eq!(of("h/a:1.0.0: not found", "h/a:1.0.0"), None);
    }
}
