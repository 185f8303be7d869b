//! Who may depend on whom: the table of ARCHITECTURE.md, checked against `cargo tree`.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use crate::steps::{self, Tally};
use crate::workspace;

/// One package built one way, and what must not be in its graph.
struct Rule {
    package: &'static str,
    features: &'static [&'static str],
    never: &'static [&'static str],
}

const BELOW_BACKEND: [&str; 4] = ["eyeline-core", "eyeline", "eyeline-mobile", "eyeline-web"];
const BACKEND: [&str; 4] = [
    "eyeline-collector",
    "eyeline-loader",
    "eyeline-transform",
    "eyeline-cli",
];

const RULES: [Rule; 19] = [
    Rule {
        package: "eyeline-core",
        features: &["--all-features"],
        never: &[
            "tokio",
            "reqwest",
            "uniffi",
            "wasm-bindgen",
            "getrandom",
            "rand",
            "mio",
            "socket2",
            "eyeline",
        ],
    },
    Rule {
        package: "eyeline",
        features: &[],
        never: &["uniffi"],
    },
    Rule {
        package: "eyeline",
        features: &["--no-default-features"],
        never: &["tokio", "reqwest", "rustls", "uniffi", "wasm-bindgen"],
    },
    Rule {
        package: "eyeline",
        features: &["--no-default-features", "--features", "host"],
        never: &["tokio", "reqwest", "rustls", "uniffi", "wasm-bindgen"],
    },
    Rule {
        package: "eyeline-mobile",
        features: &[],
        never: &[
            "tokio",
            "reqwest",
            "rustls",
            "tracing",
            "url",
            "wasm-bindgen",
        ],
    },
    Rule {
        package: "eyeline-bindgen",
        features: &[],
        never: &["eyeline", "eyeline-core", "tokio"],
    },
    Rule {
        package: "eyeline-web",
        features: &[],
        never: &["eyeline", "tokio", "reqwest", "uniffi", "getrandom"],
    },
    Rule {
        package: "eyeline-collector",
        features: &[],
        never: &["eyeline", "eyeline-loader", "eyeline-cli", "datafusion"],
    },
    Rule {
        package: "eyeline-loader",
        features: &[],
        never: &["eyeline", "eyeline-collector", "eyeline-cli"],
    },
    Rule {
        package: "eyeline-loader",
        features: &["--no-default-features"],
        never: &[
            "datafusion",
            "tokio",
            "object_store",
            "parquet",
            "eyeline",
            "eyeline-collector",
            "eyeline-cli",
        ],
    },
    Rule {
        package: "eyeline-transform",
        features: &[],
        // Nothing with C in it: it is built for arm64 anywhere. Nothing of AWS's SDK: a function's start is what it weighs.
        never: &[
            "ring",
            "axum",
            "aws-sdk-firehose",
            "eyeline",
            "eyeline-collector",
            "eyeline-loader",
            "eyeline-cli",
        ],
    },
    Rule {
        package: "eyeline-costs",
        features: &[],
        never: &["tokio", "eyeline", "eyeline-core", "eyeline-loader"],
    },
    Rule {
        package: "eyeline-firehose-sim",
        features: &[],
        never: &["aws-sdk-firehose", "eyeline-collector", "datafusion"],
    },
    Rule {
        package: "eyeline-redshift-sim",
        features: &[],
        never: &["aws-sdk-redshiftdata", "eyeline-loader", "datafusion"],
    },
    Rule {
        package: "eyeline-cli",
        features: &[],
        never: &["uniffi"],
    },
    Rule {
        package: "example-rust-app",
        features: &[],
        never: &["eyeline-collector", "eyeline-loader", "eyeline-cli"],
    },
    Rule {
        package: "eyeline-tests",
        features: &[],
        never: &["uniffi"],
    },
    Rule {
        package: "eyeline-conformance",
        features: &[],
        never: &[
            "tokio",
            "reqwest",
            "eyeline-loader",
            "eyeline-collector",
            "datafusion",
        ],
    },
    Rule {
        package: "xtask",
        features: &[],
        never: &[
            "eyeline",
            "eyeline-core",
            "eyeline-loader",
            "eyeline-collector",
            "datafusion",
        ],
    },
];

