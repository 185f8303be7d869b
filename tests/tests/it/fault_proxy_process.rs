//! The proxy as a process of its own, as the demo runs it.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use serde_json::{Value, json};

#[test]
fn it_says_where_it_listens_and_when_told_to_stop_what_it_did() -> Result<()> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_fault-proxy"))
        .args(["--upstream", "http://127.0.0.1:9", "--watch-stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut said = BufReader::new(child.stdout.take().context("stdout is piped")?);
    let mut first = String::new();
    said.read_line(&mut first)?;
    let first: Value = serde_json::from_str(&first)?;
    let listening = first["listening"].as_str().context("it says where")?;
    assert!(listening.starts_with("http://127.0.0.1:"), "{listening}");
    drop(child.stdin.take());
    let mut rest = String::new();
    said.read_to_string(&mut rest)?;
    let rest: Value = serde_json::from_str(&rest)?;
    assert_eq!(rest["counts"]["requests"], json!(0));
    assert!(child.wait()?.success());
    Ok(())
}
