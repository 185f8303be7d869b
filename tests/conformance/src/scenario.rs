//! A scenario as its file says it. Every key is explained in `README.md`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One scenario.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it shows, in one sentence.
    pub statement: String,
    /// What every start is told.
    #[serde(default)]
    pub given: Given,
    /// What happens, in order.
    pub when: Vec<Step>,
    /// Why a class of hosts has a transcript of its own, by its name.
    #[serde(default)]
    pub differs: BTreeMap<String, String>,
}

/// What every start is told.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Given {
    /// Ids and jitter of start k, counted from 0, are drawn from this number plus k.
    pub seed: u64,
    /// Whose page or app it is.
    pub affiliate: String,
    /// The SDK's name on the wire.
    pub sdk: String,
    /// What is known of the consent.
    pub consent: Choice,
    /// Global Privacy Control.
    pub gpc: bool,
    /// The audience are children.
    pub children: bool,
    /// The share of sessions that is recorded.
    pub sampling: f64,
    /// What is shown at start.
    pub page: Page,
    /// What it is shown on.
    pub device: Device,
    /// Running experiments.
    pub experiments: BTreeMap<String, String>,
    /// Custom dimensions.
    pub dimensions: BTreeMap<String, String>,
}

impl Default for Given {
    fn default() -> Self {
        Self {
            seed: 1,
            affiliate: "zozo-men".into(),
            sdk: "conformance/1.0.0".into(),
            consent: Choice::Full,
            gpc: false,
            children: false,
            sampling: 1.0,
            page: Page {
                site: "news.example.jp".into(),
                path: "/a/b".into(),
                referrer: "www.google.com".into(),
            },
            device: Device {
                class: "phone".into(),
                os: "iOS 18.1".into(),
                language: "ja-JP".into(),
                utc_offset_min: 540,
                viewport_width: 390,
                viewport_height: 844,
            },
            experiments: BTreeMap::new(),
            dimensions: BTreeMap::new(),
        }
    }
}

/// A visitor's choice.
#[derive(Debug, Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the words of the wire and of the README")]
pub enum Choice {
    Pending,
    Full,
    Measure,
    Denied,
}

/// A page or screen; an empty text is none.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
#[expect(missing_docs, reason = "the words of the wire and of the README")]
pub struct Page {
    pub site: String,
    pub path: String,
    pub referrer: String,
}

/// A device.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the words of the wire and of the README")]
pub struct Device {
    pub class: String,
    pub os: String,
    pub language: String,
    pub utc_offset_min: i32,
    pub viewport_width: u32,
    pub viewport_height: u32,
}

/// What happens at one moment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct Step {
    /// The clock that runs through sleep, in ms.
    pub mono: u64,
    /// Ms since 1970.
    pub wall: i64,
    /// How often, at this one moment.
    pub times: u64,
    /// What.
    pub call: Call,
}

impl TryFrom<Map<String, Value>> for Step {
    type Error = String;

    /// What all steps have is taken out; what is left is the call's, to the last key.
    fn try_from(mut step: Map<String, Value>) -> Result<Self, String> {
        let mut take = |key: &str| step.remove(key);
        Ok(Self {
            mono: take("mono")
                .and_then(|mono| mono.as_u64())
                .ok_or("a step needs `mono`")?,
            wall: take("wall")
                .and_then(|wall| wall.as_i64())
                .ok_or("a step needs `wall`")?,
            times: take("times")
                .map_or(Some(1), |times| times.as_u64())
                .ok_or("`times` is a count")?,
            call: serde_json::from_value(step.into()).map_err(|fault| fault.to_string())?,
        })
    }
}

