//! The page's own files, built into the program.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

/// A file by its name.
pub(super) async fn file(Path(name): Path<String>) -> Response {
    let Some((_, bytes)) = FILES.iter().find(|(known, _)| *known == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = match name.rsplit_once('.') {
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "css")) => "text/css; charset=utf-8",
        _ => "video/webm",
    };
    (
        [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "no-cache"),
        ],
        *bytes,
    )
        .into_response()
}

const FILES: [(&str, &[u8]); 8] = [
    ("style.css", include_bytes!("page/style.css")),
    ("consent.js", include_bytes!("page/consent.js")),
    ("app.js", include_bytes!("page/app.js")),
    ("cards.js", include_bytes!("page/cards.js")),
    ("feed.js", include_bytes!("page/feed.js")),
    ("words.js", include_bytes!("page/words.js")),
    ("dom.js", include_bytes!("page/dom.js")),
    ("clip.webm", include_bytes!("page/clip.webm")),
];
