//! Where events happen: the screen, the device, experiments and dimensions.

use std::collections::HashMap;

use eyeline_core as core;

use super::content::optional;
use crate::invalid::Invalid;

/// A screen of the app, now shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, uniffi::Record)]
pub struct Page {
    /// The screen's name or path. 1 to 512 characters.
    #[uniffi(default)]
    pub path: Option<String>,
    /// The app, such as `news.example.jp`. That of the screen before unless told. At most 128 characters.
    #[uniffi(default)]
    pub site: Option<String>,
    /// Where the visitor came from: a host. At most 512 characters.
    #[uniffi(default)]
    pub referrer: Option<String>,
}

/// The device, described coarsely enough to single nobody out.
#[derive(Debug, Clone, Default, PartialEq, Eq, uniffi::Record)]
pub struct Device {
    /// `phone`, `tablet`, `tv`…
    #[uniffi(default)]
    pub class: Option<String>,
    /// The operating system and its version, such as `Android 15`.
    #[uniffi(default)]
    pub os: Option<String>,
    /// The language as a BCP 47 tag.
    #[uniffi(default)]
    pub language: Option<String>,
    /// Minutes the local clock is ahead of UTC.
    #[uniffi(default)]
    pub utc_offset_min: Option<i32>,
    /// Width of the screen in dp or pt.
    #[uniffi(default)]
    pub viewport_width: Option<u32>,
    /// Height of the screen in dp or pt.
    #[uniffi(default)]
    pub viewport_height: Option<u32>,
}

impl TryFrom<Page> for core::Page {
    type Error = Invalid;

    fn try_from(from: Page) -> Result<Self, Invalid> {
        Ok(core::Page {
            site: optional(from.site, core::Site::new)?,
            path: optional(from.path, core::PagePath::new)?,
            referrer: optional(from.referrer, core::Referrer::new)?,
        })
    }
}

impl TryFrom<Device> for core::Device {
    type Error = Invalid;

    fn try_from(from: Device) -> Result<Self, Invalid> {
        Ok(core::Device {
            class: optional(from.class, core::Label::new)?,
            os: optional(from.os, core::Label::new)?,
            language: optional(from.language, core::Label::new)?,
            utc_offset_min: from.utc_offset_min,
            viewport_width: from.viewport_width,
            viewport_height: from.viewport_height,
        })
    }
}

/// Experiment to variant: at most 32.
pub(crate) fn experiments(pairs: &HashMap<String, String>) -> Result<core::Pairs, Invalid> {
    core::Pairs::experiments(pairs).map_err(Invalid::of)
}

/// Custom dimensions: at most 8.
pub(crate) fn dimensions(pairs: &HashMap<String, String>) -> Result<core::Pairs, Invalid> {
    core::Pairs::dimensions(pairs).map_err(Invalid::of)
}
