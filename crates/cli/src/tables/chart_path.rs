//! Which chart, and how to fetch and check it: a command that takes a chart has [`CHART_PATH`] and [`TLS`].

use crate::flags::Flag;
use crate::remote::OFFLINE;

pub static CHART_PATH: &[Flag] = &[
    Flag::string("version", "version or version range of the chart; the newest if not given"),
    Flag::bool("verify", "check the package's signature before using it"),
    Flag::string("keyring", "public keys to check signatures with"),
    Flag::string("repo", "URL of the chart repository that holds the chart"),
    Flag::bool("pass-credentials", "send credentials to every domain"),
    OFFLINE,
];

/// Whether prereleases count.
pub static DEVEL: &[Flag] = &[Flag::bool("devel", "use development versions too, as --version '>0.0.0-0' does")];

/// How to reach repositories and registries.
pub static TLS: &[Flag] = &[
    Flag::string("username", "user name for the chart repository"),
    Flag::string("password", "password for the chart repository"),
    Flag::string("cert-file", "TLS certificate to identify with"),
    Flag::string("key-file", "TLS key to identify with"),
    Flag::bool("insecure-skip-tls-verify", "do not check TLS certificates when fetching the chart"),
    Flag::bool("plain-http", "fetch the chart over insecure HTTP"),
    Flag::string("ca-file", "certificate authority file for HTTPS servers"),
];
