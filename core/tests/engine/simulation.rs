//! Thousands of random lives of a device. A failure prints its seed; `EYELINE_SIM_SEED` replays it, and
//! `EYELINE_SIM_SCHEDULES` says how many lives to live.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;

use eyeline_core::{Config, Consent, SamplingRate};

use crate::chance::Chance;
use crate::network::Network;
use crate::world::{Happening, World};

#[test]
fn every_event_ends_once_in_every_life() {
    if let Some(seed) = number("EYELINE_SIM_SEED") {
        return live(seed);
    }
    let schedules = number("EYELINE_SIM_SCHEDULES").unwrap_or(2_000);
    for seed in 0..schedules {
        if let Err(failure) = catch_unwind(AssertUnwindSafe(|| live(seed))) {
            eprintln!("schedule failed; replay it with EYELINE_SIM_SEED={seed}");
            resume_unwind(failure);
        }
    }
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok()?.parse().ok()
}

/// One life. Its first draws decide what kind of life it is, the rest what happens in it.
fn live(seed: u64) {
    let mut chance = Chance(seed ^ 0x5eed);
    let gentle = chance.one_in(3);
    let tight = !gentle && chance.one_in(2);
    let mut world = World::new(seed, |config| configure(config, &mut chance, tight));
    world.may_lose = tight;
    if chance.one_in(4) {
        let kib = 1 + usize::try_from(chance.below(3)).unwrap();
        world.takes_bytes(kib * 1024);
    }
    for _ in 0..20 + chance.below(60) {
        let happening = draw(&mut chance, gentle);
        if std::env::var_os("EYELINE_SIM_SEED").is_some() {
            eprintln!("{happening:?}");
        }
        world.happen(&happening);
    }
    world.drain();
    // One more batch tells the losses of the last.
    world.happen(&Happening::Track);
    world.drain();
    world.check_gaps_are_explained();
}

fn configure(config: &mut Config, chance: &mut Chance, tight: bool) {
    config.batch_events = 1 + usize::try_from(chance.below(12)).unwrap();
    config.batch_age = Duration::from_secs(1 + chance.below(30));
    config.consent = [
        Consent::Full,
        Consent::Full,
        Consent::MeasureOnly,
        Consent::Pending,
    ][usize::try_from(chance.below(4)).unwrap()];
    config.gpc = chance.one_in(8);
    if chance.one_in(8) {
        config.sampling = SamplingRate::new(0.5).unwrap();
    }
    if tight {
        config.queue_events = 4 + usize::try_from(chance.below(40)).unwrap();
        config.queue_age = Duration::from_secs(1 + chance.below(200_000));
    }
}

fn draw(chance: &mut Chance, gentle: bool) -> Happening {
    let which = chance.below(1 << 32);
    match chance.below(100) {
        0..30 => Happening::Track,
        30..36 => Happening::Render,
        36..42 => Happening::Visible {
            which,
            percent: u8::try_from(chance.below(101)).unwrap(),
        },
        42..45 => Happening::Click { which },
        45..47 => Happening::Hide { which },
        47..50 => Happening::Active(!chance.one_in(4)),
        50..53 => Happening::Page(u8::try_from(chance.below(4)).unwrap()),
        53..55 => Happening::Dimension(u8::try_from(chance.below(3)).unwrap()),
        55..57 => Happening::Flush,
        57..59 => Happening::Background,
        59..69 => Happening::Pass {
            ms: [5, 900, 2_500, 40_000, 4_000_000][index(chance, 5)],
        },
        69..70 => Happening::StepWall {
            ms: [-9_000_000, -70_000, 70_000, 90_000_000][index(chance, 4)],
        },
        70..86 => Happening::Pump {
            times: u8::try_from(1 + chance.below(6)).unwrap(),
            network: network(chance, gentle),
        },
        86..88 => Happening::LateAnswer(network(chance, gentle)),
        88..90 => Happening::StoreFails(chance.one_in(3)),
        90..93 => Happening::Crash,
        93..94 => Happening::CrashWhileStoring,
        94..96 => Happening::Restart,
        96..97 => Happening::Gpc(chance.one_in(2)),
        97..98 if !gentle => Happening::Forget,
        _ => choice(chance, gentle),
    }
}

fn choice(chance: &mut Chance, gentle: bool) -> Happening {
    let choices = [
        Consent::Full,
        Consent::MeasureOnly,
        Consent::Pending,
        Consent::Denied,
    ];
    Happening::Choice(choices[index(chance, if gentle { 3 } else { 4 })])
}

fn network(chance: &mut Chance, gentle: bool) -> Network {
    let networks = [
        Network::Delivers,
        Network::Delivers,
        Network::Delivers,
        Network::LosesAnswer,
        Network::LosesRequest,
        Network::CaptivePortal,
        Network::Redirect,
        Network::NotFound,
        Network::TooBusy,
        Network::ServerError,
        Network::ServerError,
        Network::WrongCounts,
        Network::RefusesKey,
        Network::Silent,
        Network::RefusesSome,
        Network::RefusesAll,
    ];
    networks[index(
        chance,
        if gentle {
            networks.len() - 2
        } else {
            networks.len()
        },
    )]
}

fn index(chance: &mut Chance, length: usize) -> usize {
    usize::try_from(chance.below(length as u64)).unwrap()
}
