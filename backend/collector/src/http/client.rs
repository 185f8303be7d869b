//! Who sent a request: its address, shortened at once, and its country, both read behind trusted proxies only.
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use axum::http::header::USER_AGENT;
use axum::http::{HeaderMap, HeaderName};
use eyeline_core::limits;

/// How the collector is reached, from the operator's configuration.
#[derive(Debug, Clone, Default)]
pub(crate) struct Proxies {
    /// How many proxies of the operator stand before the collector.
    pub(crate) trusted: usize,
    /// The header in which the nearest of them writes the visitor's country.
    pub(crate) country_header: Option<HeaderName>,
}

impl Proxies {
    /// The network the client sent from: /24 for IPv4, /48 for IPv6.
    ///
    /// Each proxy appends the address it was called from to `X-Forwarded-For`, so the last `trusted` entries were written by
    /// proxies of ours and everything to their left by whoever wanted to.
    pub(crate) fn network(&self, headers: &HeaderMap, peer: SocketAddr) -> Option<String> {
        if self.trusted == 0 {
            return Some(network_of(peer.ip()));
        }
        let entries: Vec<&str> = headers
            .get_all("x-forwarded-for")
            .iter()
            .flat_map(|value| value.to_str().unwrap_or("").split(','))
            .map(str::trim)
            .collect();
        match entries.len() {
            0 => Some(network_of(peer.ip())),
            count => address(entries[count.saturating_sub(self.trusted)]).map(network_of),
        }
    }

    /// The ISO 3166 country a trusted proxy wrote.
    pub(crate) fn country<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        if self.trusted == 0 {
            return None;
        }
        // Where there are several, the last was added nearest to us.
        let value = headers
            .get_all(self.country_header.as_ref()?)
            .iter()
            .next_back()?
            .to_str()
            .ok()?;
        (value.len() == 2 && value.bytes().all(|byte| byte.is_ascii_uppercase())).then_some(value)
    }
}

/// The user agent, shortened to the columns' width.
pub(crate) fn user_agent(headers: &HeaderMap) -> Option<String> {
    let text = String::from_utf8_lossy(headers.get(USER_AGENT)?.as_bytes());
    Some(text.chars().take(limits::USER_AGENT_CHARS_MAX).collect())
}

/// The request carries Global Privacy Control (`Sec-GPC: 1`, W3C GPC §3.2).
pub(crate) fn privacy_control(headers: &HeaderMap) -> bool {
    headers.get_all("sec-gpc").iter().any(|value| value == "1")
}

fn address(entry: &str) -> Option<IpAddr> {
    entry
        .parse::<IpAddr>()
        .or_else(|_| entry.parse::<SocketAddr>().map(|with_port| with_port.ip()))
        .or_else(|_| {
            entry
                .trim_start_matches('[')
                .trim_end_matches(']')
                .parse::<Ipv6Addr>()
                .map(IpAddr::V6)
        })
        .ok()
}

fn network_of(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{}/24", Ipv4Addr::new(a, b, c, 0))
        }
        IpAddr::V6(v6) => {
            let [a, b, c, ..] = v6.segments();
            format!("{}/48", Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(trusted: usize, forwarded: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let proxies = Proxies {
            trusted,
            country_header: None,
        };
        proxies.network(&headers, "192.0.2.9:4711".parse().unwrap())
    }

    #[test]
    fn without_a_proxy_a_forwarded_address_is_a_claim() {
        assert_eq!(
            network(0, &["203.0.113.7"]).as_deref(),
            Some("192.0.2.0/24")
        );
    }

    #[test]
    fn trusted_proxies_are_counted_from_the_right() {
        assert_eq!(
            network(1, &["6.6.6.6, 203.0.113.7"]).as_deref(),
            Some("203.0.113.0/24")
        );
        assert_eq!(
            network(2, &["6.6.6.6, 203.0.113.7, 10.0.0.1"]).as_deref(),
            Some("203.0.113.0/24")
        );
        assert_eq!(
            network(2, &["6.6.6.6, 203.0.113.7", "10.0.0.1"]).as_deref(),
            Some("203.0.113.0/24")
        );
    }

    #[test]
    fn a_shorter_chain_than_configured_was_still_written_by_our_own_proxy() {
        assert_eq!(
            network(3, &["203.0.113.7"]).as_deref(),
            Some("203.0.113.0/24")
        );
        assert_eq!(network(1, &[]).as_deref(), Some("192.0.2.0/24"));
    }

    #[test]
    fn addresses_are_shortened_to_their_network() {
        assert_eq!(
            network(1, &["2001:db8:7:8::9"]).as_deref(),
            Some("2001:db8:7::/48")
        );
        assert_eq!(
            network(1, &["[2001:db8:7:8::9]:443"]).as_deref(),
            Some("2001:db8:7::/48")
        );
        assert_eq!(
            network(1, &["203.0.113.7:5000"]).as_deref(),
            Some("203.0.113.0/24")
        );
        assert_eq!(
            network(1, &["::ffff:203.0.113.7"]).as_deref(),
            Some("203.0.113.0/24")
        );
        assert_eq!(network(1, &["unknown"]), None);
    }

    #[test]
    fn a_country_counts_only_when_a_trusted_proxy_wrote_it() {
        let mut headers = HeaderMap::new();
        headers.insert("x-country", "JP".parse().unwrap());
        let header = Some(HeaderName::from_static("x-country"));
        assert_eq!(
            Proxies {
                trusted: 0,
                country_header: header.clone()
            }
            .country(&headers),
            None
        );
        assert_eq!(
            Proxies {
                trusted: 1,
                country_header: header.clone()
            }
            .country(&headers),
            Some("JP")
        );
        headers.append("x-country", "<b>".parse().unwrap());
        assert_eq!(
            Proxies {
                trusted: 1,
                country_header: header
            }
            .country(&headers),
            None
        );
    }
}
