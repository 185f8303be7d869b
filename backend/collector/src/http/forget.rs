//! `POST /v1/forget`: a visitor asks to be forgotten; answered once the request is durable.
use std::borrow::Cow;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::Response;
use eyeline_core::wire::{Answer, Extra, Forget, ForgetLine};

use super::admit::{Admitted, answer};
use super::batch::{json, not_stored};
use super::{App, Code, Fault, body};

pub(super) async fn forget(State(app): State<Arc<App>>, request: Request) -> Response {
    answer(app, request, take).await
}

async fn take(app: Arc<App>, admitted: Admitted) -> Result<Response, Fault> {
    let Admitted {
        key,
        stamp,
        headers,
        body,
        ..
    } = admitted;
    let raw = body::read(body, &headers, app.body_timeout).await?;
    let forget =
        Forget::decode(&raw).map_err(|error| Fault::new(error.why.into(), error.to_string()))?;
    if !key.may_send_for(&forget.affiliate) {
        return Err(Fault::new(
            Code::AffiliateNotAllowed,
            "aff is not among this key's affiliates",
        ));
    }
    key.admit_forget().map_err(|wait| {
        Fault::new(
            Code::RateLimited,
            "this key sends more requests to forget a minute than it may",
        )
        .retry_after(wait)
    })?;
    // Unknown keys are left behind: this line is read by what deletes, and says nothing it need not say.
    let forget = Forget::new(forget.affiliate, forget.anon);
    let line = ForgetLine {
        received: stamp.received,
        key: Cow::Borrowed(&*key.key),
        forget,
        extra: Extra::default(),
    };
    app.sink
        .store(line.encode().into())
        .await
        .map_err(|error| not_stored(&error))?;
    app.metrics.forgets.increment(1);
    Ok(json(Answer::new(1, []).encode()))
}
