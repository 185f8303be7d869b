//! Everything that can be wrong with a request: its status, its name in JSON, metrics and logs, and what to mend.
use std::time::Duration;

use axum::Json;
use axum::http::header::{CONNECTION, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use eyeline_core::wire::Why;
use serde_json::json;

/// One refused request. The message names the fault and never repeats a key or what an event said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: Code,
    message: String,
    retry_after: Option<Duration>,
}

impl Fault {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            retry_after: None,
        }
    }

    /// Asks the client to wait; rounded up to whole seconds, as the header counts in those (RFC 9110 §10.2.3).
    pub(crate) fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let body = json!({"v": 1, "error": {"code": self.code.name(), "message": self.message}});
        let mut answer = (self.code.status(), Json(body)).into_response();
        if let Some(wait) = self.retry_after {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            answer
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        }
        if self.code == Code::SlowBody {
            // RFC 9110 §15.5.9: a 408 says that the server is about to close.
            answer
                .headers_mut()
                .insert(CONNECTION, HeaderValue::from_static("close"));
        }
        answer.extensions_mut().insert(self.code);
        answer
    }
}

macro_rules! codes {
    ($($variant:ident = $name:literal $status:ident,)+) => {
        /// The name of a fault. Names are part of the API: clients, dashboards and alerts read them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Code { $($variant,)+ }

        impl Code {
            pub(crate) const ALL: &[Self] = &[$(Self::$variant,)+];

            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            pub(crate) const fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)+ }
            }
        }
    };
}

codes! {
    BadQuery = "bad_query" BAD_REQUEST,
    BodyInterrupted = "body_interrupted" BAD_REQUEST,
    NotGzip = "not_gzip" BAD_REQUEST,
    TruncatedGzip = "truncated_gzip" BAD_REQUEST,
    BadJson = "bad_json" BAD_REQUEST,
    ControlByte = "control_byte" BAD_REQUEST,
    DuplicateKey = "duplicate_key" BAD_REQUEST,
    UnknownVersion = "unknown_version" BAD_REQUEST,
    BadType = "bad_type" BAD_REQUEST,
    Missing = "missing" BAD_REQUEST,
    BadLength = "bad_length" BAD_REQUEST,
    OutOfRange = "out_of_range" BAD_REQUEST,
    TooManyKeys = "too_many_keys" BAD_REQUEST,
    TooDeep = "too_deep" BAD_REQUEST,
    BadClock = "bad_clock" BAD_REQUEST,
    UnknownKey = "unknown_key" UNAUTHORIZED,
    AdminOnly = "admin_only" UNAUTHORIZED,
    OriginNotAllowed = "origin_not_allowed" FORBIDDEN,
    // 403 rather than 400: the client then keeps its events until the key's list is mended.
    AffiliateNotAllowed = "affiliate_not_allowed" FORBIDDEN,
    NotFound = "not_found" NOT_FOUND,
    MethodNotAllowed = "method_not_allowed" METHOD_NOT_ALLOWED,
    SlowBody = "slow_body" REQUEST_TIMEOUT,
    TooLarge = "too_large" PAYLOAD_TOO_LARGE,
    GzipBomb = "gzip_bomb" PAYLOAD_TOO_LARGE,
    TooManyEvents = "too_many_events" PAYLOAD_TOO_LARGE,
    RateLimited = "rate_limited" TOO_MANY_REQUESTS,
    QuotaExceeded = "quota_exceeded" TOO_MANY_REQUESTS,
    StorageThrottled = "storage_throttled" TOO_MANY_REQUESTS,
    StorageUnavailable = "storage_unavailable" SERVICE_UNAVAILABLE,
    Draining = "draining" SERVICE_UNAVAILABLE,
}

impl From<Why> for Code {
    fn from(why: Why) -> Self {
        match why {
            Why::ControlByte => Self::ControlByte,
            Why::BadType => Self::BadType,
            Why::Missing => Self::Missing,
            Why::DuplicateKey | Why::DuplicateNumber => Self::DuplicateKey,
            Why::UnknownVersion => Self::UnknownVersion,
            Why::TooManyEvents => Self::TooManyEvents,
            Why::TooLarge => Self::TooLarge,
            Why::BadLength => Self::BadLength,
            Why::OutOfRange => Self::OutOfRange,
            Why::TooManyKeys => Self::TooManyKeys,
            Why::TooDeep => Self::TooDeep,
            Why::BadClock => Self::BadClock,
            Why::WrongAffiliate => Self::AffiliateNotAllowed,
            _ => Self::BadJson,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_rounded_up_to_whole_seconds() {
        for (wait, header) in [
            (Duration::ZERO, "1"),
            (Duration::from_millis(1_001), "2"),
            (Duration::from_secs(3), "3"),
        ] {
            let answer = Fault::new(Code::RateLimited, "slow down")
                .retry_after(wait)
                .into_response();
            assert_eq!(answer.headers()[RETRY_AFTER], header);
        }
    }

    #[test]
    fn every_fault_has_a_name_of_its_own() {
        let names: std::collections::HashSet<_> =
            Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), Code::ALL.len());
    }
}
