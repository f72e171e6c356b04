//! BurntSushi/toml 1.6.0: writing and reading.

mod decode;
mod encode;
mod quote;

pub use decode::decode;
pub use encode::encode;
