//! What is shown of Secrets.

/// Whether the values of Secrets are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Secrets {
    /// Only their sizes, and whether they change.
    #[default]
    Masked,
    /// As the API has them: in base64.
    Shown,
    /// What the base64 stands for, where it is text.
    Decoded,
}
