//! Servers that tests talk to: files over HTTP, a registry, a server of tokens.
