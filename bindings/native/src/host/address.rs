//! What an address of a collector and a write key must be, for every client.

use std::net::IpAddr;

use thiserror::Error;

/// What is wrong with an address or a write key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InvalidEndpoint {
    /// Not an absolute URL.
    #[error("the endpoint must be an absolute URL such as https://collect.example.com")]
    NotAUrl,
    /// Something other than HTTP, or plain HTTP to another machine.
    #[error("the endpoint must begin with https:// (http:// is for localhost only)")]
    NotHttps,
    /// Parts that requests add themselves.
    #[error("the endpoint must end after its path: no query, fragment, user name or password")]
    TooMuch,
    /// A write key that is empty or holds characters no key has.
    #[error("the write key must be 1 to 128 letters, digits, '-', '_', '.' or '~'")]
    WriteKey,
}

/// Whether it can be a write key.
#[must_use]
pub fn is_write_key(key: &str) -> bool {
    is_plain(key, WRITE_KEY_BYTES_MAX)
}

/// Whether it can be a debug tag.
#[must_use]
pub fn is_plain_tag(tag: &str) -> bool {
    is_plain(tag, DEBUG_TAG_BYTES_MAX)
}

/// Whether a host's name, an IPv6 address in brackets, is this machine.
#[must_use]
pub fn is_loopback(host: &str) -> bool {
    let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    host == "localhost"
        || host.ends_with(".localhost")
        || address.is_some_and(|address| address.is_loopback())
}

/// Characters that stand for themselves in a query (RFC 3986, unreserved).
fn is_plain(text: &str, bytes_max: usize) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    !text.is_empty() && text.len() <= bytes_max && text.bytes().all(plain)
}

/// Longest write key. Ours: a key is a short random name.
const WRITE_KEY_BYTES_MAX: usize = 128;

/// Longest debug tag. Ours: a person types it.
const DEBUG_TAG_BYTES_MAX: usize = 64;
