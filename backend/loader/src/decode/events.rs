//! The columns of the clean event table while they fill.

use std::sync::Arc;

use arrow::array::{
    ArrayBuilder as _, ArrayRef, BooleanBuilder, Date32Builder, Float64Builder, Int32Builder,
    Int64Builder, RecordBatch, StringBuilder, TimestampMillisecondBuilder,
};
use arrow::error::ArrowError;
use eyeline_core::event_time;
use eyeline_core::wire::{Event, Kind};

use super::calendar::day_and_hour;
use super::context::{Context, json};

/// Declares the builders in column order, so that finishing them can't mix them up.
macro_rules! columns {
    ($name:ident { $($column:ident: $builder:ty,)* }) => {
        #[derive(Default)]
        pub(super) struct $name { $($column: $builder,)* }
        impl $name {
            fn arrays(&mut self) -> Vec<ArrayRef> {
                vec![$(Arc::new(self.$column.finish())),*]
            }
            #[cfg(test)]
            fn names() -> Vec<&'static str> {
                vec![$(stringify!($column)),*]
            }
        }
    };
}
pub(super) use columns;

/// Declares the columns that an event may leave empty, and where their values come from. Most are empty in most rows, so a
/// column is filled up with nulls only when its next value comes, or at the end.
macro_rules! optional {
    ($event:ident { $($column:ident: $value:expr,)* }) => {
        impl EventColumns {
            fn optional(&mut self, row: usize, $event: &Event<'_>) {
                $(if let Some(value) = $value {
                    let missing = row - self.$column.len();
                    if missing > 0 {
                        self.$column.append_nulls(missing);
                    }
                    self.$column.append_value(value);
                })*
            }
            /// Fills these columns up to the rows there are.
            fn fill(&mut self) {
                let rows = self.seq.len();
                $(
                    let missing = rows - self.$column.len();
                    if missing > 0 {
                        self.$column.append_nulls(missing);
                    }
                )*
            }
        }
    };
}

columns! { EventColumns {
    inst: StringBuilder,
    seq: Int64Builder,
    imp: Int64Builder,
    kind: StringBuilder,
    event_ms: Int64Builder,
    received_ms: Int64Builder,
    event_ts: TimestampMillisecondBuilder,
    event_date: Date32Builder,
    received_date: Date32Builder,
    received_hour: Int32Builder,
    visitor_key: Int64Builder,
    affiliate_id: StringBuilder,
    site: StringBuilder,
    page: StringBuilder,
    referrer: StringBuilder,
    placement_id: StringBuilder,
    content_id: StringBuilder,
    position: Int32Builder,
    request_id: StringBuilder,
    model: StringBuilder,
    model_version: StringBuilder,
    propensity: Float64Builder,
    exploration: BooleanBuilder,
    experiment: StringBuilder,
    variant: StringBuilder,
    experiments: StringBuilder,
    measurable: BooleanBuilder,
    rule: StringBuilder,
    visible_ms: Int64Builder,
    engaged_ms: Int64Builder,
    max_visible: Int32Builder,
    times_in_view: Int32Builder,
    latency_ms: Int64Builder,
    trusted: BooleanBuilder,
    target: StringBuilder,
    media_state: StringBuilder,
    media_position_ms: Int64Builder,
    media_watched_ms: Int64Builder,
    media_length_ms: Int64Builder,
    autoplay: BooleanBuilder,
    muted: BooleanBuilder,
    why: StringBuilder,
    goal: StringBuilder,
    value: Int64Builder,
    currency: StringBuilder,
    order_id: StringBuilder,
    device_class: StringBuilder,
    os: StringBuilder,
    language: StringBuilder,
    tz: Int32Builder,
    viewport_width: Int32Builder,
    viewport_height: Int32Builder,
    country: StringBuilder,
    ip_prefix: StringBuilder,
    bot: BooleanBuilder,
    bot_name: StringBuilder,
    time_basis: StringBuilder,
    skew_ms: Int64Builder,
    skew_flag: BooleanBuilder,
    consent_mode: StringBuilder,
    gpc: BooleanBuilder,
    coppa: BooleanBuilder,
    sampling_rate: Float64Builder,
    session_id: StringBuilder,
    session_number: Int32Builder,
    page_view: Int32Builder,
    sdk: StringBuilder,
    batch_number: Int64Builder,
    attempt: Int32Builder,
    write_key: StringBuilder,
    dimensions: StringBuilder,
    extra: StringBuilder,
    content_variant: StringBuilder,
} }

