//! The origins a key's pages may have: exact, or any subdomain of one.
use super::KeysError;

/// One entry of a key's origin list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum OriginRule {
    /// `https://news.example.jp`, compared as a browser serialises it (RFC 6454 §6.2).
    Exact(String),
    /// `https://*.example.jp`: the scheme, and the host's ending with its leading dot.
    Subdomains { scheme: String, suffix: String },
}

impl OriginRule {
    pub(super) fn parse(text: &str, key_number: usize) -> Result<Self, KeysError> {
        let refuse = || {
            KeysError::Invalid(format!(
                "an origin of key {key_number} is not scheme://host[:port] in lower case, with '*.' at most before the host"
            ))
        };
        let (scheme, host) = text.split_once("://").ok_or_else(refuse)?;
        let plain = |part: &str, extra: &[u8]| {
            !part.is_empty()
                && part
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || extra.contains(&b))
        };
        if !plain(scheme, b"+-.") {
            return Err(refuse());
        }
        match host.strip_prefix('*') {
            Some(suffix)
                if suffix.starts_with('.') && plain(suffix, b".-:") && suffix.len() > 1 =>
            {
                Ok(Self::Subdomains {
                    scheme: scheme.to_owned(),
                    suffix: suffix.to_owned(),
                })
            }
            None if plain(host, b".-:[]") => Ok(Self::Exact(text.to_owned())),
            _ => Err(refuse()),
        }
    }

    pub(super) fn matches(&self, origin: &str) -> bool {
        match self {
            Self::Exact(exact) => exact == origin,
            Self::Subdomains { scheme, suffix } => origin
                .strip_prefix(scheme.as_str())
                .and_then(|rest| rest.strip_prefix("://"))
                .and_then(|host| host.strip_suffix(suffix.as_str()))
                .is_some_and(|label| !label.is_empty() && !label.contains(['/', '@', ':'])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(rule: &str, origin: &str) -> bool {
        OriginRule::parse(rule, 1).unwrap().matches(origin)
    }

    #[test]
    fn an_origin_matches_by_scheme_host_and_port() {
        assert!(matches(
            "https://news.example.jp",
            "https://news.example.jp"
        ));
        assert!(!matches(
            "https://news.example.jp",
            "http://news.example.jp"
        ));
        assert!(!matches(
            "https://news.example.jp",
            "https://news.example.jp:8443"
        ));
        assert!(!matches("https://news.example.jp", "null"));
    }

    #[test]
    fn a_star_stands_for_subdomains_only() {
        assert!(matches("https://*.example.jp", "https://a.b.example.jp"));
        assert!(!matches("https://*.example.jp", "https://example.jp"));
        assert!(!matches("https://*.example.jp", "https://evilexample.jp"));
        assert!(!matches(
            "https://*.example.jp",
            "https://evil.com/.example.jp"
        ));
    }

    #[test]
    fn an_origin_with_a_path_or_a_bare_star_is_refused() {
        for text in [
            "*",
            "https://*",
            "https://*.",
            "https://a.jp/",
            "news.example.jp",
            "https://",
            "https://A.jp",
            "null",
        ] {
            assert!(OriginRule::parse(text, 1).is_err(), "{text}");
        }
    }
}
