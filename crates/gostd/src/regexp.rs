//! Go's regexp: RE2 syntax over regex-automata.
