//! Room for what must be in memory as a whole: who comes when there is none waits for it.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::Error;

/// Bytes of what is counted by one.
const UNIT: usize = 1024;

/// Room for so many bytes.
pub struct Rooms {
    units: u32,
    free: Arc<Semaphore>,
}

/// Room that was taken, until it is dropped.
#[derive(Debug)]
pub struct Room {
    _permit: OwnedSemaphorePermit,
}

impl Rooms {
    pub fn new(bytes: usize) -> Self {
        let units = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX);
        Rooms { units, free: Arc::new(Semaphore::new(units as usize)) }
    }

    /// Takes room, as soon as there is some; what is larger than all of it has it alone. Who has some must not wait for more.
    pub async fn take(&self, bytes: usize) -> Result<Room, Error> {
        let units = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX).min(self.units);
        let permit = self.free.clone().acquire_many_owned(units).await;
        permit.map(|permit| Room { _permit: permit }).map_err(|_| Error::Busy)
    }
}

/// Bytes that have room for as long as anyone has a part of them.
pub struct Housed {
    bytes: Bytes,
    _room: Room,
}

impl Housed {
    /// Lets room go with bytes.
    pub fn with(bytes: Bytes, room: Room) -> Bytes {
        Bytes::from_owner(Housed { bytes, _room: room })
    }
}

impl AsRef<[u8]> for Housed {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn who_finds_no_room_waits() {
        let rooms = Rooms::new(10 * UNIT);
        let take = |bytes| rooms.take(bytes).now_or_never().map(|taken| taken.expect("room"));
        let bytes = Housed::with(Bytes::from_static(b"ab"), take(9 * UNIT + 1).expect("room for ten"));
        assert!(take(1).is_none());
        let part = bytes.slice(1..);
        drop(bytes);
        assert!(take(1).is_none());
        drop(part);
        let small = take(1).expect("room");
        assert!(take(usize::MAX).is_none());
        drop(small);
        let all = take(usize::MAX).expect("what is too large has all of it");
        assert!(take(1).is_none());
        drop(all);
        assert!(take(0).is_some() && take(1).is_some());
    }
}
