//! `cargo xtask test`: everything CI checks, cheapest first.

use std::env;

use anyhow::Result;

use crate::steps::{self, Steps, Tally};
use crate::{
    browsers, conformance, demo, deploy, directions, documents, kotlin, lambda, layout, mobile,
    spark, swift, tools, web, workspace,
};

/// Runs every step, says what failed, and exits with 1 where anything did.
pub(crate) fn run() -> Result<()> {
    workspace::prepare_target()?;
    println!("target folder: {}", workspace::target()?.display());
    let mut steps = Steps::default();
    without_building(&mut steps);
    steps.step("formatting", || {
        tools::component("rustfmt")?;
        one(steps::run(
            workspace::cargo()?.args(["fmt", "--all", "--check"]),
        ))
    });
    steps.step("licences, sources and banned crates", || {
        // Advisories are asked for apart (CONTRIBUTING.md): by them a commit may pass today and fail tomorrow.
        let mut deny = tools::cargo_with(&tools::DENY)?;
        one(steps::run(deny.args([
            "deny", "--locked", "check", "bans", "licenses", "sources",
        ])))
    });
    steps.step("tests and doctests", || {
        tools::strace()?;
        tools::postgres()?;
        let aws = tools::python("aws", "tests/aws/requirements.txt")?;
        let mut tests = workspace::cargo()?;
        tests.env("EYELINE_AWS_PYTHON", aws.join("python"));
        tests.args(["test", "--workspace", "--locked", "--no-fail-fast"]);
        if env::var_os(PROPERTIES_SEED).is_none() {
            tests.env(PROPERTIES_SEED, "1574553600000");
        }
        steps::tests(&mut tests)
    });
    steps.step("lints", || {
        tools::component("clippy")?;
        let mut clippy = workspace::cargo()?;
        clippy.args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--",
            "-D",
            "warnings",
        ]);
        one(steps::run(&mut clippy))
    });
    steps.step("the Lambda function for arm64", lambda::test);
    steps.step("CloudFormation templates", || {
        deploy::run(deploy::Catalog::Check)
    });
    steps.step("the library for phones", || {
        one(mobile::run(false, mobile::Differences::Fail))
    });
    steps.step("Kotlin on the JVM", || kotlin::run(kotlin::Surface::Check));
    steps.step("types of the TypeScript", || one(web::check_types()));
    steps.step("what a web page loads", || {
        one(web::run(web::Differences::Fail))
    });
    steps.step("the engine in WebAssembly and in JavaScript", web::test);
    steps.step("conformance of every host", || conformance::run(false));
    steps.step("web in Chromium, Firefox and WebKit", browsers::suites);
    steps.step("tabs closed and browsers killed", || {
        one(browsers::soak(TAB_CLOSINGS, BROWSER_KILLS))
    });
    steps.step("the Swift package", || {
        one(swift::run(swift::Differences::Fail))
    });
    steps.step("tests in Swift", swift::test);
    steps.step("Spark beside the embedded engine", spark::test);
    steps.step("documentation", || {
        let mut doc = workspace::cargo()?;
        doc.args(["doc", "--workspace", "--no-deps", "--locked", "--quiet"])
            .env("RUSTDOCFLAGS", "-D warnings");
        one(steps::run(&mut doc))
    });
    steps.step("demo on the real data", || {
        one(demo::check(demo::Way::Files))
    });
    steps.step("demo over Firehose and S3", || {
        one(demo::check(demo::Way::Aws))
    });
    steps.close()
}

/// Of each browser, in the short soak; `cargo xtask soak web` takes its time.
const TAB_CLOSINGS: u32 = 20;
const BROWSER_KILLS: u32 = 5;

/// Runs the steps that need no build.
pub(crate) fn layout() -> Result<()> {
    let mut steps = Steps::default();
    without_building(&mut steps);
    steps.close()
}

/// The same cases of every property in every run, so that a red one is the change's doing. `cargo xtask soak` draws fresh ones.
const PROPERTIES_SEED: &str = "PROPTEST_RNG_SEED";

fn without_building(steps: &mut Steps) {
    steps.step("layout", layout::check);
    steps.step("documents", documents::check);
    steps.step("who may depend on whom", directions::check);
}

fn one(outcome: Result<()>) -> Result<Tally> {
    outcome.map(|()| Tally::ONE)
}