optional! { event {
    imp: event.imp.map(signed),
    placement_id: event.placement.as_deref(),
    content_id: event.content.as_deref(),
    position: event.position.map(narrow),
    request_id: event.request.as_deref(),
    propensity: event.propensity,
    exploration: event.exploration,
    measurable: event.measurable,
    rule: event.rule.as_deref(),
    visible_ms: event.visible_ms.map(signed),
    engaged_ms: event.engaged_ms.map(signed),
    max_visible: event.max_visible.map(narrow),
    times_in_view: event.times_in_view.map(narrow),
    latency_ms: event.latency_ms.map(signed),
    trusted: event.trusted,
    target: event.target.as_deref(),
    media_state: event.media_state.as_deref(),
    media_position_ms: event.media_position_ms.map(signed),
    media_watched_ms: event.media_watched_ms.map(signed),
    media_length_ms: event.media_length_ms.map(signed),
    autoplay: event.autoplay,
    muted: event.muted,
    why: event.why.as_deref(),
    goal: event.goal.as_deref(),
    value: event.value,
    currency: event.currency.as_deref(),
    order_id: event.order.as_deref(),
    content_variant: event.variant.as_deref(),
} }

impl EventColumns {
    /// Appends what one event says itself.
    pub(super) fn event<E>(&mut self, context: &Context<'_, E>, event: &Event<'_>) {
        let time = event_time(context.clock, event.dt);
        let event_ms = time.event_ms.as_i64();
        let row = self.seq.len();
        self.seq.append_value(signed(event.n));
        self.kind
            .append_value(if matches!(event.kind, Kind::Other(_)) {
                "other"
            } else {
                event.kind.as_str()
            });
        self.event_ms.append_value(event_ms);
        self.event_ts.append_value(event_ms);
        self.event_date.append_value(day_and_hour(event_ms).0);
        self.time_basis.append_value(time.basis.as_str());
        let (model, version) = model_and_version(event.model.as_deref());
        self.model.append_option(model);
        self.model_version.append_option(version);
        self.optional(row, event);
        self.extra(context, event);
    }

    fn extra<E>(&mut self, context: &Context<'_, E>, event: &Event<'_>) {
        let known = !matches!(event.kind, Kind::Other(_));
        if known && event.extra.is_empty() && context.unknown.is_empty() {
            return self.extra.append_null();
        }
        let mut text = vec![b'{'];
        if !known {
            text.extend_from_slice(b"\"k\":");
            eyeline_core::wire::Wire::write(&event.kind, &mut text);
        }
        event.extra.write_members(&mut text);
        if text.len() > 1 && !context.unknown.is_empty() {
            text.push(b',');
        }
        text.extend_from_slice(&context.unknown);
        text.push(b'}');
        self.extra.append_option(std::str::from_utf8(&text).ok());
    }

