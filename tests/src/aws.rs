//! AWS's S3, KMS and SQS on this machine: moto, in a process of its own (tests/aws/storage.py).

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use axum::http::Method;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::signer::Signer;
use serde_json::Value;

use crate::{Child, http_client};

/// A bucket whose objects are encrypted with a KMS key. Dropping it ends its process.
#[derive(Debug)]
pub struct Bucket {
    _process: Child,
    said: Value,
}

impl Bucket {
    /// Starts moto on a free port, and makes a bucket there. The name has 3 characters at least.
    ///
    /// # Errors
    /// Where moto is not installed or does not start.
    pub fn start(name: &str) -> Result<Self> {
        Self::start_with(name, &[])
    }

    /// The same, and a queue that S3 tells of each new object.
    ///
    /// # Errors
    /// As [`Bucket::start`].
    pub fn start_with_queue(name: &str) -> Result<Self> {
        Self::start_with(name, &["--queue"])
    }

    fn start_with(name: &str, more: &[&str]) -> Result<Self> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("aws/storage.py");
        let mut command = Command::new(python()?);
        command.arg(script).args([name, "--watch-stdin"]).args(more);
        let mut process = Child::start(&mut command)?;
        let said = process.await_field("storage")?;
        Ok(Self {
            _process: process,
            said,
        })
    }

    /// A client that encrypts what it puts.
    ///
    /// # Errors
    /// Where the settings do not fit each other.
    pub fn open(&self) -> Result<AmazonS3> {
        self.open_through(self.url()?)
    }

    /// The same, through a proxy at this address.
    ///
    /// # Errors
    /// As [`Bucket::open`].
    pub fn open_through(&self, endpoint: &str) -> Result<AmazonS3> {
        Ok(AmazonS3Builder::new()
            .with_endpoint(endpoint)
            .with_allow_http(true)
            .with_region("us-east-1")
            .with_access_key_id("test")
            .with_secret_access_key("test")
            .with_bucket_name(self.said("bucket")?)
            .with_sse_kms_encryption(self.said("key")?)
            .build()?)
    }

    /// Where it listens.
    ///
    /// # Errors
    /// Where it did not say.
    pub fn url(&self) -> Result<&str> {
        self.said("url")
    }

    /// The queue's URL, where it has one.
    ///
    /// # Errors
    /// Where it was started without.
    pub fn queue(&self) -> Result<&str> {
        self.said("queue")
    }

    /// What a program's environment says to use it.
    ///
    /// # Errors
    /// Where it said less than it does.
    pub fn environment(&self) -> Result<[(&'static str, String); 7]> {
        Ok([
            ("AWS_ENDPOINT_URL", self.url()?.to_owned()),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "test".to_owned()),
            ("AWS_SERVER_SIDE_ENCRYPTION", "aws:kms".to_owned()),
            ("AWS_SSE_KMS_KEY_ID", self.said("key")?.to_owned()),
        ])
    }

    fn said(&self, field: &str) -> Result<&str> {
        self.said[field]
            .as_str()
            .context("storage.py said less than it does")
    }
}

/// How an object is encrypted, as S3 says it.
///
/// # Errors
/// Where there is no such object.
pub async fn encryption(
    bucket: &AmazonS3,
    key: &object_store::path::Path,
) -> Result<Option<String>> {
    let url = bucket
        .signed_url(Method::HEAD, key, Duration::from_secs(60))
        .await?;
    let head = http_client()?.head(url).send().await?.error_for_status()?;
    let header = head.headers().get("x-amz-server-side-encryption");
    Ok(header.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()))
}

/// The Python that `cargo xtask test` has put what AWS is tested with into, or that `EYELINE_AWS_PYTHON` names.
fn python() -> Result<PathBuf> {
    let python = match env::var_os("EYELINE_AWS_PYTHON") {
        Some(python) => PathBuf::from(python),
        None => env::home_dir()
            .context("no home folder: set EYELINE_AWS_PYTHON to a Python with tests/aws/requirements.txt")?
            .join(".cache/eyeline/aws/bin/python"),
    };
    ensure!(
        python.is_file(),
        "{} is missing: `cargo xtask test` installs it, or set EYELINE_AWS_PYTHON to a Python with tests/aws/requirements.txt",
        python.display()
    );
    Ok(python)
}
