// Puts a tool on the site, and onto a page as its users would.
import { bundle } from "./tools.js";

/** Puts a tool on the site and gives what the page does to load it. */
export const put = async (tool, { site, sink, files, peers }) => {
  if (tool.ours) {
    for (const [name, bytes] of files) site.files.set(`/dist/${name}`, bytes);
    const data = { key: "wk_bench", endpoint: sink.address, affiliate: "bench", consent: "full" };
    return { src: "/dist/eyeline.js", data, sink: sink.address };
  }
  site.files.set(`/peer/${tool.entry}.js`, await bundle(tool, peers));
  return { src: `/peer/${tool.entry}.js`, data: {}, sink: sink.address };
};

/** Adds the script as a tag does; a peer is started once it is there. Afterwards `track(i)` and `mark(name)` track with either. */
export const load = (page, how) =>
  page.evaluate(({ src, data, sink }) => new Promise((done, failed) => {
    const script = Object.assign(document.createElement("script"), { src, async: true });
    Object.assign(script.dataset, data);
    if (data.key) window.eyeline = function () { (eyeline.q = eyeline.q || []).push(arguments); };
    window.mark = data.key ? (name) => eyeline("convert", name) : (name) => bench.mark(name);
    window.track = data.key ? (i) => eyeline("convert", `goal-${i % 5}`, { value: i, currency: "JPY" }) : (i) => bench.track(i);
    script.onload = () => {
      if (!data.key) bench.start(sink);
      done();
    };
    script.onerror = () => failed(new Error(`${src} did not load`));
    document.head.append(script);
  }), how);
