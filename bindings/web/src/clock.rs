//! A tab's two clocks.

use eyeline_core::{MonoMillis, Now, UnixMillis};

use crate::number::{count, whole};

/// What `performance.now()` and `Date.now()` show, in ms.
pub(crate) fn now(m: f64, w: f64) -> Now {
    Now {
        mono: MonoMillis::from_u64(count(m)),
        wall: UnixMillis::from_i64(whole(w)),
    }
}
