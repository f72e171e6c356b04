//! Who holds a lease, and whether they live.

use std::time::{Duration, SystemTime};

use gostd::time::{RFC3339, Time, Zone, parse};
use release::Lease;

/// How long a lease lasts after its heartbeat.
const SECONDS: u32 = 30;

/// Whether the holder of a lease lives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Life {
    Alive,
    Dead,
    /// On another machine: dead, if there is no sign of life for so long.
    Unknown(Duration),
}

/// Returns the lease of this process for an operation.
pub fn mine(operation: &str) -> Lease {
    let host = first_line("/proc/sys/kernel/hostname");
    let pid = std::process::id();
    let user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME")).unwrap_or_else(|_| "somebody".into());
    Lease {
        holder: format!("{user}@{host}, process {pid}"),
        pid,
        boot_id: boot(),
        process_start: started(pid).unwrap_or(0),
        heartbeat: now(),
        seconds: SECONDS,
        operation: operation.to_owned(),
        host,
    }
}

/// Returns the time in the form of heartbeats.
pub fn now() -> String {
    let now = Time::from_system(SystemTime::now(), Zone::Utc);
    String::from_utf8_lossy(&now.format(RFC3339)).into_owned()
}

/// Whether this process holds a lease.
pub fn is_ours(lease: &Lease) -> bool {
    let ours = mine("");
    let of = |lease: &Lease| (lease.pid, lease.process_start, lease.boot_id.clone(), lease.host.clone());
    of(lease) == of(&ours)
}

/// Finds out whether the holder of a lease lives. Processes of this machine are looked at; of others the heartbeat
/// tells, as far as clocks agree.
pub fn life(lease: &Lease) -> Life {
    let here = first_line("/proc/sys/kernel/hostname");
    if !here.is_empty() && lease.host == here && !lease.boot_id.is_empty() && lease.boot_id == boot() {
        let same = lease.process_start != 0 && started(lease.pid) == Some(lease.process_start);
        return if same { Life::Alive } else { Life::Dead };
    }
    let lasts = Duration::from_secs(u64::from(lease.seconds.clamp(1, 3600)));
    match lasts.checked_sub(age(&lease.heartbeat).unwrap_or(Duration::ZERO)) {
        Some(left) if !left.is_zero() => Life::Unknown(left),
        _ => Life::Dead,
    }
}

/// How long ago a heartbeat was; zero for one of the future, whose clock is ahead.
fn age(heartbeat: &str) -> Option<Duration> {
    let then = parse(RFC3339, heartbeat.as_bytes()).ok()?.unix_seconds;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
    let then = Duration::from_secs(u64::try_from(then).ok()?);
    Some(now.saturating_sub(then))
}

/// Tells the boot of the machine and, among containers, whose process ids are meant.
fn boot() -> String {
    let boot = first_line("/proc/sys/kernel/random/boot_id");
    let ids = std::fs::read_link("/proc/self/ns/pid").map(|link| link.to_string_lossy().into_owned());
    match (boot.is_empty(), ids) {
        (false, Ok(ids)) => format!("{boot} {ids}"),
        _ => String::new(),
    }
}

/// Returns when a process of this machine started, in ticks since the boot; nothing for one that is no more
/// (proc_pid_stat(5), field 22).
fn started(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name of the program is in brackets and may have any character in it.
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X") {
        return None;
    }
    fields.nth(18)?.parse().ok()
}

fn first_line(path: &str) -> String {
    std::fs::read_to_string(path).unwrap_or_default().lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use std::process::Command;
    use std::time::Duration;

    use release::Lease;

    use super::{Life, is_ours, life, mine, started};

    #[test]
    fn a_process_of_this_machine_is_looked_at() {
        let lease = mine("upgrade");
        assert_eq!((life(&lease), is_ours(&lease)), (Life::Alive, true));
        assert!(!is_ours(&Lease { pid: lease.pid + 1, ..lease.clone() }));
        assert_eq!(life(&Lease { process_start: lease.process_start + 1, ..lease.clone() }), Life::Dead);
        let mut child = Command::new("true").spawn().expect("a process");
        child.wait().expect("an end");
        assert_eq!(started(child.id()), None);
        assert_eq!(life(&Lease { pid: child.id(), ..lease }), Life::Dead);
    }

    #[test]
    fn a_process_that_nobody_waited_for_is_dead() {
        let mut child = Command::new("true").stdout(std::process::Stdio::piped()).spawn().expect("a process");
        let mut output = child.stdout.take().expect("a pipe");
        // Its end of the pipe closes when it has ended.
        std::io::copy(&mut output, &mut std::io::sink()).expect("an end");
        testbed::until("the end", Duration::from_secs(10), || Ok(started(child.id()).is_none().then_some(())))
            .expect("a dead process");
        child.wait().expect("an end");
    }

    #[test]
    fn of_another_machine_the_heartbeat_tells() {
        let other = Lease { host: "elsewhere".into(), ..mine("upgrade") };
        assert!(matches!(life(&other), Life::Unknown(left) if left > Duration::from_secs(20)));
        let ahead = Lease { heartbeat: "2999-01-01T00:00:00Z".into(), ..other.clone() };
        assert_eq!(life(&ahead), Life::Unknown(Duration::from_secs(30)));
        assert_eq!(life(&Lease { heartbeat: "2020-01-01T00:00:00Z".into(), ..other.clone() }), Life::Dead);
        assert!(matches!(life(&Lease { heartbeat: "soon".into(), ..other }), Life::Unknown(_)));
    }
}
