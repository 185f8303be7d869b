//! The keys file's JSON (docs/keys.md), checked whole before any of it is used.
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;

use eyeline_core::limits;
use governor::Quota;
use serde::Deserialize;

use super::{Keys, KeysError, OriginRule, Rate, WriteKey};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeysFile {
    v: u32,
    keys: Vec<KeyEntry>,
    #[serde(default)]
    admin_tokens: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyEntry {
    key: String,
    name: Option<String>,
    affiliates: Vec<String>,
    origins: Option<Vec<String>>,
    requests_per_second: Option<NonZeroU32>,
    burst: Option<NonZeroU32>,
    events_per_day: Option<u64>,
    forgets_per_minute: Option<NonZeroU32>,
}

/// Reads a keys file. What `before` counted for a key goes on counting: a reload must not hand out a fresh quota.
pub(super) fn parse(json: &[u8], before: Option<&Keys>) -> Result<Keys, KeysError> {
    let file: KeysFile = serde_json::from_slice(json)?;
    check(file.v == 1, || {
        format!("\"v\" is {}, this collector reads 1", file.v)
    })?;
    for (index, token) in file.admin_tokens.iter().enumerate() {
        check(token.len() >= ADMIN_TOKEN_CHARS_MIN, || {
            format!(
                "admin token {} is shorter than {ADMIN_TOKEN_CHARS_MIN} characters",
                index + 1
            )
        })?;
    }
    let mut by_key = HashMap::with_capacity(file.keys.len());
    for (index, entry) in file.keys.into_iter().enumerate() {
        let known = before.and_then(|keys| keys.find(&entry.key));
        let key = write_key(entry, index + 1, known)?;
        if by_key.insert(key.key.clone(), Arc::new(key)).is_some() {
            return Err(KeysError::Invalid(format!(
                "key {} stands there twice",
                index + 1
            )));
        }
    }
    Ok(Keys {
        by_key,
        admin_tokens: file.admin_tokens,
    })
}

fn write_key(
    entry: KeyEntry,
    number: usize,
    known: Option<&Arc<WriteKey>>,
) -> Result<WriteKey, KeysError> {
    let well_formed = |key: &str| {
        key.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
    };
    check(
        (KEY_CHARS_MIN..=limits::ID_CHARS_MAX).contains(&entry.key.len())
            && well_formed(&entry.key),
        || {
            format!(
                "key {number} must be {KEY_CHARS_MIN} to {} letters, digits, '_', '-' or '.'",
                limits::ID_CHARS_MAX
            )
        },
    )?;
    check(!entry.affiliates.is_empty(), || {
        format!("key {number} names no affiliate")
    })?;
    for affiliate in &entry.affiliates {
        let length = affiliate.chars().count();
        check((1..=limits::ID_CHARS_MAX).contains(&length), || {
            format!(
                "an affiliate of key {number} must have 1 to {} characters",
                limits::ID_CHARS_MAX
            )
        })?;
    }
    check(
        entry.burst.is_none() || entry.requests_per_second.is_some(),
        || format!("key {number} has a burst but no requests_per_second"),
    )?;
    let origins = entry.origins.map(|list| {
        list.iter()
            .map(|origin| OriginRule::parse(origin, number))
            .collect()
    });
    let rate = entry.requests_per_second.map(|per_second| {
        let quota = Quota::per_second(per_second).allow_burst(entry.burst.unwrap_or(per_second));
        Rate::new(quota, known.and_then(|known| known.rate.as_ref()))
    });
    let forgets = Quota::per_minute(entry.forgets_per_minute.unwrap_or(FORGETS_PER_MINUTE));
    Ok(WriteKey {
        name: entry.name.unwrap_or_else(|| format!("key {number}")),
        key: entry.key,
        affiliates: entry.affiliates.into_iter().collect(),
        origins: origins.transpose()?,
        events_per_day: entry.events_per_day,
        rate,
        forgets: Rate::new(forgets, known.map(|known| &known.forgets)),
        sent_today: known
            .map(|known| Arc::clone(&known.sent_today))
            .unwrap_or_default(),
    })
}

fn check(holds: bool, what: impl FnOnce() -> String) -> Result<(), KeysError> {
    if holds {
        Ok(())
    } else {
        Err(KeysError::Invalid(what()))
    }
}

/// Requests to forget a minute where the file names no other rate (ours): far more than people ask for on a large site, and
/// each is kept as a tombstone for months. A refused one stays with its sender and comes again.
const FORGETS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(60).expect("60 is not 0");
/// Shortest write key (ours): it is public, so it only has to be free of chance collisions and typing slips.
const KEY_CHARS_MIN: usize = 8;
/// Shortest admin token (ours): it is a secret, and 16 base64 characters are 96 bits.
const ADMIN_TOKEN_CHARS_MIN: usize = 16;

#[cfg(test)]
mod tests {
    use eyeline_core::UnixMillis;

    use super::*;

    fn refusal(json: &str) -> String {
        parse(json.as_bytes(), None).unwrap_err().to_string()
    }

    fn one_key(fields: &str) -> String {
        format!(r#"{{"v":1,"keys":[{{"key":"wk_news_01","affiliates":["news"]{fields}}}]}}"#)
    }

    #[test]
    fn a_key_is_bound_to_its_affiliates() {
        let keys = parse(one_key("").as_bytes(), None).unwrap();
        let key = keys.find("wk_news_01").unwrap();
        assert_eq!(
            (key.may_send_for("news"), key.may_send_for("shop")),
            (true, false)
        );
        assert!(keys.find("wk_news_02").is_none());
    }

    #[test]
    fn what_is_wrong_is_named_without_a_key_or_a_value() {
        assert_eq!(
            refusal(r#"{"v":2,"keys":[]}"#),
            "the keys file is wrong: \"v\" is 2, this collector reads 1"
        );
        assert!(refusal(&one_key(r#","afiliates":[]"#)).contains("unknown field `afiliates`"));
        assert!(
            refusal(&one_key(r#","burst":5"#))
                .contains("key 1 has a burst but no requests_per_second")
        );
        assert!(
            refusal(&one_key(r#","requests_per_second":0"#)).contains("wrong type or out of range")
        );
        assert!(refusal(r#"{"v":1,"keys":["wk_secret_key"]}"#).contains("wrong type"));
        assert!(!refusal(r#"{"v":1,"keys":["wk_secret_key"]}"#).contains("secret"));
        assert!(
            refusal(r#"{"v":1,"keys":[{"key":"short","affiliates":["a"]}]}"#).contains("8 to 128")
        );
        assert!(
            refusal(r#"{"v":1,"keys":[{"key":"wk_news_01","affiliates":[]}]}"#)
                .contains("names no affiliate")
        );
        assert!(refusal(r#"{"v":1,"keys":[],"admin_tokens":["short"]}"#).contains("admin token 1"));
        assert!(refusal("{\"v\":1,").contains("line 1"));
    }

    #[test]
    fn a_key_that_names_no_rate_may_still_not_forget_without_end() {
        let before = parse(one_key("").as_bytes(), None).unwrap();
        let key = before.find("wk_news_01").unwrap();
        // An hour's worth, at once.
        let admitted = (0..3600).filter(|_| key.admit_forget().is_ok()).count();
        assert!((60..120).contains(&admitted), "{admitted}");
        let after = parse(one_key(r#","name":"x""#).as_bytes(), Some(&before)).unwrap();
        assert!(after.find("wk_news_01").unwrap().admit_forget().is_err());
    }

    #[test]
    fn a_reload_keeps_what_was_counted_today() {
        let noon = UnixMillis::from_i64(1_700_049_600_000);
        let before = parse(one_key(r#","events_per_day":10"#).as_bytes(), None).unwrap();
        before
            .find("wk_news_01")
            .unwrap()
            .take_quota(8, noon)
            .unwrap();
        let after = parse(one_key(r#","events_per_day":9"#).as_bytes(), Some(&before)).unwrap();
        assert!(
            after
                .find("wk_news_01")
                .unwrap()
                .take_quota(2, noon)
                .is_err()
        );
        assert!(
            after
                .find("wk_news_01")
                .unwrap()
                .take_quota(1, noon)
                .is_ok()
        );
    }
}
