//! OpenPGP signatures of chart archives: keyrings, signing, checking.
