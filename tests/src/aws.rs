//! AWS's S3 and KMS on this machine: moto, in a process of its own.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::{env, io, thread};

use anyhow::{Context, Result, ensure};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use serde_json::Value;

use crate::http_client;

/// A running moto. Dropping it ends the process.
#[derive(Debug)]
pub struct Moto {
    process: Child,
    url: String,
}

impl Moto {
    /// Starts it on a free port.
    ///
    /// # Errors
    /// Where it is not installed or does not start.
    pub fn start() -> Result<Self> {
        let program = program()?;
        let mut process = Command::new(&program)
            .args(["-H", "127.0.0.1", "-p", "0"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let mut said = BufReader::new(process.stderr.take().context("standard error is piped")?);
        let mut line = String::new();
        let url = loop {
            line.clear();
            ensure!(
                said.read_line(&mut line)? > 0,
                "moto ended before it said where it listens"
            );
            if let Some((_, url)) = line.trim_end().split_once("Running on ") {
                break url.to_owned();
            }
        };
        // Nobody reads what it logs, and a full pipe would stop it. The thread ends with the process.
        thread::spawn(move || io::copy(&mut said, &mut io::sink()));
        Ok(Self { process, url })
    }

    /// A bucket whose objects are encrypted by a KMS key of its own. The name is 3 characters at least.
    ///
    /// # Errors
    /// Where moto refuses.
    pub async fn bucket(&self, name: &str) -> Result<AmazonS3> {
        let client = http_client()?;
        let made = client.put(format!("{}/{name}", self.url)).send().await?;
        made.error_for_status().context("no bucket")?;
        let key = client
            .post(&self.url)
            .header("x-amz-target", "TrentService.CreateKey")
            .header("content-type", "application/x-amz-json-1.1")
            .body("{}")
            .send()
            .await?;
        let key: Value = serde_json::from_slice(&key.error_for_status()?.bytes().await?)?;
        let key = key["KeyMetadata"]["Arn"].as_str().context("no key")?;
        Ok(AmazonS3Builder::new()
            .with_endpoint(&self.url)
            .with_allow_http(true)
            .with_region("us-east-1")
            .with_access_key_id("test")
            .with_secret_access_key("test")
            .with_bucket_name(name)
            .with_sse_kms_encryption(key)
            .build()?)
    }

    /// How an object is encrypted, as S3 says it.
    ///
    /// # Errors
    /// Where there is no such object.
    pub async fn encryption(&self, bucket: &str, key: &str) -> Result<Option<String>> {
        let head = http_client()?
            .head(format!("{}/{bucket}/{key}", self.url))
            .send()
            .await?
            .error_for_status()?;
        let header = head.headers().get("x-amz-server-side-encryption");
        Ok(header.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()))
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // One that has ended already needs no killing.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// moto's server, where `cargo xtask test` has put it, or as `EYELINE_AWS_TOOLS` says.
fn program() -> Result<PathBuf> {
    let folder = match env::var_os("EYELINE_AWS_TOOLS") {
        Some(folder) => PathBuf::from(folder),
        None => env::home_dir()
            .context("no home folder: set EYELINE_AWS_TOOLS to the folder that holds moto_server")?
            .join(".cache/eyeline/aws/bin"),
    };
    let program = folder.join("moto_server");
    ensure!(
        program.is_file(),
        "{} is missing: `cargo xtask test` installs it, or set EYELINE_AWS_TOOLS to the folder that holds it",
        program.display()
    );
    Ok(program)
}
