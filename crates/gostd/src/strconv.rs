//! strconv: quoting, and numbers to and from text.
