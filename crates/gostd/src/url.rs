//! net/url: parsing, escaping and joining.
