//! What a page says once, as the core's types.

use eyeline_core::{
    AffiliateId, Config, Consent, Device, Label, Page, Pairs, SamplingRate, limits,
};

use crate::number::{minutes, small};
use crate::text::{next, pairs, parts};

/// How a tab's engine works. `None` without a valid affiliate and SDK name.
pub(crate) fn config(affiliate: &str, sdk: &str) -> Option<Config> {
    let mut config = Config::new(AffiliateId::new(affiliate).ok()?, Label::new(sdk).ok()?);
    config.batch_age = limits::BATCH_AGE_WEB;
    config.queue_bytes = limits::QUEUE_BYTES_WEB;
    Some(config)
}

/// A page: site, path and the host the visitor came from.
pub(crate) fn page(text: &str) -> Page {
    let mut parts = parts(text);
    Page {
        site: next(&mut parts),
        path: next(&mut parts),
        referrer: next(&mut parts),
    }
}

/// A device: class, system and language; minutes ahead of UTC; the viewport's size in CSS px.
pub(crate) fn device(text: &str, tz: f64, width: f64, height: f64) -> Device {
    let mut parts = parts(text);
    Device {
        class: next(&mut parts),
        os: next(&mut parts),
        language: next(&mut parts),
        utc_offset_min: Some(minutes(tz)),
        viewport_width: Some(small(width)),
        viewport_height: Some(small(height)),
    }
}

/// Dimensions; none of them where one breaks a limit, because measuring matters more.
pub(crate) fn dimensions(text: &str) -> Pairs {
    Pairs::dimensions(pairs(text)).unwrap_or_default()
}

/// Experiments; none of them where one breaks a limit.
pub(crate) fn experiments(text: &str) -> Pairs {
    Pairs::experiments(pairs(text)).unwrap_or_default()
}

/// The share of sessions that is recorded; all of them where the number is none.
pub(crate) fn sampling(rate: f64) -> SamplingRate {
    SamplingRate::new(rate).unwrap_or(SamplingRate::ALL)
}

/// The visitor's choice by its number on the border.
pub(crate) fn consent(choice: u32) -> Consent {
    match choice {
        0 => Consent::Pending,
        1 => Consent::Full,
        2 => Consent::MeasureOnly,
        _ => Consent::Denied,
    }
}

#[cfg(test)]
mod tests {
    use super::{config, consent, device, dimensions, page, sampling};
    use eyeline_core::{Consent, Page, SamplingRate, limits};

    #[test]
    fn an_engine_needs_an_affiliate() {
        assert!(config("", "web/0.1.0").is_none());
        let config = config("zozo-men", "web/0.1.0").unwrap();
        assert_eq!(config.batch_age, limits::BATCH_AGE_WEB);
        assert_eq!(config.queue_bytes, limits::QUEUE_BYTES_WEB);
    }

    #[test]
    fn a_page_may_lack_any_part() {
        assert_eq!(page(""), Page::default());
        let page = page("\u{1}/a/b\u{1}");
        assert_eq!(page.path.unwrap().as_str(), "/a/b");
        assert!(page.site.is_none() && page.referrer.is_none());
    }

    #[test]
    fn a_device_west_of_greenwich_is_behind() {
        let device = device("phone\u{1}iOS 18.1\u{1}ja-JP", -540.0, 390.5, 844.0);
        assert_eq!(device.utc_offset_min, Some(-540));
        assert_eq!(device.viewport_width, Some(390));
        assert_eq!(device.language.unwrap().as_str(), "ja-JP");
    }

    #[test]
    fn what_breaks_a_limit_does_not_stop_the_measuring() {
        let many: Vec<String> = (0..9).map(|i| format!("k{i}\u{1}v")).collect();
        assert!(dimensions(&many.join("\u{1}")).is_empty());
        assert!(!dimensions("edition\u{1}jp").is_empty());
        assert_eq!(sampling(f64::NAN), SamplingRate::ALL);
        assert_eq!(sampling(0.1).as_f64(), 0.1);
    }

    #[test]
    fn an_unknown_choice_is_a_denial() {
        assert_eq!(
            [0, 1, 2, 3, 9].map(consent),
            [
                Consent::Pending,
                Consent::Full,
                Consent::MeasureOnly,
                Consent::Denied,
                Consent::Denied
            ]
        );
    }
}
