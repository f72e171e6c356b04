//! Charts by reference: finds, fetches and checks them, and what charts depend on.
