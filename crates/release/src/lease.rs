//! Who works on a pending record: ours alone, beside the record, where Helm does not look.

use gostd::value::Entries;
use gostd::{GoError, Value, json};

/// The annotation of Secrets and ConfigMaps that holds a lease. An update by Helm replaces the object and drops it.
pub const LEASE_ANNOTATION: &str = "pilothouse.io/lease";

/// A claim on a record by one process, renewed while it lives.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Lease {
    /// Names the holder to people: user, host and process.
    pub holder: String,
    pub host: String,
    pub pid: u32,
    /// Tells the boot of the host: process ids begin anew with each.
    pub boot_id: String,
    /// When the process started, as the system counts: a process id may be given again.
    pub process_start: u64,
    /// When the lease was renewed last (RFC 3339).
    pub heartbeat: String,
    /// How long after the heartbeat it holds.
    pub seconds: u32,
    /// What is being done, as `upgrade`.
    pub operation: String,
}

impl Lease {
    /// Returns the JSON of the annotation.
    pub fn to_json(&self) -> String {
        let texts = [
            ("holder", &self.holder),
            ("host", &self.host),
            ("bootId", &self.boot_id),
            ("heartbeat", &self.heartbeat),
            ("operation", &self.operation),
        ];
        let mut entries: Entries = texts.into_iter().map(|(name, text)| (name.into(), text.as_str().into())).collect();
        entries.insert("pid".into(), Value::Int(i64::from(self.pid)));
        entries.insert("seconds".into(), Value::Int(i64::from(self.seconds)));
        // A number of 64 bits would lose digits in other readers of JSON.
        entries.insert("processStart".into(), self.process_start.to_string().into());
        let json = json::encode(&Value::map(entries)).unwrap_or_default();
        String::from_utf8_lossy(&json).into_owned()
    }

    /// Reads the JSON of the annotation; what is missing is empty.
    ///
    /// # Errors
    /// That it is no JSON, or no object.
    pub fn from_json(text: &str) -> Result<Self, GoError> {
        let value = json::decode_map(text.as_bytes())?;
        let get = |name: &str| value.as_map().and_then(|map| map.get(name.as_bytes()));
        let text = |name: &str| get(name).and_then(|v| Some(v.as_str()?.to_text().into_owned())).unwrap_or_default();
        let number = |name: &str| match get(name) {
            Some(Value::Float(number)) => number as u32,
            _ => 0,
        };
        Ok(Lease {
            holder: text("holder"),
            host: text("host"),
            pid: number("pid"),
            boot_id: text("bootId"),
            process_start: text("processStart").parse().unwrap_or_default(),
            heartbeat: text("heartbeat"),
            seconds: number("seconds"),
            operation: text("operation"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Lease;

    #[test]
    fn a_lease_is_read_as_it_was_written() {
        let lease = Lease {
            holder: "me@host <1>".into(),
            host: "host".into(),
            pid: 4_294_967_295,
            boot_id: "b".into(),
            process_start: u64::MAX,
            heartbeat: "2026-11-21T12:00:00Z".into(),
            seconds: 30,
            operation: "upgrade".into(),
        };
        assert_eq!(Lease::from_json(&lease.to_json()).expect("a lease"), lease);
        assert_eq!(Lease::from_json("{}").expect("a lease"), Lease::default());
        assert!(Lease::from_json("[]").is_err());
    }
}
