//! A loader that dies at any of its writes leaves a lake from which the next one reaches the undisturbed result.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use futures::stream::BoxStream;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

use crate::support::{World, deliver_small_world};

/// Lets a number of writes pass; the next one fails, before or after it took effect, and then nothing works any more.
#[derive(Debug)]
struct Dying {
    store: Arc<dyn ObjectStore>,
    writes_left: AtomicU64,
    last_write_lands: bool,
}

impl Dying {
    fn check(&self) -> Result<()> {
        if self.writes_left.load(Ordering::Relaxed) == 0 {
            Err(dead())
        } else {
            Ok(())
        }
    }

    /// Whether the write may happen, and whether its success may be told.
    fn spend(&self) -> (bool, bool) {
        match self
            .writes_left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                Some(left.saturating_sub(1))
            }) {
            Ok(0) => (false, false),
            Ok(1) => (self.last_write_lands, false),
            _ => (true, true),
        }
    }
}

impl std::fmt::Display for Dying {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Dying({})", self.store)
    }
}

fn dead() -> Error {
    Error::Generic {
        store: "dying",
        source: "the process died".into(),
    }
}

#[async_trait]
impl ObjectStore for Dying {
    async fn put_opts(
        &self,
        at: &Path,
        body: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        let (happens, told) = self.spend();
        if !happens {
            return Err(dead());
        }
        let result = self.store.put_opts(at, body, options).await;
        if told { result } else { Err(dead()) }
    }

    async fn put_multipart_opts(
        &self,
        at: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.check()?;
        self.store.put_multipart_opts(at, options).await
    }

    async fn get_opts(&self, at: &Path, options: GetOptions) -> Result<GetResult> {
        self.check()?;
        self.store.get_opts(at, options).await
    }

    fn delete_stream(
        &self,
        paths: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        match self.spend() {
            (true, true) => self.store.delete_stream(paths),
            _ => Box::pin(futures::stream::once(async { Err(dead()) })),
        }
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        match self.check() {
            Ok(()) => self.store.list(prefix),
            Err(error) => Box::pin(futures::stream::once(async { Err(error) })),
        }
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.check()?;
        self.store.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.check()?;
        self.store.copy_opts(from, to, options).await
    }
}

async fn small_world() -> World {
    let mut world = World::new();
    world.options.micro_batch_bytes = 900;
    deliver_small_world(&world).await;
    world
}

#[tokio::test]
async fn dying_at_any_write_changes_nothing_in_the_end() {
    let undisturbed = small_world().await;
    undisturbed.loader().run_once().await.unwrap();
    let wanted = undisturbed.tables().await;
    for last_write_lands in [false, true] {
        let mut survived = 0;
        for writes in 1.. {
            let world = small_world().await;
            let store = Dying {
                store: Arc::clone(&world.lake),
                writes_left: AtomicU64::new(writes),
                last_write_lands,
            };
            let died = world.loader_on(Arc::new(store)).run_once().await.is_err();
            world.loader().run_once().await.unwrap();
            assert_eq!(
                world.tables().await,
                wanted,
                "died at write {writes}, landed: {last_write_lands}"
            );
            crate::publish::check(&world).await;
            survived = writes;
            if !died {
                break;
            }
        }
        assert!(survived > 10, "only {survived} writes were tried");
    }
}

#[tokio::test]
async fn dying_at_any_write_of_an_erasure_changes_nothing_in_the_end() {
    let undisturbed = small_world().await;
    undisturbed.loader().run_once().await.unwrap();
    undisturbed
        .loader()
        .erase("shop", "anon000000000002")
        .await
        .unwrap();
    let wanted = undisturbed.tables().await;
    for writes in 1.. {
        let world = small_world().await;
        world.loader().run_once().await.unwrap();
        let store = Dying {
            store: Arc::clone(&world.lake),
            writes_left: AtomicU64::new(writes),
            last_write_lands: true,
        };
        let died = world
            .loader_on(Arc::new(store))
            .erase("shop", "anon000000000002")
            .await
            .is_err();
        // The request is in the log from its first commit on; any later run carries it out.
        world.loader().run_once().await.unwrap();
        assert_eq!(world.tables().await, wanted, "died at write {writes}");
        crate::publish::check(&world).await;
        if !died {
            break;
        }
    }
}
