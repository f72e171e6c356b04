//! What the process needs, under the names of the Go client. Linux tells it in `/proc`; elsewhere nothing is said.

use std::fmt::Write as _;
use std::fs;

/// Clock ticks of a second in `/proc`: 100 on every architecture of Linux that Rust supports.
const TICKS: f64 = 100.0;
/// Bytes of a page; the resident set is told in pages of the base size in `status` too, as kB.
const KILO: u64 = 1024;

/// Adds `process_*`.
pub fn write(out: &mut String) {
    let (Ok(stat), Ok(status)) = (fs::read_to_string("/proc/self/stat"), fs::read_to_string("/proc/self/status")) else {
        return;
    };
    // The name in parentheses may hold anything; what counts is behind the last one.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |place: usize| fields.get(place).and_then(|field| field.parse::<f64>().ok()).unwrap_or_default();
    let seconds = (ticks(11) + ticks(12)) / TICKS;
    number(out, "process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", "counter", seconds);
    let memory = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let kilobytes = line.and_then(|line| line.trim_start_matches(':').split_whitespace().next()?.parse::<u64>().ok());
        (kilobytes.unwrap_or_default() * KILO) as f64
    };
    number(out, "process_resident_memory_bytes", "Resident memory size in bytes.", "gauge", memory("VmRSS"));
    number(out, "process_virtual_memory_bytes", "Virtual memory size in bytes.", "gauge", memory("VmSize"));
    if let Ok(open) = fs::read_dir("/proc/self/fd") {
        number(out, "process_open_fds", "Number of open file descriptors.", "gauge", open.count() as f64);
    }
}

fn number(out: &mut String, name: &str, help: &str, kind: &str, value: f64) {
    super::head(out, name, help, kind);
    let _ = writeln!(out, "{name} {value}");
}
