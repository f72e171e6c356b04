//! BurntSushi/toml 1.6: writing and reading.
