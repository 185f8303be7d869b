//! One impression on screen, from render to the moment it is gone.

use eyeline_core::{Click, Engine, ImpressionHandle, Label, Media, Now, Refused, Visibility};

use super::error::NotRecorded;
use super::handle::Client;

/// A rendered impression. Say how much of it shows, and core decides when it was viewable and for how long it was
/// seen. Dropping it ends the impression.
#[derive(Debug)]
pub struct View {
    client: Client,
    handle: Option<ImpressionHandle>,
}

impl View {
    pub(super) fn new(client: Client, handle: Option<ImpressionHandle>) -> Self {
        View { client, handle }
    }

    /// How much of it shows now. Say so whenever that changes; between two calls it counts as unchanged.
    pub fn visible(&self, visibility: Visibility) {
        // The view may have been ended by a page change: then there is nothing to see.
        let _ = self.act(|engine, now, handle| engine.visible(now, handle, visibility).map(|()| 0));
    }

    /// It was clicked or tapped.
    ///
    /// # Errors
    /// [`NotRecorded`] says why the click was not recorded.
    pub fn click(&self, click: Click) -> Result<u64, NotRecorded> {
        self.act(|engine, now, handle| engine.click(now, handle, click))
    }

    /// Its audio or video moved on.
    ///
    /// # Errors
    /// [`NotRecorded`] says why the change was not recorded.
    pub fn media(&self, media: Media) -> Result<u64, NotRecorded> {
        self.act(|engine, now, handle| engine.media(now, handle, media))
    }

    /// Ends the impression: it left the screen for good. `why` is a word of yours, such as `scrolled`.
    ///
    /// # Errors
    /// [`NotRecorded`] says why the end was not recorded; it has ended all the same.
    pub fn hide(mut self, why: &Label) -> Result<u64, NotRecorded> {
        let result = self.act(|engine, now, handle| engine.hide(now, handle, why));
        self.handle = None;
        result
    }

    /// The impression's number within this start, if it was recorded.
    #[must_use]
    pub fn number(&self) -> Option<u64> {
        self.handle.map(ImpressionHandle::number)
    }

    fn act(
        &self,
        act: impl FnOnce(&mut Engine, Now, ImpressionHandle) -> Result<u64, Refused>,
    ) -> Result<u64, NotRecorded> {
        let handle = self.handle.ok_or(Refused::UnknownImpression)?;
        Ok(self
            .client
            .shared()
            .act(|engine, now| act(engine, now, handle))??)
    }
}

impl Drop for View {
    fn drop(&mut self) {
        if self.handle.is_some() {
            let why = Label::new("dropped").expect("a word is a label");
            // Ended by a page change or a shutdown before: then there is nothing left to end.
            let _ = self.act(|engine, now, handle| engine.hide(now, handle, &why));
        }
    }
}
