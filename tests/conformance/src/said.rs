//! What a scenario says, in the words of the client for phones.

use std::collections::HashMap;

use anyhow::{Context, Result, bail};
use eyeline_core::LossReason;
use eyeline_mobile as mobile;

use crate::host::{ADDRESS, KEY};
use crate::scenario::{Call, Choice, Device, Given, Page, Render, Served};

pub(crate) fn config(given: &Given, choice: Choice) -> mobile::Config {
    let mut config = mobile::Config::new(ADDRESS, KEY, &given.affiliate);
    config.consent = Some(consent(choice));
    config.gpc = given.gpc;
    config.children = given.children;
    config.sampling = Some(given.sampling);
    config.page = Some(page(&given.page));
    config.device = Some(device(&given.device));
    config.experiments = HashMap::from_iter(given.experiments.clone());
    config.dimensions = HashMap::from_iter(given.dimensions.clone());
    config.active = false;
    config
}

pub(crate) fn consent(choice: Choice) -> mobile::Consent {
    match choice {
        Choice::Pending => mobile::Consent::Pending,
        Choice::Full => mobile::Consent::Full,
        Choice::Measure => mobile::Consent::MeasureOnly,
        Choice::Denied => mobile::Consent::Denied,
    }
}

pub(crate) fn page(page: &Page) -> mobile::Page {
    mobile::Page {
        path: text(&page.path),
        site: text(&page.site),
        referrer: text(&page.referrer),
    }
}

pub(crate) fn device(device: &Device) -> mobile::Device {
    mobile::Device {
        class: text(&device.class),
        os: text(&device.os),
        language: text(&device.language),
        utc_offset_min: Some(device.utc_offset_min),
        viewport_width: Some(device.viewport_width),
        viewport_height: Some(device.viewport_height),
    }
}

pub(crate) fn impression(render: &Render) -> mobile::Impression {
    mobile::Impression {
        content: render.content.clone(),
        placement: render.placement.clone(),
        position: render.position,
        measurable: render.measurable,
        request: text(&render.request),
        model: text(&render.model),
        propensity: render.propensity,
        exploration: render.exploration,
        variant: text(&render.variant),
        rule: match &render.rule {
            Some(rule) => Some(mobile::Rule::Custom {
                rule: mobile::CustomRule {
                    name: rule.name.clone(),
                    fraction: rule.fraction,
                    for_ms: rule.ms,
                    playing: render.video,
                },
            }),
            None => Some(mobile::Rule::Video).filter(|_| render.video),
        },
    }
}

pub(crate) fn serve(served: &Served) -> mobile::Serve {
    mobile::Serve {
        placement: served.placement.clone(),
        content: text(&served.content),
        position: served.position,
        request: text(&served.request),
        model: text(&served.model),
        propensity: served.propensity,
        exploration: served.exploration,
    }
}

pub(crate) fn click(call: &Call) -> mobile::Click {
    let mut click = mobile::Click::default();
    if let Call::Click {
        trusted, target, ..
    } = call
    {
        click.trusted = Some(*trusted);
        click.target = text(target);
    }
    click
}

pub(crate) fn convert(call: &Call) -> mobile::Convert {
    let mut convert = mobile::Convert {
        goal: String::new(),
        value: None,
        order: None,
        content: None,
    };
    if let Call::Convert {
        goal,
        value,
        currency,
        order,
    } = call
    {
        convert.goal.clone_from(goal);
        convert.value = text(currency).map(|currency| mobile::Money {
            minor_units: *value,
            currency,
        });
        convert.order = text(order);
    }
    convert
}

pub(crate) fn media(call: &Call) -> Result<mobile::Media> {
    let Call::Media {
        state,
        position,
        watched,
        length,
        autoplay,
        muted,
        ..
    } = call
    else {
        bail!("{call:?} is not about media");
    };
    let known = STATES.iter().find(|(name, _)| name == state);
    Ok(mobile::Media {
        state: known.context("no such state")?.1,
        position_ms: *position,
        watched_ms: *watched,
        length_ms: *length,
        autoplay: Some(*autoplay),
        muted: Some(*muted),
    })
}

/// Losses in the order of the wire.
pub(crate) fn lost(stats: &mobile::Stats) -> Vec<(&'static str, u64)> {
    let mut lost = Vec::new();
    for reason in LossReason::ALL {
        let told = stats.lost.iter().filter(|loss| core(loss.reason) == reason);
        let events: u64 = told.map(|loss| loss.events).sum();
        if events > 0 {
            lost.push((reason.as_str(), events));
        }
    }
    lost
}

fn core(reason: mobile::LossReason) -> LossReason {
    match reason {
        mobile::LossReason::QueueFull => LossReason::QueueFull,
        mobile::LossReason::Expired => LossReason::Expired,
        mobile::LossReason::TooLarge => LossReason::TooLarge,
        mobile::LossReason::Refused => LossReason::Refused,
        mobile::LossReason::ConsentWithdrawn => LossReason::ConsentWithdrawn,
        mobile::LossReason::StorageFailed => LossReason::StorageFailed,
        mobile::LossReason::Unconfirmed => LossReason::Unconfirmed,
    }
}

fn text(text: &str) -> Option<String> {
    Some(text.to_owned()).filter(|text| !text.is_empty())
}

const STATES: [(&str, mobile::MediaState); 10] = [
    ("start", mobile::MediaState::Start),
    ("q25", mobile::MediaState::FirstQuartile),
    ("q50", mobile::MediaState::Midpoint),
    ("q75", mobile::MediaState::ThirdQuartile),
    ("complete", mobile::MediaState::Complete),
    ("pause", mobile::MediaState::Pause),
    ("resume", mobile::MediaState::Resume),
    ("mute", mobile::MediaState::Mute),
    ("error", mobile::MediaState::Error),
    ("stop", mobile::MediaState::Stop),
];
