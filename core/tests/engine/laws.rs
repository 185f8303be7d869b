//! Laws that hold under any sequence of calls, answers, clock steps, restarts and choices; a failure shrinks to its core.

use eyeline_core::Consent;
use proptest::prelude::*;

use crate::network::Network;
use crate::world::{Happening, World};

fn consent() -> impl Strategy<Value = Consent> {
    prop_oneof![
        Just(Consent::Full),
        Just(Consent::MeasureOnly),
        Just(Consent::Pending),
        Just(Consent::Denied)
    ]
}

fn network() -> impl Strategy<Value = Network> {
    prop_oneof![
        4 => Just(Network::Delivers),
        1 => Just(Network::LosesAnswer),
        1 => Just(Network::LosesRequest),
        1 => Just(Network::CaptivePortal),
        1 => Just(Network::ServerError),
        1 => Just(Network::RefusesKey),
        1 => Just(Network::RefusesSome),
        1 => Just(Network::RefusesAll),
        1 => Just(Network::Silent),
    ]
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        8 => Just(Happening::Track),
        2 => Just(Happening::Render),
        2 => (any::<u64>(), 0..=100u8).prop_map(|(which, percent)| Happening::Visible { which, percent }),
        1 => any::<u64>().prop_map(|which| Happening::Click { which }),
        1 => any::<u64>().prop_map(|which| Happening::Hide { which }),
        1 => any::<bool>().prop_map(Happening::Active),
        1 => (0..3u8).prop_map(Happening::Page),
        1 => (0..3u8).prop_map(Happening::Dimension),
        2 => consent().prop_map(Happening::Choice),
        1 => any::<bool>().prop_map(Happening::Gpc),
        1 => Just(Happening::Forget),
        1 => Just(Happening::Flush),
        1 => Just(Happening::Background),
        4 => (0..5_000_000u64).prop_map(|ms| Happening::Pass { ms }),
        1 => any::<i32>().prop_map(|ms| Happening::StepWall { ms: i64::from(ms) }),
        6 => (1..6u8, network()).prop_map(|(times, network)| Happening::Pump { times, network }),
        1 => network().prop_map(Happening::LateAnswer),
        1 => any::<bool>().prop_map(Happening::StoreFails),
        2 => Just(Happening::Crash),
        1 => Just(Happening::CrashWhileStoring),
        1 => Just(Happening::Restart),
    ]
}

proptest! {
    #[test]
    fn every_event_ends_once_whatever_happens(
        seed: u64,
        first in consent(),
        batch_events in 1..8usize,
        queue_events in 4..64usize,
        happenings in prop::collection::vec(happening(), 1..60),
    ) {
        let mut world = World::new(seed, |config| {
            config.consent = first;
            config.batch_events = batch_events;
            config.queue_events = queue_events;
        });
        world.may_lose = true;
        for happening in &happenings {
            world.happen(happening);
        }
        world.drain();
    }

    #[test]
    fn stored_events_survive_any_crash_while_the_queue_has_room(
        seed: u64,
        happenings in prop::collection::vec(
            prop_oneof![
                4 => Just(Happening::Track),
                1 => Just(Happening::Flush),
                1 => (0..100_000u64).prop_map(|ms| Happening::Pass { ms }),
                2 => (1..6u8, prop_oneof![
                    Just(Network::Delivers),
                    Just(Network::LosesAnswer),
                    Just(Network::ServerError),
                    Just(Network::Silent),
                ]).prop_map(|(times, network)| Happening::Pump { times, network }),
                1 => Just(Happening::Crash),
                1 => Just(Happening::CrashWhileStoring),
                1 => any::<bool>().prop_map(Happening::StoreFails),
            ],
            1..60,
        ),
    ) {
        let mut world = World::new(seed, |config| {
            config.consent = Consent::Full;
            config.batch_events = 5;
        });
        for happening in &happenings {
            world.happen(happening);
        }
        world.drain();
    }
}
