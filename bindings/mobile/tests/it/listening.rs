//! What a listener hears.

use std::sync::{Arc, Mutex};

use eyeline_mobile::{Listener, ListenerError, Loss, LossReason, State, TransportError};

use crate::world::{Bench, LONG_MS, Reply, order, teaser};

#[derive(Default)]
struct Ear {
    states: Mutex<Vec<State>>,
    losses: Mutex<Vec<Loss>>,
    invalid: Mutex<Vec<(u64, String)>>,
    panics: bool,
}

impl Listener for Ear {
    fn on_state(&self, state: State) -> Result<(), ListenerError> {
        self.states.lock().unwrap().push(state);
        assert!(!self.panics, "a listener with a defect");
        Ok(())
    }

    fn on_losses(&self, losses: Vec<Loss>) -> Result<(), ListenerError> {
        self.losses.lock().unwrap().extend(losses);
        Err(ListenerError::Failed)
    }

    fn on_invalid(&self, calls: u64, message: String) -> Result<(), ListenerError> {
        self.invalid.lock().unwrap().push((calls, message));
        Ok(())
    }
}

fn bench(ear: &Arc<Ear>) -> Bench {
    Bench::with(|_| (), Some(Arc::clone(ear) as _))
}

#[test]
fn a_listener_hears_of_an_outage_and_of_its_end() {
    let ear = Arc::new(Ear::default());
    let bench = bench(&ear);
    bench
        .collector
        .script([Reply::Fail(TransportError::Unreachable)]);
    bench.client.convert(order("1"));
    bench.client.flush(LONG_MS);
    bench.pass_back_off();
    bench.client.shutdown(LONG_MS);
    let states = ear.states.lock().unwrap().clone();
    assert!(
        matches!(states[0], State::Waiting { failures: 1, .. }),
        "{states:?}"
    );
    assert_eq!(states[1..], [State::Ready, State::Stopped]);
}

#[test]
fn a_listener_hears_of_losses_and_of_what_is_invalid() {
    let ear = Arc::new(Ear::default());
    let bench = bench(&ear);
    bench.collector.script([Reply::Reject(vec![1])]);
    bench.client.impression(teaser(""));
    bench.client.convert(order("1"));
    bench.client.flush(LONG_MS);
    bench.client.shutdown(LONG_MS);
    let loss = Loss {
        reason: LossReason::Refused,
        events: 1,
    };
    assert_eq!(*ear.losses.lock().unwrap(), [loss]);
    assert_eq!(
        *ear.invalid.lock().unwrap(),
        [(1, "content id is empty".to_owned())]
    );
}

#[test]
fn a_listener_that_panics_stops_nothing() {
    let ear = Arc::new(Ear {
        panics: true,
        ..Ear::default()
    });
    let bench = bench(&ear);
    bench
        .collector
        .script([Reply::Fail(TransportError::Unreachable)]);
    bench.client.convert(order("1"));
    bench.client.flush(LONG_MS);
    bench.pass_back_off();
    assert_eq!(bench.collector.orders().len(), 1);
}
