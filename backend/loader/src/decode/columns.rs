//! The columns of every table the decoder fills: names, types, order and meaning, in one place.
//!
//! The order is part of the contract: a warehouse that copies Parquet matches columns by position. New columns go last.

use super::schema::Column;
use super::schema::ColumnKind::{self, Bool, Date, Float64, Int32, Int64, Text, Timestamp};

/// Columns of the clean event table, in order.
pub const EVENTS: &[Column] = &[
    column(
        "inst",
        Text,
        "instance: one start of an SDK; with `seq` the event's key",
    ),
    column(
        "seq",
        Int64,
        "number of the event within its instance, from 1 without gaps",
    ),
    nullable(
        "imp",
        Int64,
        "number of the impression within its instance; with `inst` the impression's key",
    ),
    column(
        "kind",
        Text,
        "serve, render, viewable, dwell, click, media, hide, convert, page, consent, sdk; `other` for a kind of a later version",
    ),
    column(
        "event_ms",
        Int64,
        "when it happened, ms since 1970 in the server's time",
    ),
    column(
        "received_ms",
        Int64,
        "when the collector received it, ms since 1970",
    ),
    column("event_ts", Timestamp, "`event_ms` as a timestamp"),
    column("event_date", Date, "day of `event_ms`"),
    column("received_date", Date, "day of `received_ms`"),
    column("received_hour", Int32, "hour of `received_ms`, 0 to 23"),
    column(
        "visitor_key",
        Int64,
        "pseudonym of the visitor for one affiliate and one quarter; of the instance where there is no visitor id",
    ),
    column(
        "affiliate_id",
        Text,
        "the affiliate, as the write key allows it",
    ),
    nullable("site", Text, "host name or app id"),
    nullable("page", Text, "path or screen name"),
    nullable("referrer", Text, "host name of the referring page"),
    nullable("placement_id", Text, "placement the content stood in"),
    nullable("content_id", Text, "the content"),
    nullable("position", Int32, "position in the placement, from 1"),
    nullable("request_id", Text, "request that returned the slate"),
    nullable("model", Text, "model that chose the content"),
    nullable(
        "model_version",
        Text,
        "version of the model, from `model@version`",
    ),
    nullable(
        "propensity",
        Float64,
        "probability with which the model showed this content here",
    ),
    nullable("exploration", Bool, "shown to explore"),
    nullable("experiment", Text, "first experiment named by the batch"),
    nullable("variant", Text, "its variant"),
    nullable(
        "experiments",
        Text,
        "all experiments as JSON: name to variant",
    ),
    nullable("measurable", Bool, "viewability could be measured (render)"),
    nullable("rule", Text, "viewability rule that was met (viewable)"),
    nullable("visible_ms", Int64, "visible time so far, ms (dwell)"),
    nullable("engaged_ms", Int64, "engaged time so far, ms (dwell)"),
    nullable(
        "max_visible",
        Int32,
        "largest visible share so far, percent (dwell)",
    ),
    nullable("times_in_view", Int32, "times in view so far (dwell)"),
    nullable("latency_ms", Int64, "from render to click, ms (click)"),
    nullable("trusted", Bool, "the browser says a person did it (click)"),
    nullable("target", Text, "host and path the click leads to (click)"),
    nullable(
        "media_state",
        Text,
        "start, q25, q50, q75, complete, pause, resume, mute, error, stop (media)",
    ),
    nullable(
        "media_position_ms",
        Int64,
        "position in the media, ms (media)",
    ),
    nullable("media_watched_ms", Int64, "watched so far, ms (media)"),
    nullable("media_length_ms", Int64, "length of the media, ms (media)"),
    nullable("autoplay", Bool, "it started by itself (media)"),
    nullable("muted", Bool, "it was muted (media)"),
    nullable("why", Text, "reason (hide, consent, sdk)"),
    nullable("goal", Text, "what was reached (convert)"),
    nullable(
        "value",
        Int64,
        "worth in minor units of `currency` (convert)",
    ),
    nullable("currency", Text, "ISO 4217 code (convert)"),
    nullable("order_id", Text, "order (convert)"),
    nullable("device_class", Text, "phone, tablet, desktop, tv"),
    nullable("os", Text, "system and version"),
    nullable("language", Text, "BCP 47 tag"),
    nullable("tz", Int32, "minutes east of UTC"),
    nullable("viewport_width", Int32, "CSS px, dp or pt"),
    nullable("viewport_height", Int32, "CSS px, dp or pt"),
    nullable("country", Text, "ISO 3166 code, from the collector's proxy"),
    nullable("ip_prefix", Text, "network of the client"),
    column("bot", Bool, "the user agent is a known crawler's"),
    nullable("bot_name", Text, "name of the crawler"),
    column(
        "time_basis",
        Text,
        "mono: the client's steady clock; wall: its corrected wall clock",
    ),
    column(
        "skew_ms",
        Int64,
        "how far the client's wall clock was ahead, ms",
    ),
    column("skew_flag", Bool, "it was off by more than 24 h"),
    column("consent_mode", Text, "full or measure"),
    column(
        "gpc",
        Bool,
        "Global Privacy Control was on, as the browser or its header said",
    ),
    column("coppa", Bool, "the audience are children"),
    column("sampling_rate", Float64, "share of sessions measured"),
    nullable("session_id", Text, "session"),
    nullable(
        "session_number",
        Int32,
        "number of the visitor's session, from 1",
    ),
    nullable(
        "page_view",
        Int32,
        "number of the page view within the instance, from 1",
    ),
    column("sdk", Text, "name and version of the SDK"),
    column(
        "batch_number",
        Int64,
        "number of the batch within its instance",
    ),
    column(
        "attempt",
        Int32,
        "attempt at which the batch arrived, from 1",
    ),
    column("write_key", Text, "public name of the write key"),
    nullable("dimensions", Text, "the host's own dimensions as JSON"),
    nullable(
        "extra",
        Text,
        "keys this version does not know as JSON; for kind `other` the kind's name is under `k`",
    ),
    nullable(
        "content_variant",
        Text,
        "which form of the content was shown (render)",
    ),
];

