// The site that embeds the SDK: pages with any headers, the built SDK files, and answers that can be held back.
import { existsSync, readFileSync } from "node:fs";
import http from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { RECORDER } from "./html.js";

/** Where `cargo xtask web` leaves what it builds. */
export const DIST = process.env.EYELINE_WEB_DIST ?? fileURLToPath(new URL("../../dist", import.meta.url));

const TYPES = {
  ".js": "text/javascript",
  ".wasm": "application/wasm",
  ".json": "application/json",
  ".html": "text/html; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wav": "audio/wav",
};

export class Site {
  #server;
  #routes = new Map();
  #holds = [];
  #sockets = new Set();

  /** Requests seen: {method, url, headers, at}. */
  requests = [];
  /** What the pages' own recorders reported as gone wrong. */
  faults = [];
  /** Headers of every answer, such as a Content-Security-Policy for the whole site. */
  headers = {};

  static async start() {
    const site = new Site();
    site.#routes.set("/__recorder.js", RECORDER);
    site.#server = http.createServer((request, response) => site.#answer(request, response));
    site.#server.on("connection", (socket) => {
      site.#sockets.add(socket);
      socket.on("close", () => site.#sockets.delete(socket));
    });
    await new Promise((resolve) => site.#server.listen(0, "127.0.0.1", resolve));
    return site;
  }

  get port() {
    return this.#server.address().port;
  }

  /** `localhost` is another site than the collector's 127.0.0.1, and secure as https is. */
  get origin() {
    return `http://localhost:${this.port}`;
  }

  /** The same files under another site's name: where a publisher would get the SDK from. */
  get elsewhere() {
    return `http://127.0.0.1:${this.port}`;
  }

  /**
   * Serves something at a path.
   * @param {string} path
   * @param {string | Buffer | { status?: number, headers?: Record<string, string>, body?: string | Buffer } | ((request: any) => any)} what
   */
  serve(path, what) {
    this.#routes.set(path, what);
    return this.origin + path;
  }

  /**
   * Holds back the answers whose path matches until the returned function is called.
   * @param {RegExp} pattern
   */
  hold(pattern) {
    let release;
    const hold = { pattern, released: new Promise((resolve) => (release = resolve)) };
    this.#holds.push(hold);
    return () => {
      this.#holds = this.#holds.filter((one) => one !== hold);
      release();
    };
  }

  async #answer(request, response) {
    const path = request.url.split("?")[0];
    this.requests.push({ method: request.method, url: request.url, headers: request.headers, at: Date.now() });
    const pieces = [];
    request.on("error", () => {});
    try {
      for await (const piece of request) pieces.push(piece);
    } catch {
      return;
    }
    const body = Buffer.concat(pieces).toString("utf8");
    if (path === "/__fault") this.faults.push(body);
    const found = this.#find(path, { ...request, url: request.url, method: request.method, headers: request.headers, body });
    for (const hold of this.#holds) if (hold.pattern.test(path)) await hold.released;
    const type = TYPES[extname(path) || ".html"] ?? "application/octet-stream";
    const answer = ranged(request, { status: 200, body: "", ...found });
    response.writeHead(answer.status, { "content-type": type, ...this.headers, ...answer.headers });
    response.end(answer.body);
  }

  #find(path, request) {
    let what = this.#routes.get(path);
    if (typeof what === "function") what = what(request);
    if (what !== undefined) return typeof what === "string" || Buffer.isBuffer(what) ? { body: what } : what;
    if (path.startsWith("/sdk/")) {
      const file = join(DIST, path.slice("/sdk/".length));
      if (!path.includes("..") && existsSync(file)) {
        return { body: readFileSync(file), headers: { "access-control-allow-origin": "*", "cache-control": "max-age=600" } };
      }
      this.faults.push(`the SDK was asked for ${path}, and ${DIST} has no such file: run \`cargo xtask web\``);
    }
    return path === "/__fault" ? { status: 204 } : { status: 404, body: "not here" };
  }

  async stop() {
    for (const hold of this.#holds) hold.pattern = /$^/;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

/** The part of an answer that was asked for: players jump to places in a file by asking for parts of it. */
function ranged(request, answer) {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
  if (from === undefined || !Buffer.isBuffer(answer.body)) return answer;
  const last = Math.min(Number(to || Infinity), answer.body.length - 1);
  const headers = { ...answer.headers, "accept-ranges": "bytes", "content-range": `bytes ${from}-${last}/${answer.body.length}` };
  return { status: 206, headers, body: answer.body.subarray(Number(from), last + 1) };
}
