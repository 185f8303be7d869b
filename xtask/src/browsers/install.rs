//! Chromium, Firefox and WebKit with what drives them: installed where missing.

use std::path::Path;

use anyhow::{Result, bail};

use crate::tools;

/// A program the web tests start, the places it may be, and the Debian package that brings it.
struct Needed {
    package: &'static str,
    places: &'static [&'static str],
}

const NEEDED: [Needed; 6] = [
    Needed {
        package: "chromium",
        places: &[
            "/usr/bin/chromium",
            "/usr/bin/chromium-browser",
            "/usr/bin/google-chrome",
        ],
    },
    Needed {
        package: "firefox-esr",
        places: &["/usr/bin/firefox-esr", "/usr/bin/firefox"],
    },
    Needed {
        package: "webkit2gtk-driver",
        places: &["/usr/bin/WebKitWebDriver"],
    },
    Needed {
        package: "xvfb",
        places: &["/usr/bin/Xvfb"],
    },
    Needed {
        package: "dbus",
        places: &["/usr/bin/dbus-run-session"],
    },
    Needed {
        package: "xdotool",
        places: &["/usr/bin/xdotool"],
    },
];

/// Installs what is missing with apt; quick where nothing is.
///
/// # Errors
/// Where something is missing and can't be installed, naming it.
pub(super) fn install() -> Result<()> {
    let missing: Vec<_> = NEEDED
        .iter()
        .filter(|needed| !needed.places.iter().any(|place| Path::new(place).exists()))
        .map(|needed| needed.package)
        .collect();
    if missing.is_empty() {
        println!("Chromium, Firefox, WebKit and what drives them are installed");
        return Ok(());
    }
    let packages = missing.join(" ");
    println!("missing for the browser tests: {packages}; installing them with apt-get");
    let words = [&["--no-install-recommends"][..], &missing].concat();
    if tools::apt_install(&words).is_err() {
        bail!(
            "the browser tests need {packages} and apt-get could not install them: as root on Debian or Ubuntu run \
             `apt-get install {packages}`, elsewhere install what brings these programs"
        );
    }
    Ok(())
}
