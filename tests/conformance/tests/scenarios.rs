//! Every scenario on the engine in Rust, and on the client for phones. `cargo test -p eyeline-conformance -- --bless` commits to what it says now.

use std::env;
use std::process::ExitCode;

use anyhow::Result;
use eyeline_conformance::{Class, EngineHost, Host, MobileHost, Suite, play};

fn main() -> ExitCode {
    let bless = env::args().any(|word| word == "--bless");
    let suite = Suite::of_the_project().expect("the scenarios can be read");
    let mut passed = 0;
    let mut failed = 0;
    let mut tell = |name: &str, outcome: Result<()>| match outcome {
        Ok(()) => {
            passed += 1;
            println!("test {name} ... ok");
        }
        Err(why) => {
            failed += 1;
            println!("test {name} ... FAILED\n{why:#}");
        }
    };
    for name in suite.names() {
        let outcome = holds(&suite, name, EngineHost::new(), bless);
        tell(&format!("conformance::rust::{name}"), outcome);
        let outcome = holds(&suite, name, MobileHost::new(), false);
        tell(&format!("conformance::mobile::{name}"), outcome);
    }
    tell("no_transcript_is_a_stray", no_strays(&suite));
    let word = if failed == 0 { "ok" } else { "FAILED" };
    println!("test result: {word}. {passed} passed; {failed} failed");
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn holds<H: Host>(suite: &Suite, name: &str, host: Result<H>, bless: bool) -> Result<()> {
    let transcript = play(&suite.scenario(name)?, &mut host?)?;
    suite.hold(name, Class::Events, transcript.as_str(), bless)
}

fn no_strays(suite: &Suite) -> Result<()> {
    let strays = suite.strays()?;
    anyhow::ensure!(strays.is_empty(), "{}", strays.join("\n"));
    Ok(())
}
