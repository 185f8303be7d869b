//! The columns of the smaller tables while they fill: instances, reported losses, rejects.

use std::sync::Arc;

use arrow::array::{ArrayRef, Date32Builder, Int64Builder, RecordBatch, StringBuilder};
use arrow::error::ArrowError;
use eyeline_core::Id;
use eyeline_core::wire::{Event, Why};

use super::context::{Context, json};
use super::events::{columns, signed};

columns! { InstanceColumns {
    inst: StringBuilder,
    affiliate_id: StringBuilder,
    received_ms: Int64Builder,
    received_date: Date32Builder,
    visitor_key: Int64Builder,
    batch_number: Int64Builder,
    captured: Int64Builder,
    lost_queue_full: Int64Builder,
    lost_expired: Int64Builder,
    lost_too_large: Int64Builder,
    lost_refused: Int64Builder,
    lost_consent_withdrawn: Int64Builder,
    lost_storage_failed: Int64Builder,
    lost_unconfirmed: Int64Builder,
    lost_other: Int64Builder,
    loss: StringBuilder,
    prev_inst: StringBuilder,
    prev_captured: Int64Builder,
    sdk: StringBuilder,
} }

impl InstanceColumns {
    /// Appends what a batch says about its instance.
    pub(super) fn batch<E>(&mut self, context: &Context<'_, E>, scratch: &mut Vec<u8>) {
        let batch = context.batch;
        self.inst.append_value(batch.inst.as_str());
        self.affiliate_id.append_value(context.affiliate);
        self.received_ms.append_value(context.clock.rcv.as_i64());
        self.received_date.append_value(context.received_day);
        self.visitor_key.append_value(context.visitor_key);
        self.batch_number.append_value(signed(batch.batch_number));
        self.captured
            .append_option(batch.loss.value("cap").map(|captured| signed(*captured)));
        let mut named = [
            ("queue_full", &mut self.lost_queue_full),
            ("expired", &mut self.lost_expired),
            ("too_large", &mut self.lost_too_large),
            ("refused", &mut self.lost_refused),
            ("consent_withdrawn", &mut self.lost_consent_withdrawn),
            ("storage_failed", &mut self.lost_storage_failed),
            ("unconfirmed", &mut self.lost_unconfirmed),
        ];
        for (reason, column) in &mut named {
            column.append_value(batch.loss.value(reason).map_or(0, |count| signed(*count)));
        }
        let known = |reason: &str| reason == "cap" || named.iter().any(|(name, _)| *name == reason);
        let others = batch.loss.iter().filter(|(reason, _)| !known(reason));
        self.lost_other
            .append_value(others.fold(0, |sum, (_, count)| sum.saturating_add(signed(*count))));
        self.loss.append_option(json(&batch.loss, scratch));
        self.prev_inst.append_option(
            batch
                .previous
                .as_ref()
                .map(|previous| previous.inst.to_string()),
        );
        self.prev_captured.append_option(
            batch
                .previous
                .as_ref()
                .map(|previous| signed(previous.captured)),
        );
        self.sdk.append_value(&batch.sdk);
    }

    pub(super) fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        RecordBatch::try_new(super::instances_schema(), self.arrays())
    }
}

columns! { LossColumns {
    inst: StringBuilder,
    seq_from: Int64Builder,
    seq_to: Int64Builder,
    reason: StringBuilder,
    reported_by: StringBuilder,
    affiliate_id: StringBuilder,
    received_ms: Int64Builder,
} }

impl LossColumns {
    /// Appends the losses an event reports.
    pub(super) fn event<E>(&mut self, context: &Context<'_, E>, event: &Event<'_>) {
        for lost in &event.lost {
            self.inst.append_value(lost.inst.as_str());
            self.seq_from.append_value(signed(lost.from));
            self.seq_to.append_value(signed(lost.to));
            self.reason.append_value(&lost.why);
            self.reported_by.append_value(context.batch.inst.as_str());
            self.affiliate_id.append_value(context.affiliate);
            self.received_ms.append_value(context.clock.rcv.as_i64());
        }
    }

    pub(super) fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        RecordBatch::try_new(super::losses_schema(), self.arrays())
    }
}

columns! { RejectColumns {
    received_ms: Int64Builder,
    write_key: StringBuilder,
    inst: StringBuilder,
    seq: Int64Builder,
    why: StringBuilder,
    raw: StringBuilder,
} }

/// Where a refused event or line came from, as far as it is known.
#[derive(Clone, Copy, Default)]
pub(super) struct Origin<'a> {
    pub(super) received_ms: Option<i64>,
    pub(super) write_key: Option<&'a str>,
    pub(super) inst: Option<Id>,
}

impl RejectColumns {
    /// Appends one refusal.
    pub(super) fn reject(&mut self, origin: Origin<'_>, seq: Option<u64>, why: Why, raw: &[u8]) {
        self.received_ms.append_option(origin.received_ms);
        self.write_key.append_option(origin.write_key);
        self.inst
            .append_option(origin.inst.as_ref().map(Id::as_str));
        self.seq
            .append_option(seq.and_then(|n| i64::try_from(n).ok()));
        self.why.append_value(why.as_str());
        let kept = String::from_utf8_lossy(&raw[..raw.len().min(RAW_BYTES_MAX)]);
        // A cut through a character, or bytes that never were one, become U+FFFD: three bytes for one, so cut once more.
        self.raw
            .append_value(&kept[..kept.floor_char_boundary(RAW_BYTES_MAX)]);
    }

    pub(super) fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        RecordBatch::try_new(super::rejects_schema(), self.arrays())
    }
}

/// Most bytes of what was sent that a reject keeps: an event's limit, and enough to find the fault in a line.
const RAW_BYTES_MAX: usize = eyeline_core::limits::EVENT_BYTES_MAX;

#[cfg(test)]
mod tests {
    use super::super::{INSTANCES, LOSSES, REJECTS};
    use super::*;

    #[test]
    fn builders_stand_in_the_order_of_the_schemas() {
        let names =
            |columns: &[super::super::Column]| columns.iter().map(|c| c.name).collect::<Vec<_>>();
        assert_eq!(InstanceColumns::names(), names(INSTANCES));
        assert_eq!(LossColumns::names(), names(LOSSES));
        assert_eq!(RejectColumns::names(), names(REJECTS));
    }

    #[test]
    fn a_reject_keeps_a_bounded_piece_of_what_was_sent() {
        let mut rejects = RejectColumns::default();
        rejects.reject(
            Origin::default(),
            None,
            Why::BadJson,
            &[0xff; 3 * RAW_BYTES_MAX],
        );
        let table = rejects.finish().unwrap();
        let raw = table.column_by_name("raw").unwrap();
        let raw: &arrow::array::StringArray = raw.as_any().downcast_ref().unwrap();
        assert!(raw.value(0).len() <= RAW_BYTES_MAX);
    }
}
