//! What to send when, and how it went.

#![expect(
    clippy::too_many_arguments,
    reason = "scalars cross the border cheaply, objects don't"
)]

use eyeline_core::{HostAnswer, Preview, Step, UploadKind};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::clock::now;
use crate::core::Core;
use crate::number::{count, float};

/// Results of [`Core::next`] that are no time to wait.
const UPLOAD_READY: f64 = -1.0;
const IDLE: f64 = -2.0;

#[wasm_bindgen]
impl Core {
    /// What to do now: -1 send an upload, -2 nothing until the next call, else the ms after which to ask again.
    pub fn next(&mut self, m: f64, w: f64) -> f64 {
        match self.engine.next_step(now(m, w)) {
            Step::Send(upload) => {
                self.tickets = (self.tickets.0 + 1, Some(upload.ticket));
                self.upload = Some(upload);
                UPLOAD_READY
            }
            Step::Wait(wait) => float(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)),
            _ => IDLE,
        }
    }

    /// The number that names the upload to `answer`.
    #[must_use]
    pub fn ticket(&self) -> u32 {
        self.tickets.0
    }

    /// The upload's path and query without the write key: append `&k=`.
    #[must_use]
    pub fn path(&self) -> String {
        let path = self
            .upload
            .as_ref()
            .map(|upload| upload.path_and_query.clone());
        path.unwrap_or_default()
    }

    /// 0 a batch, 1 a request to forget.
    #[must_use]
    pub fn kind(&self) -> u32 {
        let kind = self.upload.as_ref().map(|upload| upload.kind);
        u32::from(kind == Some(UploadKind::Forget))
    }

    /// How many events the upload carries.
    #[must_use]
    pub fn events(&self) -> usize {
        self.upload.as_ref().map_or(0, |upload| upload.events)
    }

    /// The upload's body, handed over: ask once, after path and kind.
    pub fn body(&mut self) -> Vec<u8> {
        self.upload
            .take()
            .map(|upload| upload.body)
            .unwrap_or_default()
    }

    /// How the upload of this ticket went. `code` is 0 unreachable, 1 timed out, 2 taken (the host read the answer: how many
    /// events are `ok`, and the numbers of those `rejected`), else the HTTP status, with its `Retry-After` header or an
    /// empty string. An answer to an upload that the engine no longer waits for is ignored.
    pub fn answer(
        &mut self,
        m: f64,
        w: f64,
        ticket: u32,
        code: u16,
        ok: f64,
        rejected: &[f64],
        retry_after: String,
    ) {
        let Some(known) = self.tickets.1.take_if(|_| ticket == self.tickets.0) else {
            return;
        };
        let answer = match code {
            0 => HostAnswer::Unreachable,
            1 => HostAnswer::TimedOut,
            2 => HostAnswer::Taken {
                ok: count(ok),
                rejected: rejected.iter().map(|number| count(*number)).collect(),
            },
            code => HostAnswer::Http {
                code,
                retry_after: Some(retry_after).filter(|text| !text.is_empty()),
                body: Vec::new(),
            },
        };
        self.engine.answer(now(m, w), known, &answer);
    }

    /// The body that would deliver the open batch if the page died now; nothing changes. Undefined where nothing may be sent.
    pub fn preview(&mut self, m: f64, w: f64) -> Option<Vec<u8>> {
        let preview = self.engine.preview(now(m, w));
        self.shown(preview)
    }

    /// The body of the sealed batch number `skip`, from 0, of those that wait while another is on its way; nothing changes.
    /// For a page that is left: it sends all of them at once.
    pub fn waiting(&mut self, m: f64, w: f64, skip: usize) -> Option<Vec<u8>> {
        let preview = self.engine.waiting(now(m, w), skip);
        self.shown(preview)
    }

    /// Where what was last previewed, or last seen waiting, goes, without the write key.
    #[wasm_bindgen(js_name = previewPath)]
    #[must_use]
    pub fn preview_path(&self) -> String {
        self.preview_path.clone()
    }
}

impl Core {
    /// The body; where it goes is kept for [`Core::preview_path`].
    fn shown(&mut self, preview: Option<Preview>) -> Option<Vec<u8>> {
        let Preview {
            path_and_query,
            body,
        } = preview?;
        self.preview_path = path_and_query;
        Some(body)
    }
}
