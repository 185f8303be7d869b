//! What a page says once, as the core's types.

use eyeline_core::{
    AffiliateId, Config, Consent, Device, Label, Page, Pairs, SamplingRate, limits,
};

use crate::message::Said;
use crate::number::{minutes, small};

/// How a tab's engine works. `None` without a valid affiliate and SDK name.
pub(crate) fn config(affiliate: &str, sdk: &str) -> Option<Config> {
    let mut config = Config::new(AffiliateId::new(affiliate).ok()?, Label::new(sdk).ok()?);
    config.batch_age = limits::BATCH_AGE_WEB;
    config.queue_bytes = limits::QUEUE_BYTES_WEB;
    Some(config)
}

/// A page: site, path and the host the visitor came from.
pub(crate) fn page(said: &mut Said<'_>) -> Page {
    Page {
        site: said.checked(),
        path: said.checked(),
        referrer: said.checked(),
    }
}

/// A device: class, system and language; minutes ahead of UTC; the viewport's size in CSS px.
pub(crate) fn device(said: &mut Said<'_>) -> Device {
    Device {
        class: said.checked(),
        os: said.checked(),
        language: said.checked(),
        utc_offset_min: Some(minutes(said.number())),
        viewport_width: Some(small(said.number())),
        viewport_height: Some(small(said.number())),
    }
}

/// Dimensions; none of them where one breaks a limit, because measuring matters more.
pub(crate) fn dimensions(said: &mut Said<'_>) -> Pairs {
    Pairs::dimensions(said.pairs()).unwrap_or_default()
}

/// Experiments; none of them where one breaks a limit.
pub(crate) fn experiments(said: &mut Said<'_>) -> Pairs {
    Pairs::experiments(said.pairs()).unwrap_or_default()
}

/// The share of sessions that is recorded; all of them where the number is none.
pub(crate) fn sampling(rate: f64) -> SamplingRate {
    SamplingRate::new(rate).unwrap_or(SamplingRate::ALL)
}

/// The visitor's choice by its number on the border.
pub(crate) fn consent(choice: f64) -> Consent {
    match small(choice) {
        0 => Consent::Pending,
        1 => Consent::Full,
        2 => Consent::MeasureOnly,
        _ => Consent::Denied,
    }
}

#[cfg(test)]
mod tests {
    use super::{config, consent, device, dimensions, page, sampling};
    use crate::message::Said;
    use crate::message::tests::{
        Value::{N, T},
        said,
    };
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
        assert_eq!(page(&mut Said::new(b"")), Page::default());
        let page = page(&mut Said::new(&said(&[T(""), T("/a/b"), T("")])));
        assert_eq!(page.path.unwrap().as_str(), "/a/b");
        assert!(page.site.is_none() && page.referrer.is_none());
    }

    #[test]
    fn a_device_west_of_greenwich_is_behind() {
        let (class, os, language) = (T("phone"), T("iOS 18.1"), T("ja-JP"));
        let bytes = said(&[class, os, language, N(-540.0), N(390.5), N(844.0)]);
        let device = device(&mut Said::new(&bytes));
        assert_eq!(device.utc_offset_min, Some(-540));
        assert_eq!(device.viewport_width, Some(390));
        assert_eq!(device.language.unwrap().as_str(), "ja-JP");
    }

    #[test]
    fn what_breaks_a_limit_does_not_stop_the_measuring() {
        let keys: Vec<String> = (0..9).map(|i| format!("k{i}")).collect();
        let mut many = vec![N(9.0)];
        many.extend(keys.iter().flat_map(|key| [T(key), T("v")]));
        assert!(dimensions(&mut Said::new(&said(&many))).is_empty());
        let one = said(&[N(1.0), T("edition"), T("jp")]);
        assert!(!dimensions(&mut Said::new(&one)).is_empty());
        assert_eq!(sampling(f64::NAN), SamplingRate::ALL);
        assert_eq!(sampling(0.1).as_f64(), 0.1);
    }

    #[test]
    fn an_unknown_choice_is_a_denial() {
        assert_eq!(
            [0.0, 1.0, 2.0, 3.0, 9.0].map(consent),
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
