//! The local disk as an object store that outlives a power cut: what a put reports as written is on the disk, name and all.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path as FilePath, PathBuf};

use async_trait::async_trait;
use futures::stream::BoxStream;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{
    CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta,
    ObjectStore, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
};

/// [`LocalFileSystem`] with puts that reach the disk before they return, and are seen whole or not at all. It never syncs by itself:
/// after a power cut its newest objects can be empty, and an empty commit would end the log for good.
#[derive(Debug)]
pub(super) struct DurableFiles {
    files: LocalFileSystem,
}

impl DurableFiles {
    pub(super) fn new() -> Self {
        Self {
            files: LocalFileSystem::new(),
        }
    }
}

impl std::fmt::Display for DurableFiles {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "DurableFiles({})", self.files)
    }
}

#[async_trait]
impl ObjectStore for DurableFiles {
    async fn put_opts(
        &self,
        at: &Path,
        body: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        if matches!(options.mode, PutMode::Update(_)) || !options.attributes.is_empty() {
            // What the file system can't do is refused in its own words.
            return self.files.put_opts(at, body, options).await;
        }
        let path = self.files.path_to_filesystem(at)?;
        let create = options.mode == PutMode::Create;
        tokio::task::spawn_blocking(move || {
            write(&path, &body, create).map_err(|e| told(&path, e))
        })
        .await??;
        Ok(PutResult {
            e_tag: None,
            version: None,
        })
    }

    async fn put_multipart_opts(
        &self,
        _: &Path,
        _: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        Err(Error::NotImplemented {
            operation: "`put_multipart_opts`: its parts would not be synced".to_owned(),
            implementer: self.to_string(),
        })
    }

    async fn get_opts(&self, at: &Path, options: GetOptions) -> Result<GetResult> {
        self.files.get_opts(at, options).await
    }

    fn delete_stream(
        &self,
        paths: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.files.delete_stream(paths)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.files.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.files.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.files.copy_opts(from, to, options).await
    }
}

/// Writes and syncs under a name that listings leave out, then gives the file its own name and syncs that.
fn write(path: &FilePath, body: &PutPayload, create: bool) -> io::Result<()> {
    let folder = path
        .parent()
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
    create_folder(folder)?;
    let staged = staged(path)?;
    let mut file = File::options().write(true).create_new(true).open(&staged)?;
    let written = body
        .iter()
        .try_for_each(|part| file.write_all(part))
        .and_then(|()| file.sync_all());
    drop(file);
    let named = written.and_then(|()| {
        if create {
            // Unlike a rename, a link fails where the name is taken.
            fs::hard_link(&staged, path)
        } else {
            fs::rename(&staged, path)
        }
    });
    if create || named.is_err() {
        // A leftover costs space only.
        let _ = fs::remove_file(&staged);
    }
    named?;
    sync(folder)
}

/// Creates what is missing of a folder, each part's name synced in the folder above it.
fn create_folder(folder: &FilePath) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(above) = folder.parent() {
        create_folder(above)?;
        match fs::create_dir(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => sync(above)?,
        }
    }
    Ok(())
}

/// Puts the names in a folder on the disk.
fn sync(folder: &FilePath) -> io::Result<()> {
    // Windows can't open a folder as a file, and keeps names in its journal.
    if cfg!(windows) {
        return Ok(());
    }
    File::open(folder)?.sync_all()
}

/// `name#<digits>`: [`LocalFileSystem`] takes names of this form for unfinished uploads and lists none of them.
fn staged(path: &FilePath) -> io::Result<PathBuf> {
    let mut bits = [0u8; 8];
    getrandom::fill(&mut bits).map_err(|error| io::Error::other(error.to_string()))?;
    let mut name = path.as_os_str().to_owned();
    name.push(format!("#{}", u64::from_ne_bytes(bits)));
    Ok(name.into())
}

fn told(path: &FilePath, error: io::Error) -> Error {
    let path = path.to_string_lossy().into_owned();
    match error.kind() {
        io::ErrorKind::AlreadyExists => Error::AlreadyExists {
            path,
            source: error.into(),
        },
        _ => Error::Generic {
            store: "DurableFiles",
            source: error.into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt;
    use object_store::ObjectStoreExt;

    use super::*;

    fn at_folder(folder: &tempfile::TempDir) -> Path {
        Path::from_absolute_path(fs::canonicalize(folder.path()).unwrap()).unwrap()
    }

    fn at(folder: &tempfile::TempDir, path: &str) -> Path {
        at_folder(folder).join("lake").join(path)
    }

    async fn body(store: &DurableFiles, at: &Path) -> Vec<u8> {
        store.get(at).await.unwrap().bytes().await.unwrap().to_vec()
    }

    #[tokio::test]
    async fn a_create_takes_a_free_name_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let (store, at) = (DurableFiles::new(), at(&folder, "1.json"));
        let create = || PutOptions::from(PutMode::Create);
        store.put_opts(&at, "a".into(), create()).await.unwrap();
        let second = store.put_opts(&at, "b".into(), create()).await.unwrap_err();
        assert!(matches!(second, Error::AlreadyExists { .. }), "{second}");
        assert_eq!(body(&store, &at).await, b"a");
        store.put(&at, "c".into()).await.unwrap();
        assert_eq!(body(&store, &at).await, b"c");
    }

    #[tokio::test]
    async fn nothing_but_the_object_stays_behind_or_is_listed() {
        let folder = tempfile::tempdir().unwrap();
        let (store, at) = (DurableFiles::new(), at(&folder, "1.json"));
        for mode in [PutMode::Create, PutMode::Create, PutMode::Overwrite] {
            let _ = store.put_opts(&at, "a".into(), mode.into()).await;
        }
        let names: Vec<_> = fs::read_dir(folder.path().join("lake"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        assert_eq!(names, ["1.json"]);
        // What a power cut leaves of a write is not an object.
        fs::write(folder.path().join("lake/2.json#77"), "").unwrap();
        let lake = at_folder(&folder).join("lake");
        let listed: Vec<_> = store.list(Some(&lake)).try_collect().await.unwrap();
        assert_eq!(listed.len(), 1);
    }
}
