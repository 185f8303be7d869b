//! Lambda's runtime API (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>), so that the real function's binary
//! transforms records: started with `AWS_LAMBDA_RUNTIME_API`, it asks here for its work.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use tokio::sync::{Notify, oneshot};

use crate::key::unique;
use crate::refusal::{ACCOUNT, REGION};
use crate::service::Service;

/// Bytes of an answer, and of an event: 6 MiB (<https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>).
const PAYLOAD_BYTES_MAX: usize = 6 << 20;

/// One function: what it is asked to do, one invocation after another.
#[derive(Debug, Default)]
pub(crate) struct Runtime {
    state: Mutex<Invocations>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Invocations {
    waiting: VecDeque<Invocation>,
    running: Option<Invocation>,
    /// How often work was asked for: of two who ask, the earlier is a process that has died.
    asked: u64,
}

#[derive(Debug)]
struct Invocation {
    id: String,
    event: Vec<u8>,
    done: oneshot::Sender<Result<Value, String>>,
}

impl Runtime {
    /// Hands an event to the function and waits for its answer.
    pub(crate) async fn invoke(&self, event: &Value) -> Result<Value, String> {
        let event = event.to_string().into_bytes();
        if event.len() > PAYLOAD_BYTES_MAX {
            return Err(format!("an event of {} bytes", event.len()));
        }
        let (done, answer) = oneshot::channel();
        let id = unique().map_err(|error| error.to_string())?;
        self.state()
            .waiting
            .push_back(Invocation { id, event, done });
        self.changed.notify_one();
        answer
            .await
            .unwrap_or_else(|_| Err("the function went away".to_owned()))
    }

    fn state(&self) -> MutexGuard<'_, Invocations> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, id: &str, result: Result<Value, String>) -> bool {
        let running = self.state().running.take_if(|running| running.id == id);
        // Whoever invoked may have gone.
        running
            .map(|running| drop(running.done.send(result)))
            .is_some()
    }
}

/// The function asks for work. One that asks again without an answer has crashed on the last.
pub(crate) async fn next(State(service): State<Arc<Service>>) -> Response {
    let runtime = &service.runtime;
    let mine = {
        let mut state = runtime.state();
        state.asked += 1;
        state.asked
    };
    loop {
        {
            let mut state = runtime.state();
            if state.asked != mine {
                // The word may have been meant for the successor.
                runtime.changed.notify_one();
                return StatusCode::GONE.into_response();
            }
            if let Some(crashed) = state.running.take() {
                drop(crashed.done.send(Err("Runtime exited".to_owned())));
            }
            if let Some(invocation) = state.waiting.pop_front() {
                let headers = [
                    ("lambda-runtime-aws-request-id", invocation.id.clone()),
                    (
                        "lambda-runtime-deadline-ms",
                        (service.now_ms() + TIMEOUT_MS).to_string(),
                    ),
                    ("lambda-runtime-invoked-function-arn", function_arn()),
                    ("lambda-runtime-trace-id", "Root=1-0-0".to_owned()),
                    ("content-type", "application/json".to_owned()),
                ];
                let event = invocation.event.clone();
                state.running = Some(invocation);
                return (headers, event).into_response();
            }
        }
        runtime.changed.notified().await;
    }
}

/// The function's answer.
pub(crate) async fn response(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    body: Bytes,
) -> StatusCode {
    let (status, result) = if body.len() > PAYLOAD_BYTES_MAX {
        let why = format!("Function.ResponseSizeTooLarge: {} bytes", body.len());
        (StatusCode::PAYLOAD_TOO_LARGE, Err(why))
    } else {
        let read = serde_json::from_slice(&body).map_err(|error| error.to_string());
        (StatusCode::ACCEPTED, read)
    };
    if service.runtime.end(&id, result) {
        status
    } else {
        StatusCode::BAD_REQUEST
    }
}

/// The function says that it failed.
pub(crate) async fn error(
    State(service): State<Arc<Service>>,
    Path(id): Path<String>,
    body: Bytes,
) -> StatusCode {
    let why = String::from_utf8_lossy(&body).into_owned();
    service.runtime.end(&id, Err(why));
    StatusCode::ACCEPTED
}

/// How long a function may take behind Firehose: 5 minutes.
const TIMEOUT_MS: i64 = 300_000;

/// The function's name, to AWS.
pub(crate) fn function_arn() -> String {
    format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:transform")
}