/// Everything `core` may name in its manifest: each is pure computation.
const CORE_MAY_USE: [&str; 4] = ["serde", "serde_json", "flate2", "thiserror"];

/// Checks every rule, and that every package has one.
pub(crate) fn check() -> Result<Tally> {
    let mut faults = Vec::new();
    for package in workspace::packages()? {
        if !RULES.iter().any(|rule| rule.package == package) {
            faults.push(format!("{package}: has no rule; say in xtask/src/directions.rs what it must never depend on"));
        }
    }
    for rule in &RULES {
        let graph = graph(rule)?;
        let below_backend = BELOW_BACKEND.contains(&rule.package);
        let upward = BACKEND.iter().filter(|_| below_backend);
        let tests = ["eyeline-tests", "eyeline-conformance", "xtask"];
        let never = rule
            .never
            .iter()
            .chain(upward)
            .chain(&tests)
            .filter(|never| **never != rule.package);
        faults.extend(never.filter(|never| graph.contains(**never)).map(|never| {
            format!(
                "{} {} depends on {never} (see `cargo tree -p {} -i {never}`)",
                rule.package,
                rule.features.join(" "),
                rule.package
            )
        }));
    }
    faults.extend(features_of_tests_alone()?.iter().map(|line| {
        format!("`{line}` is built otherwise with tests: name the development dependency in tests/Cargo.toml too, or DataFusion is compiled twice")
    }));
    faults.extend(
        strangers_in_core()?
            .iter()
            .map(|name| format!("eyeline-core names {name} in its manifest")),
    );
    if !faults.is_empty() {
        bail!("{}", faults.join("\n"));
    }
    println!(
        "{} rules on who may depend on whom hold; one set of features",
        RULES.len() + 1
    );
    Ok(Tally::ONE)
}

/// The names of everything the package is built from, itself left out.
fn graph(rule: &Rule) -> Result<BTreeSet<String>> {
    let mut tree = workspace::cargo()?;
    tree.args([
        "tree",
        "--locked",
        "--package",
        rule.package,
        "--edges",
        "normal,build",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]);
    let text = steps::output(tree.args(rule.features))?;
    let names = text
        .lines()
        .skip(1)
        .filter_map(|line| line.split(' ').next());
    Ok(names.map(str::to_owned).collect())
}

/// Third-party packages that a build without tests needs with other features than a build with them.
fn features_of_tests_alone() -> Result<Vec<String>> {
    let with_edges = |edges: &str| -> Result<BTreeSet<String>> {
        let mut tree = workspace::cargo()?;
        tree.args([
            "tree",
            "--locked",
            "--workspace",
            "--edges",
            edges,
            "--prefix",
            "none",
            "--format",
            "{p}|{f}",
        ]);
        let text = steps::output(&mut tree)?;
        let third_party = text
            .lines()
            .map(|line| line.trim_end_matches(" (*)"))
            .filter(|line| !line.contains(" ("));
        Ok(third_party.map(str::to_owned).collect())
    };
    let (without, with) = (with_edges("normal,build")?, with_edges("normal,build,dev")?);
    Ok(without.difference(&with).cloned().collect())
}

fn strangers_in_core() -> Result<Vec<String>> {
    let metadata = workspace::metadata()?;
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let core = packages.filter(|package| package["name"] == "eyeline-core");
    let needs = core.flat_map(|core| core["dependencies"].as_array().into_iter().flatten());
    let normal = needs
        .filter(|need| need["kind"].is_null())
        .filter_map(|need| need["name"].as_str());
    Ok(normal
        .filter(|name| !CORE_MAY_USE.contains(name))
        .map(str::to_owned)
        .collect())
}
