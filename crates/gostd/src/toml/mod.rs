//! BurntSushi/toml 1.6.0: writing and reading.

mod decode;
mod encode;
mod scalar;
mod tree;

pub use decode::decode;
pub use encode::encode;
