//! A refused call, as AWS's JSON protocol says it.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// Why a call is refused whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Refusal {
    /// The call is wrong as a whole.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::client("InvalidArgumentException", message)
    }

    /// The call does not fit the API's own description: more members, or longer ones, than it allows.
    pub(crate) fn constraint(member: &str, rule: &str) -> Self {
        let message = format!(
            "1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must have length {rule}"
        );
        Self::client("ValidationException", message)
    }

    /// There is no such stream.
    pub(crate) fn no_stream(name: &str) -> Self {
        let message = format!("Firehose {name} not found under account {ACCOUNT}.");
        Self::client("ResourceNotFoundException", message)
    }

    pub(crate) fn client(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            code,
            message: message.into(),
        }
    }

    /// More than the stream's quota.
    pub(crate) fn throttled() -> Self {
        Self {
            status: StatusCode::SERVICE_UNAVAILABLE,
            code: SLOW_DOWN,
            message: SLOW_DOWN_MESSAGE.to_owned(),
        }
    }

    /// Firehose's own failure.
    pub(crate) fn failed() -> Self {
        Self {
            status: StatusCode::INTERNAL_SERVER_ERROR,
            code: "InternalFailure",
            message: "told to fail".to_owned(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = json!({"__type": self.code, "message": self.message});
        (self.status, [("x-amzn-errortype", self.code)], Json(body)).into_response()
    }
}

/// The account that everything here belongs to, as emulators name it.
pub(crate) const ACCOUNT: &str = "000000000000";
pub(crate) const REGION: &str = "eu-west-1";
pub(crate) const SLOW_DOWN: &str = "ServiceUnavailableException";
pub(crate) const SLOW_DOWN_MESSAGE: &str = "Slow down.";
