//! The data folder: where a set-up on one machine keeps its keys, raw files and lake, and how a first run makes it.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::Args;
use serde::{Deserialize, Serialize};

/// Where everything is. Each part can be moved by itself.
#[derive(Args, Clone, Debug)]
pub struct Place {
    /// The data folder: keys.json, secret, raw/, spool/ and lake/ lie in it
    #[arg(
        long,
        default_value = "eyeline-data",
        env = "EYELINE_DATA",
        global = true
    )]
    pub data: PathBuf,
    /// The keys file [default: keys.json in the data folder]
    #[arg(long, env = "EYELINE_KEYS", global = true)]
    keys: Option<PathBuf>,
    /// The raw files: a folder, or the URL of a store as s3://BUCKET/PREFIX, opened with what the environment says (AWS_REGION, AWS_ENDPOINT_URL, …) [default: raw/ in the data folder]
    #[arg(long, env = "EYELINE_RAW", global = true)]
    raw: Option<String>,
    /// What Firehose could not transform and put aside: its error output, read back by the loader [default: errors/ beside the raw files, where these are in a store]
    #[arg(long, env = "EYELINE_ERRORS", global = true)]
    errors: Option<String>,
    /// The lake: a folder, or the URL of a store [default: lake/ in the data folder]
    #[arg(long, env = "EYELINE_LAKE", global = true)]
    lake: Option<String>,
}

/// The first write key of a keys file, for commands that send to their own collector.
#[derive(Clone, Debug)]
pub struct FirstKey {
    /// The write key.
    pub key: String,
    /// The affiliates it may send for.
    pub affiliates: Vec<String>,
    /// The first admin token, where there is one.
    pub admin_token: Option<String>,
}

impl Place {
    /// The keys file.
    #[must_use]
    pub fn keys(&self) -> PathBuf {
        self.keys
            .clone()
            .unwrap_or_else(|| self.data.join("keys.json"))
    }

    /// The raw files, as a path or URL.
    #[must_use]
    pub fn raw(&self) -> String {
        self.raw
            .clone()
            .unwrap_or_else(|| self.data.join("raw").to_string_lossy().into_owned())
    }

    /// Firehose's error output, as a path or URL, where there may be one.
    #[must_use]
    pub fn errors(&self) -> Option<String> {
        self.errors.clone().or_else(|| beside(&self.raw()))
    }

    /// The lake, as a path or URL.
    #[must_use]
    pub fn lake(&self) -> String {
        self.lake
            .clone()
            .unwrap_or_else(|| self.data.join("lake").to_string_lossy().into_owned())
    }

    /// The lake, as other engines know it.
    ///
    /// # Errors
    /// Where the folder can't be made.
    pub fn lake_address(&self) -> Result<String> {
        let lake = self.lake();
        if lake.contains("://") {
            return Ok(lake);
        }
        fs::create_dir_all(&lake).with_context(|| format!("cannot make the folder {lake}"))?;
        let folder = fs::canonicalize(&lake).with_context(|| format!("cannot find {lake}"))?;
        Ok(format!("file://{}", folder.display()))
    }

    /// Batches that the sink did not take yet.
    #[must_use]
    pub fn spool(&self) -> PathBuf {
        self.data.join("spool")
    }

    /// The secret that visitor keys are made with.
    #[must_use]
    pub fn secret_file(&self) -> PathBuf {
        self.data.join("secret")
    }

    /// Makes what a first run lacks: the folder, a keys file with one key for `affiliates`, the secret. What exists is left as it is.
    ///
    /// # Errors
    /// Where the folder can't be written.
    pub fn prepare(&self, affiliates: &[String]) -> Result<()> {
        fs::create_dir_all(&self.data)
            .with_context(|| format!("cannot make the data folder {}", self.data.display()))?;
        let keys = KeysFile::fresh(affiliates)?;
        let text = serde_json::to_string_pretty(&keys)
            .context("a keys file always has a JSON form")?
            + "\n";
        create(&self.keys(), &text)?;
        create(&self.secret_file(), &random_text(32)?)?;
        Ok(())
    }

    /// The secret that visitor keys are made with.
    ///
    /// # Errors
    /// Where there is none, or it can't be read.
    pub fn secret(&self) -> Result<String> {
        let path = self.secret_file();
        let text = fs::read_to_string(&path).with_context(|| {
            format!(
                "no secret at {}: `eyeline up` or `eyeline collect` makes one on their first run",
                path.display()
            )
        })?;
        Ok(text.trim().to_owned())
    }

