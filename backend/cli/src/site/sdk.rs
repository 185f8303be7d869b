//! The built web SDK: where it lies, and its files over HTTP.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, ensure};
use axum::extract::{Path as Segment, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Site;

/// A folder that holds the SDK's built files.
#[derive(Clone, Debug)]
pub struct Sdk(PathBuf);

impl Sdk {
    /// What to do where there is none.
    pub const REMEDY: &str = "cargo xtask web";

    /// The folder named, or one that is found: beside this program, in the folder it was called in, in the checkout it was built from.
    ///
    /// # Errors
    /// Where the folder named holds no SDK.
    pub fn find(named: Option<&Path>) -> Result<Option<Self>> {
        if let Some(folder) = named {
            ensure!(
                is_sdk(folder),
                "{} holds no {SCRIPT}: `{}` in the checkout builds the SDK into bindings/web/dist",
                folder.display(),
                Self::REMEDY
            );
            return Ok(Some(Self(folder.to_owned())));
        }
        let program = std::env::current_exe().ok();
        let beside = program.and_then(|program| Some(program.parent()?.join("eyeline-web")));
        let called = PathBuf::from("bindings/web/dist");
        let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../bindings/web/dist");
        let places = beside.into_iter().chain([called, checkout]);
        Ok(places.into_iter().find(|folder| is_sdk(folder)).map(Self))
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.0
    }
}

fn is_sdk(folder: &Path) -> bool {
    folder.join(SCRIPT).is_file()
}

/// The script that a page loads.
const SCRIPT: &str = "eyeline.js";

/// One of the SDK's files. Read anew each time, so that a fresh build shows at the next reload.
pub(super) async fn file(
    State(site): State<Arc<Site>>,
    Segment(name): Segment<String>,
) -> Response {
    let Some(sdk) = &site.settings.sdk else {
        return (
            StatusCode::NOT_FOUND,
            format!("the SDK is not built: run `{}`\n", Sdk::REMEDY),
        )
            .into_response();
    };
    let plain = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+'));
    let kind = match name.rsplit_once('.') {
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "wasm")) => "application/wasm",
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    if !plain || name.starts_with('.') {
        return StatusCode::NOT_FOUND.into_response();
    }
    match tokio::fs::read(sdk.0.join(&name)).await {
        Ok(bytes) => (
            [
                (header::CONTENT_TYPE, kind),
                (header::CACHE_CONTROL, "no-cache"),
            ],
            bytes,
        )
            .into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}
