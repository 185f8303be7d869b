// The pages of the tests: HTML with a recorder of everything that goes wrong, and the SDK's tag with any settings.

/** Reports uncaught errors, rejections and policy violations to the site. Every page loads it before any other script. */
export const RECORDER = `
  (() => {
    const tell = (what) => { try { navigator.sendBeacon("/__fault", what); } catch {} };
    window.violations = [];
    addEventListener("error", (e) => tell("error: " + (e.message || "a resource of " + (e.target && e.target.src)) + " " + e.filename + ":" + e.lineno));
    addEventListener("unhandledrejection", (e) => tell("unhandledrejection: " + (e.reason && e.reason.stack || e.reason)));
    document.addEventListener("securitypolicyviolation", (e) => violations.push(e.effectiveDirective + " " + e.blockedURI));
  })();`;

/**
 * A whole page.
 * @param {{ head?: string, body?: string, nonce?: string, title?: string }} parts
 */
export function html({ head = "", body = "", nonce = "", title = "page" }) {
  const mark = nonce && ` nonce="${nonce}"`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><link rel="icon" href="data:,">
<style${mark}>body{margin:0;font:14px sans-serif}.card{width:300px;height:100px;margin:4px;background:#dde}</style>
<script src="/__recorder.js"${mark}></script>
${head}
<body>${body}</body></html>`;
}

/**
 * The SDK's script tag.
 * @param {Record<string, string | number>} settings the data-* attributes, without "data-"
 * @param {{ src?: string, extra?: string }} [options]
 */
export function tag(settings, { src = "/sdk/eyeline.js", extra = "" } = {}) {
  const data = Object.entries(settings).map(([name, value]) => ` data-${name}="${value}"`);
  return `<script async src="${src}"${data.join("")} ${extra}></script>`;
}

/** One piece of content in the declarative markup. */
export function card(content, { placement = "list", position, style = "", extra = "", inner = "" } = {}) {
  const at = position === undefined ? "" : ` data-eyeline-position="${position}"`;
  return `<div class="card" id="${content}" data-eyeline-content="${content}" data-eyeline-placement="${placement}"${at} style="${style}" ${extra}>${inner || content}</div>`;
}
