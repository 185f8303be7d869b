//! Where events go: an address that was checked without a URL library, which would double the size of this one. The platform's HTTP
//! parses it for good.

use eyeline::host::{InvalidEndpoint, is_loopback, is_plain_tag, is_write_key};
use eyeline_core::{ANSWER_BYTES_MAX, Upload};

use crate::ffi::Request;
use crate::invalid::Invalid;

/// A collector's address and what goes with every request.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    base: String,
    key: String,
    debug_tag: Option<String>,
    timeout_ms: u64,
}

impl Endpoint {
    /// Checks them.
    pub(crate) fn new(
        address: &str,
        key: &str,
        debug_tag: Option<String>,
        timeout_ms: u64,
    ) -> Result<Self, Invalid> {
        let base = checked(address.trim()).map_err(Invalid::of)?;
        if !is_write_key(key) {
            return Err(Invalid::of(InvalidEndpoint::WriteKey));
        }
        if debug_tag.as_deref().is_some_and(|tag| !is_plain_tag(tag)) {
            return Err(Invalid(
                "the debug tag must be 1 to 64 letters, digits, '-', '_', '.' or '~'".to_owned(),
            ));
        }
        if timeout_ms == 0 {
            return Err(Invalid(
                "the request timeout must be longer than zero".to_owned(),
            ));
        }
        Ok(Endpoint {
            base: base.to_owned(),
            key: key.to_owned(),
            debug_tag,
            timeout_ms,
        })
    }

    /// What the platform is asked to send.
    pub(crate) fn request(&self, upload: Upload) -> Request {
        let joint = if upload.path_and_query.contains('?') {
            '&'
        } else {
            '?'
        };
        let mut url = format!(
            "{}{}{joint}k={}",
            self.base, upload.path_and_query, self.key
        );
        if let Some(tag) = &self.debug_tag {
            url.push_str("&g=");
            url.push_str(tag);
        }
        Request {
            url,
            body: upload.body,
            timeout_ms: self.timeout_ms,
            answer_bytes_max: u32::try_from(ANSWER_BYTES_MAX + 1).unwrap_or(u32::MAX),
        }
    }

    /// A number that changes with the address or the key: FNV-1a of both.
    pub(crate) fn tag(&self) -> u64 {
        let bytes = self.base.bytes().chain([0]).chain(self.key.bytes());
        bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        })
    }
}

/// The address without the slashes it ends with.
fn checked(address: &str) -> Result<&str, InvalidEndpoint> {
    let (scheme, rest) = address.split_once("://").ok_or(InvalidEndpoint::NotAUrl)?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if address.contains(['?', '#', '@']) {
        return Err(InvalidEndpoint::TooMuch);
    }
    let (host, port) = match authority.rfind(':') {
        Some(at) if !authority.ends_with(']') => (&authority[..at], Some(&authority[at + 1..])),
        _ => (authority, None),
    };
    let plain = |text: &str, also: &[u8]| {
        text.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || also.contains(&byte))
    };
    let port_is_good = port.is_none_or(|port| port.parse::<u16>().is_ok());
    if host.is_empty() || !plain(host, b"-.[]:") || !port_is_good || !plain(path, b"-._~/%") {
        return Err(InvalidEndpoint::NotAUrl);
    }
    match scheme.to_ascii_lowercase().as_str() {
        "https" => {}
        "http" if is_loopback(host) => {}
        _ => return Err(InvalidEndpoint::NotHttps),
    }
    Ok(address.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::{Endpoint, InvalidEndpoint, checked};

    #[test]
    fn an_address_is_https_or_this_machine() {
        for good in [
            "https://x.jp",
            "https://x.jp:8443/in/",
            "http://localhost:1",
            "http://127.0.0.1",
            "http://[::1]:9/a",
        ] {
            assert_eq!(checked(good), Ok(good.trim_end_matches('/')), "{good}");
        }
        for (bad, why) in [
            ("http://example.com", InvalidEndpoint::NotHttps),
            ("ftp://localhost", InvalidEndpoint::NotHttps),
            ("http://localhost.example.com", InvalidEndpoint::NotHttps),
            ("http://10.0.2.2:8080", InvalidEndpoint::NotHttps),
            ("collect.example.com", InvalidEndpoint::NotAUrl),
            ("https://", InvalidEndpoint::NotAUrl),
            ("https://:80", InvalidEndpoint::NotAUrl),
            ("https://x.jp:port", InvalidEndpoint::NotAUrl),
            ("https://x .jp", InvalidEndpoint::NotAUrl),
            ("https://x.jp/?a=1", InvalidEndpoint::TooMuch),
            ("https://me:secret@x.jp", InvalidEndpoint::TooMuch),
        ] {
            assert_eq!(checked(bad), Err(why), "{bad}");
        }
    }

    #[test]
    fn another_key_or_address_has_another_tag() {
        let tag = |address, key| Endpoint::new(address, key, None, 1).unwrap().tag();
        assert_eq!(tag("https://x.jp", "k"), tag("https://x.jp/", "k"));
        assert_ne!(tag("https://x.jp", "k"), tag("https://x.jp", "l"));
        assert_ne!(tag("https://x.jp", "k"), tag("https://y.jp", "k"));
    }

    #[test]
    fn what_is_not_a_key_or_a_tag_is_named() {
        let new =
            |key, tag: Option<&str>| Endpoint::new("https://x.jp", key, tag.map(str::to_owned), 1);
        assert!(new("a key", None).unwrap_err().0.contains("write key"));
        assert!(new("k", Some("a tag")).unwrap_err().0.contains("debug tag"));
    }
}
