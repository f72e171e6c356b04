//! The Sprig 3.3.0 functions that Helm offers, over gotemplate. Knows nothing of Helm; clock, randomness and DNS are handed in.