    /// The first key of the keys file.
    ///
    /// # Errors
    /// Where the file is missing, malformed or holds no key.
    pub fn first_key(&self) -> Result<FirstKey> {
        let path = self.keys();
        let text = fs::read(&path).with_context(|| {
            format!(
                "no keys file at {}: `eyeline up` makes one on its first run, or pass --keys",
                path.display()
            )
        })?;
        // The collector checks the file whole and says where it is wrong; here only the first key matters.
        let file: KeysFile = serde_json::from_slice(&text)
            .with_context(|| format!("{} is not a keys file", path.display()))?;
        let first = file
            .keys
            .into_iter()
            .next()
            .with_context(|| format!("{} holds no key", path.display()))?;
        Ok(FirstKey {
            key: first.key,
            affiliates: first.affiliates,
            admin_token: file.admin_tokens.into_iter().next(),
        })
    }
}

/// `errors` beside a folder of a store: raw files under `raw/` of a bucket have it there; a whole bucket of them has it within.
fn beside(raw: &str) -> Option<String> {
    let (scheme, place) = raw.trim_end_matches('/').split_once("://")?;
    let within = place.rsplit_once('/').map_or(place, |(within, _)| within);
    Some(format!("{scheme}://{within}/errors"))
}

#[derive(Deserialize, Serialize)]
struct KeysFile {
    v: u32,
    keys: Vec<KeyEntry>,
    #[serde(default)]
    admin_tokens: Vec<String>,
}

#[derive(Deserialize, Serialize)]
struct KeyEntry {
    key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    affiliates: Vec<String>,
}

impl KeysFile {
    fn fresh(affiliates: &[String]) -> Result<Self> {
        let key = KeyEntry {
            key: format!("wk_{}", random_text(12)?),
            name: Some("first key".to_owned()),
            affiliates: affiliates.to_vec(),
        };
        Ok(Self {
            v: 1,
            keys: vec![key],
            admin_tokens: vec![format!("admin_{}", random_text(24)?)],
        })
    }
}

/// Creates a file that only its owner may read; one that exists stays as it is.
fn create(path: &Path, text: &str) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Ok(mut file) => file
            .write_all(text.as_bytes())
            .with_context(|| format!("cannot write {}", path.display())),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error).with_context(|| format!("cannot make {}", path.display())),
    }
}

/// `bytes` random bytes in hexadecimal.
fn random_text(bytes: usize) -> Result<String> {
    let mut random = vec![0; bytes];
    getrandom::fill(&mut random).context("the system gives no random bytes")?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(data: &Path) -> Place {
        Place {
            data: data.to_owned(),
            keys: None,
            raw: None,
            errors: None,
            lake: None,
        }
    }

    #[test]
    fn a_first_run_makes_a_key_that_a_second_run_keeps() {
        let folder = tempfile::tempdir().unwrap();
        let place = place(&folder.path().join("data"));
        place.prepare(&["news".to_owned()]).unwrap();
        let (first, secret) = (place.first_key().unwrap(), place.secret().unwrap());
        place.prepare(&["other".to_owned()]).unwrap();
        let again = place.first_key().unwrap();
        assert_eq!(
            (first.key, first.affiliates),
            (again.key, vec!["news".to_owned()])
        );
        assert_eq!((secret.len(), &secret), (64, &place.secret().unwrap()));
    }

    #[test]
    fn error_output_lies_beside_raw_files_of_a_store() {
        let at = |raw: &str| {
            let raw = Some(raw.to_owned());
            let place = Place {
                raw,
                ..place(Path::new("data"))
            };
            place.errors()
        };
        assert_eq!(at("s3://b/a/raw/").as_deref(), Some("s3://b/a/errors"));
        assert_eq!(at("s3://b").as_deref(), Some("s3://b/errors"));
        assert_eq!(at("/data/raw"), None);
    }

    #[test]
    fn a_missing_keys_file_is_named_with_its_remedy() {
        let folder = tempfile::tempdir().unwrap();
        let error = place(folder.path()).first_key().unwrap_err();
        assert!(error.to_string().contains("eyeline up"), "{error}");
    }
}
