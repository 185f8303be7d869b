//! Which user agents are crawlers, by the list in `data/crawlers.tsv`.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::{RegexSet, RegexSetBuilder};

/// Names known crawlers and remembers its answers: user agents repeat, and a search costs microseconds.
#[derive(Debug, Default)]
pub(super) struct Bots {
    seen: HashMap<Box<str>, Option<&'static str>>,
}

impl Bots {
    /// The crawler's name, if the user agent is a known crawler's.
    pub(super) fn name(&mut self, user_agent: &str) -> Option<&'static str> {
        if let Some(known) = self.seen.get(user_agent) {
            return *known;
        }
        let name = crawler(user_agent);
        if self.seen.len() >= REMEMBERED_MAX {
            self.seen.clear();
        }
        self.seen.insert(user_agent.into(), name);
        name
    }
}

/// The name of the first pattern of the list that is found in the user agent.
#[must_use]
pub fn crawler(user_agent: &str) -> Option<&'static str> {
    let (names, patterns) = &*CRAWLERS;
    patterns
        .matches(user_agent)
        .iter()
        .next()
        .map(|at| names[at])
}

static CRAWLERS: LazyLock<(Vec<&'static str>, RegexSet)> = LazyLock::new(|| {
    let rows = LIST
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'));
    let (names, patterns): (Vec<_>, Vec<_>) = rows.unzip();
    let set = RegexSetBuilder::new(patterns)
        .size_limit(REGEX_BYTES_MAX)
        .dfa_size_limit(REGEX_BYTES_MAX)
        .build();
    (
        names,
        set.expect("a test compiles every pattern of the list"),
    )
});

const LIST: &str = include_str!("../../data/crawlers.tsv");
/// Bound of the compiled list and of its cache; 1,500 patterns need more than the default.
const REGEX_BYTES_MAX: usize = 32 * 1024 * 1024;
/// User agents remembered at once: a busy hour has some ten thousand, a forger could send any number.
const REMEMBERED_MAX: usize = 50_000;

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn every_known_crawler_is_named() {
        let mut agents = String::new();
        let listed = include_bytes!("../../tests/data/crawler-user-agents.txt.gz");
        flate2::read::MultiGzDecoder::new(&listed[..])
            .read_to_string(&mut agents)
            .unwrap();
        let missed: Vec<_> = agents
            .lines()
            .filter(|agent| crawler(agent).is_none())
            .collect();
        assert_eq!(agents.lines().count(), 2_123);
        assert!(
            missed.iter().all(|agent| agent.contains("okhttp")),
            "{missed:?}"
        );
    }

    #[test]
    fn people_are_not_crawlers() {
        for agent in PEOPLE {
            assert_eq!(crawler(agent), None, "{agent}");
        }
    }

    #[test]
    fn an_answer_is_remembered() {
        let mut bots = Bots::default();
        for _ in 0..2 {
            assert_eq!(
                bots.name(
                    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"
                ),
                Some("bingbot")
            );
            assert_eq!(bots.name(PEOPLE[0]), None);
        }
        assert_eq!(bots.seen.len(), 2);
    }

    const PEOPLE: [&str; 6] = [
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
        "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Dalvik/2.1.0 (Linux; U; Android 15; Pixel 9 Build/AP3A.241005.015)",
        "News/4.2 CFNetwork/1568.200.51 Darwin/24.1.0",
        "",
    ];
}
