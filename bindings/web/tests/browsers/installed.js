// Where the browsers are on this machine; a missing one is an error that says what to install.
import { existsSync } from "node:fs";

const PLACES = {
  chromium: ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"],
  firefox: ["/usr/bin/firefox-esr", "/usr/bin/firefox"],
  WebKitWebDriver: ["/usr/bin/WebKitWebDriver"],
  MiniBrowser: ["x86_64", "aarch64"].flatMap((machine) =>
    ["4.1", "6.0"].map((version) => `/usr/lib/${machine}-linux-gnu/webkit2gtk-${version}/MiniBrowser`),
  ),
  Xvfb: ["/usr/bin/Xvfb"],
  xdotool: ["/usr/bin/xdotool"],
  "dbus-run-session": ["/usr/bin/dbus-run-session"],
};

/** The path of a program. */
export function installed(program) {
  const path = PLACES[program].find((place) => existsSync(place));
  if (!path) throw new Error(`${program} is not at ${PLACES[program].join(" or ")}: \`cargo xtask browsers\` installs it`);
  return path;
}
