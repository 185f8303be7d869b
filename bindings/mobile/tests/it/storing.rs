//! What is on disk, and what is not.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use eyeline_mobile::{Client, Consent, StartError, TransportError};

use crate::world::{Bench, Collector, LONG_MS, Reply, config, order, teaser};

#[test]
fn what_was_not_sent_is_sent_by_the_next_client() {
    let directory = tempfile::tempdir().unwrap();
    let first = Bench::in_directory(directory.path());
    first
        .collector
        .script([Reply::Fail(TransportError::Unreachable)]);
    first.client.convert(order("1"));
    first.client.flush(LONG_MS);
    first.client.convert(order("2"));
    first.client.abandon();
    let second = Bench::in_directory(directory.path());
    second.client.flush(LONG_MS);
    second.pass_back_off();
    assert_eq!(second.client.stats().delivered, 2);
    assert_eq!(
        second.collector.orders().into_iter().collect::<Vec<_>>(),
        ["1", "2"]
    );
}

#[test]
fn a_client_let_go_stores_what_it_had_and_frees_its_directory() {
    let directory = tempfile::tempdir().unwrap();
    let first = Bench::in_directory(directory.path());
    first.client.convert(order("1"));
    drop(first);
    let second = Bench::in_directory(directory.path());
    second.client.flush(LONG_MS);
    assert_eq!(second.collector.orders().len(), 1);
}

#[test]
fn pending_consent_leaves_no_byte_on_disk_and_sends_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let pending = Bench::with(
        |config| {
            config.directory = Some(directory.path().to_str().unwrap().to_owned());
            config.consent = None;
        },
        None,
    );
    let view = pending.client.impression(teaser("item-14"));
    pending.client.visible(view, 1.0, 300.0, 250.0);
    pending.client.convert(order("1"));
    pending.pass(120_000);
    pending.client.flush(LONG_MS);
    pending.client.background();
    assert_eq!(bytes_below(directory.path()), 0);
    assert!(pending.collector.requests().is_empty());
    pending.client.shutdown(LONG_MS);
    assert_eq!(bytes_below(directory.path()), 0);
}

#[test]
fn what_was_seen_while_consent_was_pending_is_sent_once_it_is_given() {
    let pending = Bench::with(|config| config.consent = None, None);
    pending.client.convert(order("1"));
    pending.client.set_consent(Consent::MeasureOnly);
    pending.client.flush(LONG_MS);
    assert_eq!(pending.collector.orders().len(), 1);
}

#[test]
fn withdrawn_consent_wipes_the_disk_before_the_call_returns() {
    let directory = tempfile::tempdir().unwrap();
    let bench = Bench::in_directory(directory.path());
    bench.client.convert(order("a-secret-order"));
    assert!(holds(directory.path(), b"a-secret-order"));
    bench.client.set_consent(Consent::Denied);
    assert!(!holds(directory.path(), b"a-secret-order"));
}

#[test]
fn a_directory_has_one_client_at_a_time() {
    let directory = tempfile::tempdir().unwrap();
    let first = Bench::in_directory(directory.path());
    let mut again = config();
    again.directory = Some(directory.path().to_str().unwrap().to_owned());
    let second = Client::new(again.clone(), Arc::new(Collector::default()), None);
    assert!(matches!(second.unwrap_err(), StartError::InUse(_)));
    first.client.shutdown(LONG_MS);
    Client::new(again, Arc::new(Collector::default()), None).unwrap();
}

#[test]
fn each_error_at_the_start_says_what_to_do() {
    let error = |adapt: fn(&mut eyeline_mobile::Config)| {
        let mut config = config();
        adapt(&mut config);
        Client::new(config, Arc::new(Collector::default()), None).unwrap_err()
    };
    let StartError::Settings(why) =
        error(|config| config.endpoint = "http://example.com".to_owned())
    else {
        panic!("an address that can't be used is a setting")
    };
    assert_eq!(
        why,
        "the endpoint must begin with https:// (http:// is for localhost only)"
    );
    assert!(matches!(
        error(|config| config.directory = Some("/proc/eyeline".to_owned())),
        StartError::Storage(_)
    ));
    assert!(matches!(
        error(|config| config.sampling = Some(0.0)),
        StartError::Settings(_)
    ));
    assert!(matches!(
        error(|config| config.affiliate = String::new()),
        StartError::Settings(_)
    ));
}

fn files(directory: &Path) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(directory).unwrap();
    entries
        .map(|entry| fs::read(entry.unwrap().path()).unwrap())
        .collect()
}

fn bytes_below(directory: &Path) -> usize {
    files(directory).iter().map(Vec::len).sum()
}

fn holds(directory: &Path, text: &[u8]) -> bool {
    let found = |file: &Vec<u8>| file.windows(text.len()).any(|window| window == text);
    files(directory).iter().any(found)
}
