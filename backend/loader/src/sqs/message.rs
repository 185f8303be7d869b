//! What a message says: which objects were created, in the words of S3, SNS or EventBridge.

use serde::Deserialize;
use url::form_urlencoded;

/// An object that was created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Object {
    pub(super) bucket: String,
    pub(super) key: String,
}

/// S3's own message (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html>), the one by which it
/// tries a new queue, SNS's envelope around either, or EventBridge's
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html>).
#[derive(Deserialize)]
#[serde(untagged)]
enum Message {
    S3 {
        #[serde(rename = "Records")]
        records: Vec<Record>,
    },
    EventBridge {
        #[serde(rename = "detail-type")]
        kind: String,
        detail: Entity,
    },
    Sns {
        #[serde(rename = "Message")]
        message: String,
    },
    Test {
        #[serde(rename = "Event")]
        event: String,
    },
}

#[derive(Deserialize)]
struct Record {
    #[serde(rename = "eventName")]
    name: String,
    s3: Entity,
}

#[derive(Deserialize)]
struct Entity {
    bucket: Bucket,
    object: Key,
}

#[derive(Deserialize)]
struct Bucket {
    name: String,
}

#[derive(Deserialize)]
struct Key {
    key: String,
}

/// The objects that a message says were created.
pub(super) fn created(body: &str) -> Result<Vec<Object>, &'static str> {
    match read(body)? {
        Message::Sns { message } => match read(&message)? {
            Message::Sns { .. } => Err("an envelope in an envelope"),
            message => objects(message),
        },
        message => objects(message),
    }
}

fn read(body: &str) -> Result<Message, &'static str> {
    serde_json::from_str(body).map_err(|_| "not a message of S3, SNS or EventBridge")
}

fn objects(message: Message) -> Result<Vec<Object>, &'static str> {
    match message {
        Message::S3 { records } => Ok(records
            .into_iter()
            .filter(|record| record.name.starts_with("ObjectCreated:"))
            .map(|record| Object {
                key: decoded(&record.s3.object.key),
                bucket: record.s3.bucket.name,
            })
            .collect()),
        // EventBridge gives the key as it is.
        Message::EventBridge { kind, detail } if kind == "Object Created" => Ok(vec![Object {
            bucket: detail.bucket.name,
            key: detail.object.key,
        }]),
        Message::EventBridge { .. } => Ok(Vec::new()),
        Message::Test { event } if event == "s3:TestEvent" => Ok(Vec::new()),
        Message::Test { .. } | Message::Sns { .. } => Err("of no known kind"),
    }
}

/// S3 writes a key as a form does: `+` for a space, the rest in per cents.
fn decoded(key: &str) -> String {
    let field = format!("key={key}");
    let mut fields = form_urlencoded::parse(field.as_bytes());
    fields
        .next()
        .map_or_else(String::new, |(_, key)| key.into_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const RAW: &str = "raw/2026/11/23/14/one of+two.gz";

    fn s3(event: &str) -> String {
        json!({"Records": [{
            "eventVersion": "2.1", "eventSource": "aws:s3", "eventName": event,
            "s3": {"bucket": {"name": "b", "arn": "arn:aws:s3:::b"},
                   "object": {"key": "raw/2026/11/23/14/one+of%2Btwo.gz", "size": 4, "sequencer": "0055AED6DCD90281E5"}},
        }]})
        .to_string()
    }

    fn raw() -> Vec<Object> {
        vec![Object {
            bucket: "b".to_owned(),
            key: RAW.to_owned(),
        }]
    }

    #[test]
    fn an_object_is_told_of_in_three_ways() {
        let direct = s3("ObjectCreated:Put");
        let sns = json!({"Type": "Notification", "MessageId": "1", "Subject": "Amazon S3 Notification", "Message": direct}).to_string();
        let bridge = json!({"version": "0", "detail-type": "Object Created", "source": "aws.s3",
            "detail": {"version": "0", "bucket": {"name": "b"}, "object": {"key": RAW, "size": 4}, "reason": "PutObject"}})
        .to_string();
        for body in [direct, sns, bridge] {
            assert_eq!(created(&body), Ok(raw()), "{body}");
        }
    }

    #[test]
    fn what_creates_nothing_names_nothing() {
        let test = r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2014-10-13T15:57:02.089Z","Bucket":"b"}"#;
        let sns = json!({ "Type": "Notification", "Message": test }).to_string();
        for body in [&s3("ObjectRemoved:Delete"), test, &sns] {
            assert_eq!(created(body), Ok(Vec::new()), "{body}");
        }
    }

    #[test]
    fn any_other_text_is_bad() {
        let nested = json!({ "Message": json!({ "Message": "x" }).to_string() }).to_string();
        for body in [
            "",
            "hello",
            "{}",
            r#"{"Records":[{}]}"#,
            r#"{"Event":"x"}"#,
            &nested,
        ] {
            assert!(created(body).is_err(), "{body}");
        }
    }
}
