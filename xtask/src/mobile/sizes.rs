//! How large the library is, exactly, and what it may be.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, anyhow};
use serde::{Deserialize, Serialize};

use super::Differences;
use crate::{exact, workspace};

/// What is committed: bytes of the stripped library by target; on iOS of what it adds to an app.
#[derive(Serialize, Deserialize, Default)]
struct Committed {
    /// The compiler they hold for. Another one is held to the limits alone.
    rustc: String,
    bytes: BTreeMap<String, u64>,
}

/// Where every library has to come to, in bytes. Ours: what an app takes on without a talk about it. Glean's is 2.13 MB.
const AIM: u64 = 550_000;

/// More than this fails. A limit goes down with every library that gets smaller, and never up.
const LIMITS: [(&str, u64); 8] = [
    ("linux-x86-64", 595_100),
    ("android-arm64-v8a", 524_000),
    ("android-armeabi-v7a", 364_600),
    ("android-x86_64", 580_200),
    ("android-x86", 637_600),
    ("ios-arm64", 494_000),
    ("ios-arm64-simulator", 481_900),
    ("ios-x86_64-simulator", 530_300),
];

const FILE: &str = "bindings/mobile/size.json";

/// Prints the sizes and holds them against what is committed and against the limits.
///
/// # Errors
/// Where they are not what they should be.
pub(super) fn hold(
    rustc: &str,
    bytes: BTreeMap<String, u64>,
    differences: Differences,
) -> Result<()> {
    let path = workspace::root().join(FILE);
    println!(
        "\n{:<22} {:>9} {:>9} {:>9}",
        "eyeline-mobile", "bytes", "limit", "aim"
    );
    let over = over_limits(&bytes);
    let mut committed: Committed = match fs::read_to_string(&path) {
        Ok(text) => serde_json::from_str(&text).with_context(|| format!("{FILE} can't be read"))?,
        Err(_) => Committed::default(),
    };
    if differences == Differences::Bless {
        if committed.rustc != rustc {
            committed = Committed::default();
        }
        rustc.clone_into(&mut committed.rustc);
        committed.bytes.extend(bytes.clone());
        let text = serde_json::to_string_pretty(&committed)? + "\n";
        fs::write(&path, text).with_context(|| format!("cannot write {FILE}"))?;
    }
    committed.bytes.retain(|name, _| bytes.contains_key(name));
    let (before, now) = (
        exact::Sizes {
            rustc: &committed.rustc,
            bytes: &committed.bytes,
        },
        exact::Sizes {
            rustc,
            bytes: &bytes,
        },
    );
    let faults: Vec<String> = over
        .into_iter()
        .chain(exact::changed("size.json", &before, &now))
        .collect();
    if faults.is_empty() {
        return Ok(());
    }
    let said = faults.join("\n");
    match differences {
        Differences::Fail => Err(anyhow!(
            "{said}\nwhere this is meant to be, run `cargo xtask mobile --all --bless`"
        )),
        _ => {
            println!("\n{said}");
            Ok(())
        }
    }
}

/// Every limit that is broken; prints each size beside its limit and the aim.
fn over_limits(bytes: &BTreeMap<String, u64>) -> Vec<String> {
    let mut broken = Vec::new();
    for (name, size) in bytes {
        let limit = LIMITS.iter().find(|(limited, _)| limited == name);
        let most = limit.map_or(AIM, |(_, most)| *most);
        println!("{name:<22} {size:>9} {most:>9} {AIM:>9}");
        if *size > most {
            broken.push(format!("{name} has {size} bytes, {most} are the limit"));
        }
    }
    broken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mobile::TARGETS;

    #[test]
    fn every_target_has_a_limit() {
        assert_eq!(
            TARGETS.map(|target| target.name),
            LIMITS.map(|(name, _)| name)
        );
    }

    #[test]
    fn one_byte_over_a_limit_is_too_much() {
        let (name, most) = LIMITS[1];
        let sizes = |size| BTreeMap::from([(name.to_owned(), size)]);
        assert!(over_limits(&sizes(most)).is_empty());
        assert_eq!(
            over_limits(&sizes(most + 1)),
            [format!(
                "{name} has {} bytes, {most} are the limit",
                most + 1
            )]
        );
    }
}