    /// Appends what the batch says of each of the `n` events just appended.
    pub(super) fn context<E>(&mut self, context: &Context<'_, E>, n: usize, scratch: &mut Vec<u8>) {
        let Context { batch, .. } = context;
        // How far the clocks are apart does not depend on the event.
        let time = event_time(context.clock, 0);
        let experiment = batch.experiments.iter().next();
        texts(&mut self.inst, Some(batch.inst.as_str()), n);
        self.received_ms
            .append_value_n(context.clock.rcv.as_i64(), n);
        self.received_date.append_value_n(context.received_day, n);
        self.received_hour.append_value_n(context.received_hour, n);
        self.visitor_key.append_value_n(context.visitor_key, n);
        texts(&mut self.affiliate_id, Some(context.affiliate), n);
        texts(&mut self.site, batch.source.site.as_deref(), n);
        texts(&mut self.page, batch.source.page.as_deref(), n);
        texts(&mut self.referrer, batch.source.referrer.as_deref(), n);
        texts(&mut self.experiment, experiment.map(|(name, _)| name), n);
        texts(
            &mut self.variant,
            experiment.map(|(_, variant)| &**variant),
            n,
        );
        texts(&mut self.experiments, json(&batch.experiments, scratch), n);
        texts(&mut self.device_class, batch.device.class.as_deref(), n);
        texts(&mut self.os, batch.device.os.as_deref(), n);
        texts(&mut self.language, batch.device.language.as_deref(), n);
        integers(
            &mut self.tz,
            batch
                .device
                .tz
                .and_then(|minutes| i32::try_from(minutes).ok()),
            n,
        );
        integers(&mut self.viewport_width, batch.device.width.map(narrow), n);
        integers(
            &mut self.viewport_height,
            batch.device.height.map(narrow),
            n,
        );
        texts(&mut self.country, context.country, n);
        texts(&mut self.ip_prefix, context.ip, n);
        self.bot.append_n(n, context.bot.is_some());
        texts(&mut self.bot_name, context.bot, n);
        self.skew_ms.append_value_n(time.skew_ms, n);
        self.skew_flag.append_n(n, time.skew_flag);
        texts(&mut self.consent_mode, Some(context.consent.as_str()), n);
        self.gpc.append_n(n, context.gpc);
        self.coppa.append_n(n, batch.consent.coppa);
        self.sampling_rate
            .append_value_n(batch.sampling_rate.unwrap_or(1.0), n);
        texts(
            &mut self.session_id,
            batch.user.sid.as_ref().map(eyeline_core::Id::as_str),
            n,
        );
        integers(
            &mut self.session_number,
            batch.user.session_number.map(narrow),
            n,
        );
        integers(&mut self.page_view, batch.source.page_view.map(narrow), n);
        texts(&mut self.sdk, Some(&batch.sdk), n);
        self.batch_number
            .append_value_n(signed(batch.batch_number), n);
        self.attempt.append_value_n(context.attempt, n);
        texts(&mut self.write_key, Some(context.write_key), n);
        texts(&mut self.dimensions, json(&batch.dimensions, scratch), n);
    }

    /// The rows so far as a table; the columns start over.
    pub(super) fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
        self.fill();
        RecordBatch::try_new(super::schema(), self.arrays())
    }
}

fn texts(column: &mut StringBuilder, text: Option<&str>, n: usize) {
    match text {
        Some(text) => column.append_value_n(text, n),
        None => column.append_nulls(n),
    }
}

fn integers(column: &mut Int32Builder, value: Option<i32>, n: usize) {
    match value {
        Some(value) => column.append_value_n(value, n),
        None => column.append_nulls(n),
    }
}

/// `model@version`, split at the last `@`.
fn model_and_version(model: Option<&str>) -> (Option<&str>, Option<&str>) {
    match model.map(|model| (model, model.rsplit_once('@'))) {
        Some((_, Some((name, version)))) => (Some(name), Some(version)),
        Some((name, None)) => (Some(name), None),
        None => (None, None),
    }
}

/// Wire integers are checked to be below 2^53.
pub(super) fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// 32-bit wire integers are checked to be below 2^31.
pub(super) fn narrow(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builders_stand_in_the_order_of_the_schema() {
        let names: Vec<_> = super::super::EVENTS
            .iter()
            .map(|column| column.name)
            .collect();
        assert_eq!(EventColumns::names(), names);
    }
}