/// What is done.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(tag = "do", rename_all = "lowercase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the words of the README, which explains each")]
pub enum Call {
    Start {
        #[serde(default)]
        consent: Option<Choice>,
    },
    Kill {},
    Collector {
        answers: Vec<Answer>,
    },
    Tick {
        #[serde(default)]
        every: u64,
    },
    Store {},
    Active {
        active: bool,
    },
    Activity {},
    Render(Render),
    Visible {
        view: u64,
        fraction: f64,
        width: f64,
        height: f64,
    },
    Click {
        view: u64,
        trusted: bool,
        #[serde(default)]
        target: String,
    },
    Media {
        view: u64,
        state: String,
        position: u64,
        #[serde(default)]
        watched: Option<u64>,
        #[serde(default)]
        length: Option<u64>,
        autoplay: bool,
        muted: bool,
    },
    Hide {
        view: u64,
        why: String,
    },
    Serve(Served),
    Convert {
        goal: String,
        #[serde(default)]
        value: i64,
        #[serde(default)]
        currency: String,
        #[serde(default)]
        order: String,
    },
    Page(Page),
    Device(Device),
    Consent {
        choice: Choice,
    },
    Gpc {
        on: bool,
    },
    Forget {},
    Flush {},
    Background {},
    Shutdown {},
}

/// What is shown, where, and what chose it.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the words of the README, which explains each")]
pub struct Render {
    pub view: u64,
    pub content: String,
    pub placement: String,
    #[serde(default)]
    pub position: Option<u32>,
    #[serde(default)]
    pub request: String,
    #[serde(default)]
    pub model: String,
    #[serde(default)]
    pub propensity: Option<f64>,
    #[serde(default)]
    pub exploration: bool,
    #[serde(default = "yes")]
    pub measurable: bool,
    #[serde(default)]
    pub variant: String,
    #[serde(default)]
    pub video: bool,
    #[serde(default)]
    pub rule: Option<Rule>,
}

fn yes() -> bool {
    true
}

/// What was delivered to a placement.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the words of the README, which explains each")]
pub struct Served {
    pub content: String,
    pub placement: String,
    #[serde(default)]
    pub position: Option<u32>,
    #[serde(default)]
    pub request: String,
    #[serde(default)]
    pub model: String,
    #[serde(default)]
    pub propensity: Option<f64>,
    #[serde(default)]
    pub exploration: bool,
}

/// A rule of the host's own.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the words of the README, which explains each")]
pub struct Rule {
    pub name: String,
    pub fraction: f64,
    pub ms: u64,
}

/// What the scripted collector does with a request.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Answer {
    /// By a word of its own.
    Word(Spoken),
    /// Takes all but these events.
    Reject {
        /// The numbers of the refused.
        reject: Vec<u64>,
    },
    /// Answers so, whatever was sent.
    Status {
        /// The HTTP status.
        status: u16,
        /// The header of that name.
        #[serde(default)]
        retry_after: Option<String>,
        /// The body.
        #[serde(default)]
        body: String,
    },
}

/// Answers that need no more than a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Spoken {
    /// Takes every event.
    Take,
    /// The connection is cut before an answer.
    Reset,
    /// No connection comes about.
    Offline,
    /// The host stops waiting.
    Timeout,
    /// Nothing comes back for as long as the client lives.
    Silence,
}

#[cfg(test)]
mod tests {
    use super::Scenario;

    fn fault(step: &str) -> String {
        let text = format!(r#"{{"statement":"","when":[{step}]}}"#);
        serde_json::from_str::<Scenario>(&text)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn a_word_that_means_nothing_is_no_scenario() {
        for step in [
            r#"{"mono":1,"wall":1,"do":"sing"}"#,
            r#"{"mono":1,"wall":1,"do":"flush","now":true}"#,
            r#"{"mono":1,"wall":1,"do":"click","view":1,"trusted":true,"taget":"x"}"#,
            r#"{"mono":1,"wall":1,"do":"render","view":1,"content":"a","placement":"b","measureable":true}"#,
            r#"{"mono":1,"wall":1,"do":"page","path":"/a","title":"x"}"#,
            r#"{"mono":1,"wall":1,"do":"collector","answers":[{"status":200,"bodi":""}]}"#,
            r#"{"wall":1,"do":"flush"}"#,
        ] {
            assert!(!fault(step).is_empty());
        }
    }
}
