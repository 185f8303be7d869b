//! What a host tells the engine, in types that exist only when valid.

mod context;
mod event;
mod number;
mod text;

pub use context::{Device, InvalidPairs, Page, Pairs};
pub use event::{Click, Convert, Event, Impression, Media, MediaState, Serve};
pub use number::{InvalidNumber, Money, Propensity, SamplingRate};
pub use text::{
    AffiliateId, ContentId, Dimension, Goal, InvalidText, Label, ModelId, OrderId, PagePath,
    PlacementId, Referrer, RequestId, Site, Target,
};
