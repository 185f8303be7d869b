//! A start on what the tab's slot in the store kept.

use eyeline_core::{Class, Engine, Entropy, Key, Now, Saved};

use crate::core::Core;
use crate::message::Said;
use crate::number::{count, small};
use crate::settings::{config, consent, device, dimensions, experiments, page, sampling};

const GPC: u32 = 1;
const CHILDREN: u32 = 2;

/// An engine by what a start says: affiliate and name of the SDK; page; device; dimensions; experiments; consent, flags (1
/// for GPC plus 2 for an audience of children), sampling; then what was stored. `None` without a valid affiliate and name.
pub(crate) fn start(now: Now, said: &mut Said<'_>, bits: Box<dyn Entropy + Send>) -> Option<Core> {
    let mut config = config(said.text(), said.text())?;
    config.page = Some(page(said));
    config.device = device(said);
    config.dimensions = dimensions(said);
    config.experiments = experiments(said);
    config.consent = consent(said.number());
    let flags = small(said.number());
    config.gpc = flags & GPC != 0;
    config.children = flags & CHILDREN != 0;
    config.sampling = sampling(said.number());
    Some(Core::new(Engine::start(config, saved(said), now, bits)))
}

/// Entries as `writes` handed them out. They come ascending by class and number, the order of a database; a class that was
/// never handed out is ignored.
fn saved(said: &mut Said<'_>) -> Saved {
    let mut saved = Saved::default();
    while !said.is_empty() {
        let class = small(said.number());
        let number = count(said.number());
        let value = said.bytes();
        if let Some(class) = class_of(class) {
            saved
                .entries
                .push((Key::new(class, number), value.to_vec()));
        }
    }
    saved
}

/// The class by its number on the border.
fn class_of(number: u32) -> Option<Class> {
    Some(match number {
        0 => Class::State,
        2 => Class::Batch,
        3 => Class::Erasure,
        _ => return None,
    })
}
