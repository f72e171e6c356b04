//! BurntSushi/toml 1.6.0: writing and reading.

mod encode;

pub use encode::encode;
