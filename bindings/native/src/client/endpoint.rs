//! Where events go: an address that has been checked, and the write key that goes with every request.

use std::net::IpAddr;

use reqwest::Url;
use thiserror::Error;

/// A collector's address and this app's write key.
#[derive(Debug, Clone)]
pub(super) struct Endpoint {
    base: Url,
    key: String,
    debug_tag: Option<String>,
}

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

impl Endpoint {
    /// Checks both.
    pub(super) fn new(address: &str, key: &str) -> Result<Self, InvalidEndpoint> {
        let mut base = Url::parse(address.trim()).map_err(|_| InvalidEndpoint::NotAUrl)?;
        match base.scheme() {
            "https" => {}
            "http" if is_loopback(&base) => {}
            "http" => return Err(InvalidEndpoint::NotHttps),
            _ if base.cannot_be_a_base() => return Err(InvalidEndpoint::NotAUrl),
            _ => return Err(InvalidEndpoint::NotHttps),
        }
        let bare = base.query().is_none()
            && base.fragment().is_none()
            && base.username().is_empty()
            && base.password().is_none();
        if !bare {
            return Err(InvalidEndpoint::TooMuch);
        }
        if !is_plain(key, WRITE_KEY_BYTES_MAX) {
            return Err(InvalidEndpoint::WriteKey);
        }
        let path = base.path().trim_end_matches('/').to_owned();
        base.set_path(&path);
        Ok(Endpoint {
            base,
            key: key.to_owned(),
            debug_tag: None,
        })
    }

    /// Adds a debug tag to every request. `None` where it is no such tag.
    pub(super) fn tag_requests(&mut self, tag: &str) -> Option<()> {
        is_plain(tag, DEBUG_TAG_BYTES_MAX).then(|| self.debug_tag = Some(tag.to_owned()))
    }

    /// The address for what the engine wants sent: its path and query on our base, with the key.
    pub(super) fn url(&self, path_and_query: &str) -> Url {
        let (path, query) = path_and_query
            .split_once('?')
            .unwrap_or((path_and_query, ""));
        let mut url = self.base.clone();
        url.set_path(&format!("{}{path}", self.base.path().trim_end_matches('/')));
        let tag = self.debug_tag.as_ref().map(|tag| format!("g={tag}"));
        let parts = [&format!("k={}", self.key), query].map(str::to_owned);
        let parts: Vec<String> = parts
            .into_iter()
            .chain(tag)
            .filter(|part| !part.is_empty())
            .collect();
        url.set_query(Some(&parts.join("&")));
        url
    }

    /// Whether requests are encrypted.
    pub(super) fn is_https(&self) -> bool {
        self.base.scheme() == "https"
    }

    /// A number that changes with the address or the key.
    pub(super) fn tag(&self) -> u64 {
        let mut low = crc32fast::Hasher::new();
        low.update(self.base.as_str().as_bytes());
        u64::from(low.finalize()) << 32 | u64::from(crc32fast::hash(self.key.as_bytes()))
    }
}

/// Characters that stand for themselves in a query (RFC 3986, unreserved).
fn is_plain(text: &str, bytes_max: usize) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    !text.is_empty() && text.len() <= bytes_max && text.bytes().all(plain)
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    host == "localhost"
        || host.ends_with(".localhost")
        || address.is_some_and(|address| address.is_loopback())
}

/// Longest write key. Ours: a key is a short random name.
const WRITE_KEY_BYTES_MAX: usize = 128;

/// Longest debug tag. Ours: a person types it.
const DEBUG_TAG_BYTES_MAX: usize = 64;

#[cfg(test)]
mod tests {
    use super::{Endpoint, InvalidEndpoint};

    #[test]
    fn requests_go_below_the_endpoints_path_with_the_key() {
        for base in ["https://x.example/in", "https://x.example/in/"] {
            let endpoint = Endpoint::new(base, "key-1").unwrap();
            let url = endpoint.url("/v1/batch?w=5&a=1");
            assert_eq!(
                url.as_str(),
                "https://x.example/in/v1/batch?k=key-1&w=5&a=1"
            );
        }
        let endpoint = Endpoint::new("http://127.0.0.1:8080", "key-1").unwrap();
        assert_eq!(
            endpoint.url("/v1/forget").as_str(),
            "http://127.0.0.1:8080/v1/forget?k=key-1"
        );
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for good in [
            "http://localhost:1",
            "http://127.0.0.1",
            "http://[::1]:9",
            "http://app.localhost",
            "https://x.jp",
        ] {
            assert!(Endpoint::new(good, "k").is_ok(), "{good}");
        }
        for bad in [
            "http://example.com",
            "http://10.0.0.1",
            "ftp://localhost",
            "http://localhost.example.com",
        ] {
            assert_eq!(
                Endpoint::new(bad, "k").unwrap_err(),
                InvalidEndpoint::NotHttps,
                "{bad}"
            );
        }
    }

    #[test]
    fn what_can_not_be_an_endpoint_is_named() {
        for (address, key, why) in [
            ("collect.example.com", "k", InvalidEndpoint::NotAUrl),
            ("data:x", "k", InvalidEndpoint::NotAUrl),
            ("https://x.jp/?a=1", "k", InvalidEndpoint::TooMuch),
            ("https://me:secret@x.jp", "k", InvalidEndpoint::TooMuch),
            ("https://x.jp", "", InvalidEndpoint::WriteKey),
            ("https://x.jp", "a b", InvalidEndpoint::WriteKey),
        ] {
            assert_eq!(Endpoint::new(address, key).unwrap_err(), why, "{address}");
        }
    }

    #[test]
    fn a_debug_tag_goes_with_every_request() {
        let mut endpoint = Endpoint::new("https://x.jp", "k").unwrap();
        assert!(endpoint.tag_requests("a tag").is_none());
        endpoint.tag_requests("tag-1").unwrap();
        assert_eq!(
            endpoint.url("/v1/batch?w=5").as_str(),
            "https://x.jp/v1/batch?k=k&w=5&g=tag-1"
        );
    }

    #[test]
    fn another_key_or_address_has_another_tag() {
        let tag = |address, key| Endpoint::new(address, key).unwrap().tag();
        assert_eq!(tag("https://x.jp", "k"), tag("https://x.jp/", "k"));
        assert_ne!(tag("https://x.jp", "k"), tag("https://x.jp", "l"));
        assert_ne!(tag("https://x.jp", "k"), tag("https://y.jp", "k"));
    }
}
