//! AWS's S3 and KMS on this machine: moto, in a process of its own (tests/aws/storage.py).

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
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("aws/storage.py");
        let mut command = Command::new(python()?);
        command.arg(script).args([name, "--watch-stdin"]);
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
        Ok(AmazonS3Builder::new()
            .with_endpoint(self.said("url")?)
            .with_allow_http(true)
            .with_region("us-east-1")
            .with_access_key_id("test")
            .with_secret_access_key("test")
            .with_bucket_name(self.said("bucket")?)
            .with_sse_kms_encryption(self.said("key")?)
            .build()?)
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
