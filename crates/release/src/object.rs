//! What records have in their JSON besides the members that `gostd::json::Object` writes: times and bytes.

use data_encoding::BASE64;
use gostd::json::append_quote;
pub use gostd::json::{Object, append_list as list};
use gostd::time::Time;

use crate::times;

/// Members of records.
pub trait RecordMembers {
    /// `omitzero` of a time.
    fn time_unless_zero(&mut self, name: &str, time: Option<&Time>);

    /// A time; Go's zero time when there is none.
    fn time(&mut self, name: &str, time: Option<&Time>);

    /// A `[]byte`.
    fn bytes(&mut self, name: &str, bytes: Option<&[u8]>);
}

impl RecordMembers for Object<'_> {
    fn time_unless_zero(&mut self, name: &str, time: Option<&Time>) {
        if let Some(time) = time {
            self.time(name, Some(time));
        }
    }

    fn time(&mut self, name: &str, time: Option<&Time>) {
        let text = times::text(time.unwrap_or(&Time::zero()));
        append_quote(self.name(name), &text);
    }

    fn bytes(&mut self, name: &str, bytes: Option<&[u8]>) {
        let out = self.name(name);
        let Some(bytes) = bytes else { return out.extend_from_slice(b"null") };
        out.push(b'"');
        let start = out.len();
        out.resize(start + BASE64.encode_len(bytes.len()), b'=');
        if let Some(space) = out.get_mut(start..) {
            BASE64.encode_mut(bytes, space);
        }
        out.push(b'"');
    }
}
