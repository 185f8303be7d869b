//! A folder of any object store, and the lake that lives in one.

use std::sync::Arc;

use bytes::Bytes;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, ObjectStoreScheme, PutPayload};
use url::Url;

use super::durable::DurableFiles;
use crate::error::{LoadError, Result};

/// A folder in an object store.
#[derive(Debug, Clone)]
pub struct StoreAt {
    store: Arc<dyn ObjectStore>,
    root: Path,
}

impl StoreAt {
    /// Opens a URL that `object_store` knows, or a local folder by its path (created when missing).
    ///
    /// # Errors
    /// When the URL has no known scheme or the folder can't be created.
    pub fn open(url: &str) -> Result<Self> {
        let local = url.strip_prefix("file://").unwrap_or(url);
        if !local.contains("://") {
            std::fs::create_dir_all(local)?;
            let root = Path::from_absolute_path(std::fs::canonicalize(local)?)
                .map_err(|error| LoadError::Config(format!("folder {local}: {error}")))?;
            return Ok(Self {
                store: Arc::new(DurableFiles::new()),
                root,
            });
        }
        let parsed = Url::parse(url)
            .map_err(|error| LoadError::Config(format!("store address: {error}")))?;
        ObjectStoreScheme::parse(&parsed)
            .map_err(|error| LoadError::Config(format!("store address: {error}")))?;
        let (store, root) = object_store::parse_url_opts(
            &parsed,
            std::env::vars().map(|(key, value)| (key.to_lowercase(), value)),
        )?;
        Ok(Self {
            store: Arc::from(store),
            root,
        })
    }

    /// A folder of a store that is open already.
    #[must_use]
    pub fn new(store: Arc<dyn ObjectStore>, root: Path) -> Self {
        Self { store, root }
    }

    /// The store itself.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn ObjectStore> {
        &self.store
    }

    /// The full key of a path below this folder.
    #[must_use]
    pub fn key(&self, path: &str) -> Path {
        path.split('/')
            .filter(|part| !part.is_empty())
            .fold(self.root.clone(), Path::join)
    }

    /// The path below this folder of a full key.
    #[must_use]
    pub fn relative(&self, key: &Path) -> Option<String> {
        let parts: Vec<_> = key
            .prefix_match(&self.root)?
            .map(|part| part.as_ref().to_owned())
            .collect();
        Some(parts.join("/"))
    }

    /// The whole object, or `None` where there is none.
    pub(crate) async fn read(&self, path: &str) -> Result<Option<Bytes>> {
        match self.store.get(&self.key(path)).await {
            Ok(found) => Ok(Some(found.bytes().await?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub(crate) async fn write(&self, path: &str, body: impl Into<PutPayload>) -> Result<()> {
        self.store.put(&self.key(path), body.into()).await?;
        Ok(())
    }
}

/// A lake: where it is. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Lake {
    at: StoreAt,
}

impl Lake {
    /// Opens the lake at a store address or a local path. An empty folder is an empty lake.
    ///
    /// # Errors
    /// As [`StoreAt::open`].
    pub fn open(url: &str) -> Result<Self> {
        Ok(Self::at(StoreAt::open(url)?))
    }

    /// The lake in this folder.
    #[must_use]
    pub fn at(at: StoreAt) -> Self {
        Self { at }
    }

    /// The folder it lives in.
    #[must_use]
    pub fn store(&self) -> &StoreAt {
        &self.at
    }
}
