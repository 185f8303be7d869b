//! `kill -9` of a collector: what it acknowledged is there, whenever it died.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use anyhow::{Result, ensure};
use eyeline_tests::{Child, Dice, FaultProxy, Faults, Instance, Raw, Sealed, deliver, http_client};
use tokio::sync::Notify;

use crate::stage::{AFFILIATES, KEY, Stage, an_hour_ago, kills, system_time};

const SENDERS: usize = 4;
const EVENTS_OF_A_BATCH: u64 = 20;

/// Batches that wait, and how far this life of the collector has come.
#[derive(Default)]
struct Queue {
    waiting: Mutex<VecDeque<Sealed>>,
    acknowledged: AtomicU64,
    enough: Notify,
    over: AtomicBool,
}

impl Queue {
    /// Sends until nothing waits or the collector is gone. What got no answer goes back to the front, as in the SDK.
    async fn send(&self, client: &reqwest::Client, to: &str, dies_after: u64) {
        loop {
            let batch = self.waiting.lock().unwrap().pop_front();
            let Some(batch) = batch else { break };
            if deliver(client, to, KEY, &batch, system_time()).await {
                let acknowledged = self.acknowledged.fetch_add(1, Ordering::Relaxed) + 1;
                if acknowledged == dies_after {
                    self.enough.notify_one();
                }
            } else {
                self.waiting.lock().unwrap().push_front(batch);
                if self.over.load(Ordering::Relaxed) {
                    break;
                }
            }
        }
        self.enough.notify_one();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_collector_acknowledged_is_there_and_nothing_else() -> Result<()> {
    let stage = Stage::new()?;
    let expected = live_and_die(|| stage.collector_process()).await?;
    let raw = Raw::read(&stage.raw())?;
    assert_eq!(raw.rejects, []);
    assert_eq!(raw.events.len() as u64, expected);
    assert_eq!(raw.counts.read, raw.events.values().sum::<u64>());
    Ok(())
}

/// Sends batches over a bad network to collectors that are killed, one after another; the last ends well and has taken all of them.
/// Gives how many events there were.
pub(crate) async fn live_and_die(start: impl Fn() -> Result<(Child, String)>) -> Result<u64> {
    let mut dice = Dice::new(20_150_818);
    let t0 = an_hour_ago();
    let (mut batches, mut expected) = (VecDeque::new(), 0);
    for number in 0..kills() * 40 {
        let affiliate = AFFILIATES[number % AFFILIATES.len()];
        let batch = Instance::start(affiliate, t0, &mut dice).renders(EVENTS_OF_A_BATCH);
        expected += batch.events();
        batches.push_back(batch);
    }
    let faults = Faults {
        seed: 1,
        fail: 0.05,
        reset: 0.04,
        duplicate: 0.03,
        ..Faults::default()
    };
    let proxy = FaultProxy::start("127.0.0.1:0", "127.0.0.1:9", faults).await?;
    let queue = Arc::new(Queue {
        waiting: Mutex::new(batches),
        ..Queue::default()
    });
    let client = http_client()?;
    for life in 0..=kills() {
        let (collector, url) = start()?;
        proxy.set_upstream(&url)?;
        queue.acknowledged.store(0, Ordering::Relaxed);
        queue.over.store(false, Ordering::Relaxed);
        let last = life == kills();
        let dies_after = if last { u64::MAX } else { dice.below(30) + 1 };
        let senders: Vec<_> = (0..SENDERS)
            .map(|_| {
                let (queue, client, to) = (Arc::clone(&queue), client.clone(), proxy.url());
                tokio::spawn(async move { queue.send(&client, &to, dies_after).await })
            })
            .collect();
        if last {
            for sender in senders {
                sender.await?;
            }
            ensure!(
                collector.stop()?.success(),
                "the collector did not end well"
            );
        } else {
            queue.enough.notified().await;
            queue.over.store(true, Ordering::Relaxed);
            collector.kill()?;
            for sender in senders {
                sender.await?;
            }
            let left = queue.waiting.lock().unwrap().len();
            ensure!(left > 0, "life {life}: everything was sent before the kill");
        }
    }
    let counts = proxy.stop().await;
    ensure!(
        counts.failed > 0 && counts.unreachable > 0,
        "no fault came: {counts:?}"
    );
    Ok(expected)
}
