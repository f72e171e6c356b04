//! unicode: classes and simple case mapping of Unicode 17.