/// Columns of the instance table, in order. Counts are cumulative: read them with max() by `inst`.
pub const INSTANCES: &[Column] = &[
    column("inst", Text, "instance"),
    column("affiliate_id", Text, "the affiliate"),
    column(
        "received_ms",
        Int64,
        "when the batch was received, ms since 1970",
    ),
    column("received_date", Date, "day of `received_ms`"),
    column("visitor_key", Int64, "as in the event table"),
    column(
        "batch_number",
        Int64,
        "number of the batch within its instance",
    ),
    nullable(
        "captured",
        Int64,
        "events captured so far; NULL where the batch did not say",
    ),
    column("lost_queue_full", Int64, "lost so far: the queue was full"),
    column(
        "lost_expired",
        Int64,
        "lost so far: older than the queue keeps",
    ),
    column(
        "lost_too_large",
        Int64,
        "lost so far: larger than an event may be",
    ),
    column(
        "lost_refused",
        Int64,
        "lost so far: the collector refused them",
    ),
    column(
        "lost_consent_withdrawn",
        Int64,
        "lost so far: consent was withdrawn",
    ),
    column(
        "lost_storage_failed",
        Int64,
        "lost so far: the device could not store them",
    ),
    column(
        "lost_unconfirmed",
        Int64,
        "evicted so far after an attempt without an answer: may have arrived",
    ),
    column(
        "lost_other",
        Int64,
        "lost so far for reasons of a later version",
    ),
    nullable("loss", Text, "the counters as sent, as JSON"),
    nullable(
        "prev_inst",
        Text,
        "the instance before this one on the device",
    ),
    nullable(
        "prev_captured",
        Int64,
        "the last count of captured events that one stored",
    ),
    column("sdk", Text, "name and version of the SDK"),
];

/// Columns of the losses reported by a later instance, in order.
pub const LOSSES: &[Column] = &[
    column("inst", Text, "instance that captured the events"),
    column("seq_from", Int64, "first lost number"),
    column("seq_to", Int64, "last lost number"),
    column("reason", Text, "why they are lost"),
    column("reported_by", Text, "instance that says so"),
    column("affiliate_id", Text, "the affiliate"),
    column(
        "received_ms",
        Int64,
        "when that was received, ms since 1970",
    ),
];

/// Columns of the rejects, in order.
pub const REJECTS: &[Column] = &[
    nullable(
        "received_ms",
        Int64,
        "when the collector received it, ms since 1970; NULL for an unreadable line",
    ),
    nullable("write_key", Text, "public name of the write key"),
    nullable("inst", Text, "instance, where it could be read"),
    nullable("seq", Int64, "number of the event, where it could be read"),
    column("why", Text, "the reason, from the wire contract's list"),
    column("raw", Text, "what was sent, at most 8 KiB of it"),
];

const fn column(name: &'static str, kind: ColumnKind, doc: &'static str) -> Column {
    Column {
        name,
        kind,
        nullable: false,
        doc,
    }
}

const fn nullable(name: &'static str, kind: ColumnKind, doc: &'static str) -> Column {
    Column {
        name,
        kind,
        nullable: true,
        doc,
    }
}
