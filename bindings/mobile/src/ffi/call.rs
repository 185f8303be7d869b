//! The batch call: what happened, one after the other, each with its own time.

use super::config::Consent;
use super::content::{Click, Convert, Impression, Serve};
use super::media::Media;
use super::place::Page;

/// One call of a batch.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct Call {
    /// What happened.
    pub action: Action,
    /// How long ago, in ms. Give the calls in the order in which they happened.
    #[uniffi(default)]
    pub age_ms: u64,
}

/// What the single calls of a client say, to be said in a batch.
#[derive(Debug, Clone, PartialEq, uniffi::Enum)]
pub enum Action {
    /// See `Client::impression`.
    Impression {
        /// What is shown.
        what: Impression,
    },
    /// See `Client::visible`.
    Visible {
        /// The view.
        view: ViewRef,
        /// The visible share of its area, 0 to 1.
        fraction: f64,
        /// Its whole width in dp or pt.
        width: f64,
        /// Its whole height in dp or pt.
        height: f64,
    },
    /// See `Client::click`.
    Click {
        /// The view.
        view: ViewRef,
        /// The click.
        click: Click,
    },
    /// See `Client::media`.
    Media {
        /// The view.
        view: ViewRef,
        /// How its media moved on.
        media: Media,
    },
    /// See `Client::hide`.
    Hide {
        /// The view.
        view: ViewRef,
        /// Why: a word of the app's own, such as `scrolled`.
        why: String,
    },
    /// See `Client::serve`.
    Serve {
        /// What was delivered.
        what: Serve,
    },
    /// See `Client::convert`.
    Convert {
        /// What was reached.
        what: Convert,
    },
    /// See `Client::page`.
    Page {
        /// The screen.
        page: Page,
    },
    /// See `Client::set_consent`.
    SetConsent {
        /// The choice.
        consent: Consent,
    },
    /// See `Client::set_active`.
    SetActive {
        /// Whether the app is in front.
        active: bool,
    },
    /// See `Client::activity`.
    Activity,
    /// See `Client::background`.
    Background,
}

/// A view that a call of a batch is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum ViewRef {
    /// One that was made before the batch.
    Known {
        /// What `impression` returned.
        id: u64,
    },
    /// One that an impression earlier in this batch made.
    Earlier {
        /// That call's place in the batch, counted from 0.
        call: u32,
    },
}
