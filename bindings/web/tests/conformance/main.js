// Every scenario of the conformance suite on the web's hosts: `node tests/conformance/main.js [--bless] [host…]`.
import { hosts } from "./hosts.js";
import { hold, scenarios } from "./suite.js";

const words = process.argv.slice(2);
const bless = words.includes("--bless");
const asked = words.filter((word) => !word.startsWith("--"));
let passed = 0;
let failed = 0;

for (const host of asked.length ? asked : Object.keys(hosts)) {
  const [cls, run] = hosts[host];
  await run(scenarios, async (name, play) => {
    try {
      hold(name, cls, await play(), bless);
      passed++;
      console.log(`test conformance::${host}::${name} ... ok`);
    } catch (error) {
      failed++;
      console.log(`test conformance::${host}::${name} ... FAILED\n${error.message}`);
    }
  });
}
console.log(`test result: ${failed ? "FAILED" : "ok"}. ${passed} passed; ${failed} failed`);
process.exitCode = failed ? 1 : 0;
