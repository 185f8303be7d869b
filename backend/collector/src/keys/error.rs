//! What can be wrong with a keys file. Messages say where and what, and never repeat a key or a token.
use std::io;

/// A keys file that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The file can't be read.
    #[error("the keys file can't be read: {0}")]
    Read(#[from] io::Error),
    /// The file is not the JSON that `docs/keys.md` describes.
    #[error("the keys file is malformed at line {line}, column {column}: {what}")]
    Malformed {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What was found, without any value of the file.
        what: String,
    },
    /// The file is well-formed and says something that can't be.
    #[error("the keys file is wrong: {0}")]
    Invalid(String),
}

impl From<serde_json::Error> for KeysError {
    fn from(error: serde_json::Error) -> Self {
        let text = error.to_string();
        // These three quote names of fields; every other message of serde's may quote a value, which may be a key.
        let quotes_names_only = ["unknown field", "missing field", "duplicate field"]
            .iter()
            .any(|start| text.starts_with(start));
        let what = match error.classify() {
            serde_json::error::Category::Data if quotes_names_only => text
                .split(" at line ")
                .next()
                .unwrap_or_default()
                .to_owned(),
            serde_json::error::Category::Data => {
                "a value of the wrong type or out of range".to_owned()
            }
            _ => "not valid JSON".to_owned(),
        };
        Self::Malformed {
            line: error.line(),
            column: error.column(),
            what,
        }
    }
}
