// A server on this machine that takes what every tool sends, counts it, and answers as each expects.
import { createServer } from "node:http";
import { gunzipSync } from "node:zlib";

const CORS = {
  "access-control-allow-methods": "POST, GET, OPTIONS",
  "access-control-allow-headers": "*, content-type",
  "access-control-max-age": "600",
};

export class Sink {
  requests = [];
  #server;
  /** Answers 503 while it is out. */
  out = false;

  static async start() {
    const sink = new Sink();
    sink.#server = createServer((request, response) => sink.#take(request, response));
    await new Promise((ready) => sink.#server.listen(0, "127.0.0.1", ready));
    return sink;
  }

  get address() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  #take(request, response) {
    const parts = [];
    request.on("data", (part) => parts.push(part));
    request.on("end", () => {
      const origin = request.headers.origin;
      const allow = origin ? { ...CORS, "access-control-allow-origin": origin, "access-control-allow-credentials": "true" } : CORS;
      if (request.method === "OPTIONS") return response.writeHead(204, allow).end();
      const body = Buffer.concat(parts);
      const text = plain(body);
      this.requests.push({ method: request.method, url: request.url, bytes: body.length, text, at: performance.now(), taken: !this.out });
      if (this.out) return response.writeHead(503, allow).end();
      const { pathname } = new URL(request.url, this.address);
      const answer = pathname === "/v1/batch" ? { v: 1, ok: JSON.parse(text).ev.length, rejected: [] } : pathname.startsWith("/v1") ? { success: true } : {};
      response.writeHead(200, { ...allow, "content-type": "application/json" }).end(JSON.stringify(answer));
    });
  }

  /** Posts so far: what a tool sends, without what it asks for. */
  posts() {
    return this.requests.filter(({ method }) => method === "POST");
  }

  /** Events of ours that were taken, copies included. */
  events() {
    const batches = this.posts().filter(({ taken, url }) => taken && url.startsWith("/v1/batch")).map(({ text }) => JSON.parse(text));
    return batches.flatMap((batch) => batch.ev.map((event) => ({ ...event, inst: batch.inst, sdk: batch.sdk })));
  }

  clear() {
    this.requests = [];
  }

  async stop() {
    this.#server.closeAllConnections();
    await new Promise((ended) => this.#server.close(ended));
  }
}

const plain = (body) => {
  try {
    return (body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body).toString();
  } catch {
    return "";
  }
};
