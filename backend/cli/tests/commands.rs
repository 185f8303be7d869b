//! The commands as a person uses them, one after the other, on one data folder.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use serde_json::{Value, json};

#[test]
fn one_data_folder_from_the_first_run_to_an_erasure() {
    let data = tempfile::tempdir().unwrap();
    let mut up = Up::start(data.path());

    let doctor = eyeline(data.path(), &["doctor", "--to", &up.collector]);
    assert!(doctor.status.success(), "{}", said(&doctor));

    send(&up.collector, data.path());
    let shown = "SELECT count(*) AS n FROM fct_impression WHERE content_id = 'item-1'";
    up.until_a_load_after_which(|| rows(data.path(), shown) == [json!({ "n": 1 })]);

    let page = up.page("/report.json");
    assert_eq!(page["pages"].as_array().unwrap().len(), 9);

    let file = data.path().join("report.html");
    let mut in_words = Command::new(env!("CARGO_BIN_EXE_eyeline"));
    in_words.arg("--data").arg(data.path());
    let report = in_words.args(["report", "--out"]).arg(&file).output();
    let report = report.unwrap();
    assert!(report.status.success(), "{}", said(&report));
    let html = std::fs::read_to_string(file).unwrap();
    assert!(html.contains("item-1") && html.contains("Data quality"));
    assert!(
        !html.contains("src=\"http"),
        "the report loads nothing from elsewhere"
    );

    let visitor = ["erase", "--affiliate", "my-site", "--anon", ANON];
    let erase = eyeline(data.path(), &visitor);
    assert!(erase.status.success(), "{}", said(&erase));
    assert_eq!(rows(data.path(), shown), [json!({ "n": 0 })]);
    up.stop();
}

#[test]
fn a_command_says_what_is_missing_and_what_to_do() {
    let data = tempfile::tempdir().unwrap();
    for (arguments, told) in [
        (&["load", "--once"][..], "eyeline up"),
        (&["doctor"][..], "eyeline up"),
        (&["tail"][..], "eyeline up"),
    ] {
        let output = eyeline(data.path(), arguments);
        assert!(!output.status.success());
        assert!(said(&output).contains(told), "{}", said(&output));
    }
    let output = eyeline(data.path(), &["collect", "--raw", "s3://bucket/raw"]);
    assert!(said(&output).contains("pass a folder as --raw"));
}

const ANON: &str = "abcdefghijklmnop";

/// Posts one render as a client would.
fn send(collector: &str, data: &Path) {
    let keys: Value =
        serde_json::from_slice(&std::fs::read(data.join("keys.json")).unwrap()).unwrap();
    let key = keys["keys"][0]["key"].as_str().unwrap();
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_millis();
    let now = u64::try_from(now).unwrap();
    let batch = json!({
        "v": "1-0-0", "inst": "ABCDEFGHIJKLMNOP", "bn": 1, "sdk": "test/1", "t0": now,
        "src": {"aff": "my-site"}, "dev": {}, "usr": {"anon": ANON}, "con": {"mode": "full"}, "loss": {"cap": 1},
        "ev": [{"k": "render", "n": 1, "dt": 0, "imp": 1, "c": "item-1", "pl": "top", "pos": 1, "ms": 1}],
    });
    let answer = post(
        &format!("{collector}/v1/batch?k={key}&w={now}&a=1&s=0"),
        batch.to_string(),
    );
    assert_eq!(answer["ok"], 1, "{answer}");
}

/// `eyeline up` as a process of its own.
struct Up {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    collector: String,
    dashboard: String,
}

impl Up {
    fn start(data: &Path) -> Self {
        let mut child = command(data)
            .args(["up", "--listen", "127.0.0.1:0", "--dashboard"])
            .args(["127.0.0.1:0", "--every", "100ms", "--rotate-after", "50ms"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        Self {
            child,
            lines,
            collector: first["listening"].as_str().unwrap().to_owned(),
            dashboard: first["dashboard"].as_str().unwrap().to_owned(),
        }
    }

    /// Reads what it says until it has told of a load that made this true.
    fn until_a_load_after_which(&mut self, is_so: impl Fn() -> bool) {
        loop {
            let line = self.lines.next().expect("it goes on").unwrap();
            let line: Value = serde_json::from_str(&line).unwrap();
            if line["load"].is_object() && is_so() {
                return;
            }
        }
    }

    fn page(&self, path: &str) -> Value {
        get(&format!("{}{path}", self.dashboard))
    }

    /// Ends it as Ctrl-C does.
    fn stop(mut self) {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-INT", &pid])
                .status()
                .unwrap()
                .success()
        );
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eyeline"));
    command.args(["--json", "--data"]).arg(data);
    command
}

fn eyeline(data: &Path, arguments: &[&str]) -> Output {
    command(data).args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn rows(data: &Path, sql: &str) -> Vec<Value> {
    let output = eyeline(data, &["query", sql]);
    assert!(output.status.success(), "{}", said(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn post(url: &str, body: String) -> Value {
    ask(|client| client.post(url).body(body))
}

fn get(url: &str) -> Value {
    ask(|client| client.get(url))
}

fn ask(request: impl FnOnce(reqwest::Client) -> reqwest::RequestBuilder) -> Value {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let answer = request(eyeline_cli::http().unwrap()).send().await.unwrap();
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    })
}
