//! Every number the wire and the engine are bound by, each with its reason. No limit is written twice: both sides import it from here.

use std::time::Duration;

// Wire.

/// The wire version this crate writes: MODEL-REVISION-ADDITION.
pub const WIRE_VERSION: &str = "1-0-0";
/// The MODEL a reader of this crate understands. Revisions and additions inside it are read, what they add is kept.
pub const WIRE_MODEL: u32 = 1;
/// Most events of one batch (ours): a refused batch then costs at most this many events, and a browser's 64 KiB keepalive holds many.
pub const BATCH_EVENTS_MAX: usize = 500;
/// Most bytes of one batch before compression (ours): what a collector is willing to hold for one request.
pub const BATCH_BYTES_MAX: usize = 256 * 1024;
/// Most bytes of one event before compression (ours): 32 of the largest still fit a batch.
pub const EVENT_BYTES_MAX: usize = 8 * 1024;
/// Most characters of an identifier a host chooses: content, placement, request, model, goal, order (ours; the warehouse's columns are this wide).
pub const ID_CHARS_MAX: usize = 128;
/// Most characters of a page path, a referrer or a click target (ours; the warehouse's columns are this wide).
pub const PATH_CHARS_MAX: usize = 512;
/// Most characters of a label: device class, system, language, SDK, reason, rule, media state, kind (ours).
pub const LABEL_CHARS_MAX: usize = 64;
/// Most custom dimensions of a batch (ours): each multiplies the rows of a mart that groups by it.
pub const DIMENSIONS_MAX: usize = 8;
/// Most characters of a dimension's key, and of its value (ours).
pub const DIMENSION_CHARS_MAX: usize = 64;
/// Most experiments of a batch (ours).
pub const EXPERIMENTS_MAX: usize = 32;
/// Most named losses of another instance in one `sdk` event (ours; more go into a second event).
pub const LOSSES_MAX: usize = 64;
/// Deepest nesting of a JSON value under an unknown key (ours): readers further down recurse.
pub const NESTING_MAX: usize = 16;
/// Most bytes of all unknown keys of a batch's context, names and JSON together (ours): the warehouse repeats them on each of
/// up to 500 events. What a later version adds fits many times over.
pub const CONTEXT_EXTRA_BYTES_MAX: usize = 4 * 1024;
/// Most characters of a user agent that the collector keeps (ours; crawlers have sent 8 KiB ones).
pub const USER_AGENT_CHARS_MAX: usize = 512;
/// Longest `dt`, `s` or other duration on the wire (ours): ten years; anything above is a broken clock.
pub const DURATION_MAX: Duration = Duration::from_secs(10 * 366 * 24 * 3600);
/// Earliest wall time the wire accepts, 1970 in ms (ours). Devices with an empty battery start there: their clock is still
/// used, through the difference to `rcv`, so only times that can't be a device's are refused.
pub const WALL_MS_MIN: i64 = 0;
/// Latest wall time the wire accepts, 2100-01-01 UTC in ms (ours).
pub const WALL_MS_MAX: i64 = 4_102_444_800_000;
/// Longest visible, engaged or watched time of an impression, and from its render to a click (ours): as long as a session lasts.
/// Longer ones are sent as this. Sums of them over any hour stay far within 64 bits.
pub const MEASURED_MAX: Duration = Duration::from_secs(24 * 3600);
/// Largest money amount of an event, in minor units (ours): more than any one sale, and a million of them still sum up
/// within 64 bits.
pub const VALUE_MAX: u64 = 1_000_000_000_000;
/// Largest count or sequence number on the wire: 2^53 - 1, the largest integer every JSON reader keeps exact (RFC 8259 §6).
pub const INTEGER_MAX: u64 = (1 << 53) - 1;

// Time.

/// How far the wall clock and the clock that runs through sleep may disagree before the wall clock is believed (ours):
/// longer than a network time correction, shorter than a nap.
pub const CLOCKS_DISAGREE: Duration = Duration::from_secs(60);
/// A client clock further off than this is flagged (ours): time zones mistaken for UTC stay below 24 h.
pub const SKEW_FLAG: Duration = Duration::from_secs(24 * 3600);

// Queue and batches.

/// Most bytes the client's queue keeps (ours): what a host app forgives.
pub const QUEUE_BYTES_MAX: usize = 10 * 1024 * 1024;
/// Most events the client's queue keeps (ours).
pub const QUEUE_EVENTS_MAX: usize = 100_000;
/// Most bytes the queue of one browser tab keeps (ours): what a visitor's browser forgives a page of somebody else's.
pub const QUEUE_BYTES_WEB: usize = 2 * 1024 * 1024;
/// Oldest event the client's queue keeps (ours): shorter than the warehouse's 45 days of duplicate memory.
pub const QUEUE_AGE_MAX: Duration = Duration::from_secs(30 * 24 * 3600);
/// A batch closes at this many events (ours): bytes an event hardly fall beyond.
pub const BATCH_EVENTS_CLOSE: usize = 100;
/// A batch closes at this many raw bytes (ours): half of what the collector takes.
pub const BATCH_BYTES_CLOSE: usize = 128 * 1024;
/// A batch closes at this age on phones, where each upload wakes the radio (ours).
pub const BATCH_AGE_MOBILE: Duration = Duration::from_secs(30);
/// A batch closes at this age on web pages, which are left without notice (ours).
pub const BATCH_AGE_WEB: Duration = Duration::from_secs(10);
/// gzip level of a batch (ours): 9 saves 1 % more for twice the time.
pub const GZIP_LEVEL: u32 = 6;

// Retries.

/// First delay after a failure; doubles from there (ours).
pub const BACKOFF_BASE: Duration = Duration::from_secs(1);
/// Longest delay between attempts (ours).
pub const BACKOFF_MAX: Duration = Duration::from_secs(5 * 60);
/// Longest `Retry-After` a client obeys (ours): a misconfigured server must not silence it for days.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(3600);
/// Pause after 401 or 403 (ours): a person has to mend the key.
pub const REFUSED_KEY_PAUSE: Duration = Duration::from_secs(24 * 3600);
/// A batch with this many 5xx while others pass is set aside (ours).
pub const SET_ASIDE_FAILURES: u32 = 5;
/// How often a batch set aside is tried again (ours).
pub const SET_ASIDE_PAUSE: Duration = Duration::from_secs(24 * 3600);

// Sessions. The numbers of viewability stand with its rules.

/// A session ends after this long without an event (the web analytics convention).
pub const SESSION_IDLE: Duration = Duration::from_secs(30 * 60);
/// A session ends at this age at the latest (ours).
pub const SESSION_MAX: Duration = Duration::from_secs(24 * 3600);
