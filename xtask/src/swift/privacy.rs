//! What the stores are told about data, written from one description: Apple's privacy manifest, and the table for Google Play.

use std::fs;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::Differences;
use crate::workspace;

/// `bindings/mobile/privacy/collected.json`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Collected {
    tracking: bool,
    encrypted_in_transit: bool,
    deleted_on_request: bool,
    data: Vec<Data>,
    apple_apis: Vec<Api>,
}

/// One kind of data.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    what: String,
    wire: String,
    apple: String,
    play: (String, String),
    linked: bool,
    optional: bool,
    purposes: Vec<Purpose>,
}

#[derive(Clone, Copy, Deserialize)]
enum Purpose {
    Analytics,
    Personalization,
    Fraud,
}

/// A use of an API that Apple asks a reason for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Api {
    api: String,
    reason: String,
    why: String,
}

impl Purpose {
    fn apple(self) -> &'static str {
        match self {
            Purpose::Analytics => "Analytics",
            Purpose::Personalization => "ProductPersonalization",
            // Apple has no purpose of its own for it.
            Purpose::Fraud => "AppFunctionality",
        }
    }

    fn play(self) -> &'static str {
        match self {
            Purpose::Analytics => "Analytics",
            Purpose::Personalization => "Personalization",
            Purpose::Fraud => "Fraud prevention, security and compliance",
        }
    }
}

const DESCRIPTION: &str = "bindings/mobile/privacy/collected.json";
const APPLE: &str = "bindings/mobile/swift/Sources/Eyeline/PrivacyInfo.xcprivacy";
const PLAY: &str = "bindings/mobile/privacy/play-data-safety.md";

/// Holds both files against the description.
pub(super) fn hold(differences: Differences) -> Result<()> {
    let text = fs::read_to_string(workspace::root().join(DESCRIPTION))
        .with_context(|| format!("cannot read {DESCRIPTION}"))?;
    let collected: Collected = serde_json::from_str(&text)
        .with_context(|| format!("{DESCRIPTION} is not as it should be"))?;
    for (path, made) in [(APPLE, apple(&collected)), (PLAY, play(&collected))] {
        let file = workspace::root().join(path);
        if fs::read_to_string(&file).is_ok_and(|before| before == made) {
            continue;
        }
        if differences == Differences::Fail {
            bail!("{path} is not what {DESCRIPTION} makes of it: run `cargo xtask swift --bless`");
        }
        fs::write(&file, made).with_context(|| format!("cannot write {path}"))?;
        println!("{path} is written anew");
    }
    Ok(())
}

/// The privacy manifest, a property list.
fn apple(collected: &Collected) -> String {
    let mut list = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n\
         <!-- Written by `cargo xtask swift --bless` from bindings/mobile/privacy/collected.json. -->\n\
         <plist version=\"1.0\">\n<dict>\n",
    );
    list += &format!(
        "\t<key>NSPrivacyTracking</key>\n\t<{}/>\n",
        collected.tracking
    );
    list += "\t<key>NSPrivacyTrackingDomains</key>\n\t<array/>\n";
    list += "\t<key>NSPrivacyCollectedDataTypes</key>\n\t<array>\n";
    for data in &collected.data {
        let purposes = data.purposes.iter().map(|purpose| {
            format!(
                "\t\t\t\t<string>NSPrivacyCollectedDataTypePurpose{}</string>\n",
                purpose.apple()
            )
        });
        list += &format!(
            "\t\t<dict>\n\
             \t\t\t<key>NSPrivacyCollectedDataType</key>\n\
             \t\t\t<string>NSPrivacyCollectedDataType{}</string>\n\
             \t\t\t<key>NSPrivacyCollectedDataTypeLinked</key>\n\t\t\t<{}/>\n\
             \t\t\t<key>NSPrivacyCollectedDataTypeTracking</key>\n\t\t\t<{}/>\n\
             \t\t\t<key>NSPrivacyCollectedDataTypePurposes</key>\n\t\t\t<array>\n{}\t\t\t</array>\n\
             \t\t</dict>\n",
            data.apple,
            data.linked,
            collected.tracking,
            purposes.collect::<String>()
        );
    }
    list += "\t</array>\n\t<key>NSPrivacyAccessedAPITypes</key>\n\t<array>\n";
    for Api { api, reason, why } in &collected.apple_apis {
        list += &format!(
            "\t\t<!-- {why}. -->\n\
             \t\t<dict>\n\
             \t\t\t<key>NSPrivacyAccessedAPIType</key>\n\
             \t\t\t<string>NSPrivacyAccessedAPICategory{api}</string>\n\
             \t\t\t<key>NSPrivacyAccessedAPITypeReasons</key>\n\t\t\t<array>\n\
             \t\t\t\t<string>{reason}</string>\n\t\t\t</array>\n\
             \t\t</dict>\n"
        );
    }
    list + "\t</array>\n</dict>\n</plist>\n"
}

/// What to fill into the form of the Play Console.
fn play(collected: &Collected) -> String {
    let yes = |is: bool| if is { "yes" } else { "no" };
    let mut table = format!(
        "# Data safety, for the form of the Play Console\n\n\
         Written by `cargo xtask swift --bless` from [collected.json](collected.json), as Apple's privacy manifest is. It says what Eyeline\n\
         collects where consent is full; an app that reports no conversions, for one, strikes that line. Nothing is shared with third parties\n\
         by Eyeline: data goes to the collector that the app names.\n\n\
         - Encrypted in transit: {}. The library sends over HTTPS alone (plain HTTP only to the device itself, for tests).\n\
         - Users can ask for deletion: {}, by `forget()`.\n\n\
         | category | type | what | on the wire | collected | shared | optional | purposes |\n\
         |---|---|---|---|---|---|---|---|\n",
        yes(collected.encrypted_in_transit),
        yes(collected.deleted_on_request)
    );
    for data in &collected.data {
        let purposes: Vec<_> = data.purposes.iter().map(|purpose| purpose.play()).collect();
        table += &format!(
            "| {} | {} | {} | {} | yes | no | {} | {} |\n",
            data.play.0,
            data.play.1,
            data.what,
            data.wire,
            yes(data.optional),
            purposes.join(", ")
        );
    }
    table
}
