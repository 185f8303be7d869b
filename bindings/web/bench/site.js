// The page that all tools run on: 30 cards in the first screen, then text to scroll through; and the tools' own files.
import { createServer } from "node:http";

const CARDS = 30;

const card = (i, placement) =>
  `<a class="card" href="#${i}" data-eyeline-content="${placement}-${i}" data-eyeline-placement="${placement}" data-eyeline-position="${i + 1}">card ${i}</a>`;

const html = (head) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>bench</title>
<style>body{margin:0;font:14px sans-serif}.cards{display:grid;grid-template-columns:repeat(6,1fr);gap:8px;padding:8px}
.card{display:block;height:120px;background:#dde}p{margin:8px;max-width:60ch}</style>${head}
<div class="cards">${Array.from({ length: CARDS }, (_, i) => card(i, "top")).join("")}</div>
${Array.from({ length: 40 }, (_, i) => `<p>${"words to scroll by ".repeat(30)}</p><div class="cards">${card(i, "below")}</div>`).join("")}</html>`;

/** A page on which there is nothing to watch. */
export const EMPTY = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>bench</title><p>words</html>";

export class Site {
  /** Files by path: text or bytes. */
  files = new Map();
  #waiting = new Map();
  #server;

  static async start() {
    const site = new Site();
    site.#server = createServer((request, response) => site.#serve(request, response));
    await new Promise((ready) => site.#server.listen(0, "127.0.0.1", ready));
    return site;
  }

  /** `localhost`, so that the sink on 127.0.0.1 is another site, not just another port. */
  get address() {
    return `http://localhost:${this.#server.address().port}`;
  }

  /** Puts a page at a path. */
  page(path, head) {
    return this.put(path, html(head));
  }

  put(path, file) {
    this.files.set(path, file);
    return this.address + path;
  }

  /** Calls back when a path is asked for. */
  once(path, asked) {
    this.#waiting.set(path, asked);
  }

  #serve(request, response) {
    const { pathname } = new URL(request.url, this.address);
    this.#waiting.get(pathname)?.();
    this.#waiting.delete(pathname);
    const file = this.files.get(pathname);
    if (file === undefined) return response.writeHead(404).end();
    const kind = pathname.endsWith(".js") ? "text/javascript" : pathname.endsWith(".wasm") ? "application/wasm" : "text/html; charset=utf-8";
    response.writeHead(200, { "content-type": kind, "cache-control": "no-store" }).end(file);
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((ended) => this.#server.close(ended));
  }
}
