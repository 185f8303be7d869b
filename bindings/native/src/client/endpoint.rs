//! Where events go: an address that has been checked, and the write key that goes with every request.

use reqwest::Url;

use crate::host::{InvalidEndpoint, is_loopback, is_plain_tag, is_write_key};

/// A collector's address and this app's write key.
#[derive(Debug, Clone)]
pub(super) struct Endpoint {
    base: Url,
    key: String,
    debug_tag: Option<String>,
}

impl Endpoint {
    /// Checks both.
    pub(super) fn new(address: &str, key: &str) -> Result<Self, InvalidEndpoint> {
        let mut base = Url::parse(address.trim()).map_err(|_| InvalidEndpoint::NotAUrl)?;
        match base.scheme() {
            "https" => {}
            "http" if is_loopback(base.host_str().unwrap_or_default()) => {}
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
        if !is_write_key(key) {
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
        is_plain_tag(tag).then(|| self.debug_tag = Some(tag.to_owned()))
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
        let crc32 = |text: &str| {
            let mut crc = flate2::Crc::new();
            crc.update(text.as_bytes());
            u64::from(crc.sum())
        };
        crc32(self.base.as_str()) << 32 | crc32(&self.key)
    }
}

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
