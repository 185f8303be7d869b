//! What a group commit holds, and when it says that it is ready.
use std::sync::mpsc::{Sender, channel};

use futures::FutureExt;

use super::*;

/// Storage that works, fails or panics as told, and waits for a word before each commit.
struct Told {
    go: Receiver<()>,
    works: Arc<AtomicBool>,
    probed: Option<oneshot::Sender<()>>,
}

impl GroupWriter for Told {
    const PROBE_EVERY: Duration = Duration::from_millis(1);

    fn commit(&mut self, _: &[Bytes]) -> Result<(), SinkError> {
        self.go.recv().expect("the test says when");
        self.probe().map_err(SinkError::from)
    }

    fn probe(&mut self) -> io::Result<()> {
        if self.works.load(Ordering::SeqCst) {
            drop(self.probed.take());
            Ok(())
        } else {
            Err(io::Error::other("told to fail"))
        }
    }

    fn finish(&mut self) -> Result<(), SinkError> {
        Ok(())
    }
}

fn told(
    works: bool,
) -> (
    GroupCommit,
    Sender<()>,
    Arc<AtomicBool>,
    oneshot::Receiver<()>,
) {
    let (go, goes) = channel();
    let (probed, probe) = oneshot::channel();
    let works = Arc::new(AtomicBool::new(works));
    let writer = Told {
        go: goes,
        works: Arc::clone(&works),
        probed: Some(probed),
    };
    let commits = GroupCommit::start("told", Duration::ZERO, writer).unwrap();
    (commits, go, works, probe)
}

#[tokio::test]
async fn more_bytes_than_the_queue_may_hold_are_refused_as_busy() {
    let (commits, go, _, _) = told(true);
    let half = Bytes::from(vec![0; QUEUE_BYTES_MAX as usize / 2]);
    let mut first = Box::pin(commits.store(half.clone()));
    let mut second = Box::pin(commits.store(half.clone()));
    assert!((&mut first).now_or_never().is_none());
    assert!((&mut second).now_or_never().is_none());
    let third = commits.store("one more\n".into()).await;
    assert!(matches!(third, Err(SinkError::Busy)), "{third:?}");
    for _ in 0..3 {
        go.send(()).unwrap();
    }
    first.await.unwrap();
    second.await.unwrap();
    commits.store("room again\n".into()).await.unwrap();
}

#[tokio::test]
async fn storage_that_fails_is_not_ready_until_it_works_again_although_nobody_asks() {
    let (commits, go, works, probed) = told(false);
    assert!(commits.is_ready());
    go.send(()).unwrap();
    assert!(commits.store("lost\n".into()).await.is_err());
    assert!(!commits.is_ready());
    works.store(true, Ordering::SeqCst);
    // The sender goes at the first probe that works.
    assert!(probed.await.is_err());
    go.send(()).unwrap();
    commits.store("kept\n".into()).await.unwrap();
    assert!(commits.is_ready());
}

#[tokio::test]
async fn a_thread_that_panicked_is_not_ready() {
    let (commits, go, _, _) = told(true);
    drop(go);
    assert!(commits.store("never\n".into()).await.is_err());
    let thread = commits.thread.as_ref().unwrap();
    while !thread.is_finished() {
        tokio::task::yield_now().await;
    }
    assert!(!commits.is_ready());
}
