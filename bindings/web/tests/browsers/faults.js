// Which console errors a page is to blame for, and which the browser writes by itself.

/** What browsers write about a request that failed: no script can keep them from it. */
const BY_THE_BROWSER = [
  /^Failed to load resource/,
  /net::ERR_/,
  /^(Error: )?Cross-Origin Request Blocked/,
  /^Access to fetch at .* has been blocked by CORS policy/,
  /^(Error: )?Content-Security-Policy: .* blocked WebAssembly/,
  /favicon\.ico/,
];

/** Whether an error in the console says that a script did something wrong. */
export function isOwnFault(text) {
  return !BY_THE_BROWSER.some((pattern) => pattern.test(text));
}
