//! Go's `text/template` as Helm 4.3.1 runs it: parse once, execute many times, with Go's values, rules and error texts.
//! Knows nothing of Sprig, Helm, files or the clock: functions are handed in, with whatever they need.

pub mod exec;
pub mod func;
