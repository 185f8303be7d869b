// Stands between page and collector on a port of its own: remembers every request, and is slow, broken or gone when told to.
import http from "node:http";

/**
 * What happens to a request: passed on (undefined), answered here, or cut off before or after the collector had it.
 * @typedef {undefined | { status: number, headers?: Record<string, string>, body?: string } | "cut" | "cut after"} Fate
 */

export class Proxy {
  #server;
  #upstream;
  #sockets = new Set();
  #port = 0;
  #isDown = false;

  /** Requests seen, in order of arrival: {method, url, headers, body, at, status}. */
  requests = [];
  /** Decides each request's fate. @type {(request: any) => Fate | Promise<Fate>} */
  fate = () => undefined;
  /** A narrow line: milliseconds before each request is taken, and bytes a second upwards. */
  line = { latency: 0, bytesPerSecond: Infinity };

  /** @param {string} upstream where requests go */
  static async start(upstream) {
    const proxy = new Proxy();
    proxy.#upstream = new URL(upstream);
    await proxy.#listen();
    return proxy;
  }

  get address() {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Takes requests again. */
  up() {
    this.#isDown = false;
  }

  async #listen() {
    this.#server = http.createServer((request, response) => this.#take(request, response));
    this.#server.on("connection", (socket) => {
      if (this.#isDown) return socket.resetAndDestroy();
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    await new Promise((resolve, reject) => {
      this.#server.once("error", reject).listen(0, "127.0.0.1", resolve);
    });
    this.#port = this.#server.address().port;
  }

  /** Is gone, as a network is: every connection is reset, a new one at once. The port is kept: free, it may go to a neighbour. */
  down() {
    this.#isDown = true;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async #take(request, response) {
    const seen = { method: request.method, url: request.url, headers: request.headers, body: Buffer.alloc(0), at: Date.now(), status: 0 };
    this.requests.push(seen);
    try {
      seen.body = await this.#receive(request);
      const fate = await this.fate(seen);
      if (fate === "cut") return request.socket.resetAndDestroy();
      const answer = typeof fate === "object" ? answerOf(fate, request) : await this.#passOn(seen);
      if (fate === "cut after") return request.socket.resetAndDestroy();
      seen.status = answer.status;
      response.writeHead(answer.status, answer.headers).end(answer.body);
    } catch {
      // The page or the collector went away; its connection ends with it.
      request.socket.destroy();
    }
  }

  /** The body, no faster than the line carries it. */
  async #receive(request) {
    const { latency, bytesPerSecond } = this.line;
    if (latency) await passed(latency);
    const pieces = [];
    for await (const piece of request) {
      pieces.push(piece);
      if (bytesPerSecond !== Infinity) await passed((piece.length / bytesPerSecond) * 1000);
    }
    return Buffer.concat(pieces);
  }

  #passOn({ method, url, headers, body }) {
    const target = { hostname: this.#upstream.hostname, port: this.#upstream.port, method, path: url, headers };
    return new Promise((resolve, reject) => {
      const onward = http.request(target, async (answer) => {
        try {
          const pieces = [];
          for await (const piece of answer) pieces.push(piece);
          resolve({ status: answer.statusCode, headers: answer.headers, body: Buffer.concat(pieces) });
        } catch (error) {
          reject(error);
        }
      });
      onward.on("error", reject).end(body);
    });
  }

  async stop() {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.down();
    await closed;
  }
}

/** An answer of the proxy's own. Pages may read it, as they may read the collector's. */
function answerOf({ status, headers = {}, body = "" }, request) {
  const origin = request.headers.origin;
  return { status, body, headers: { ...(origin && { "access-control-allow-origin": origin, "access-control-expose-headers": "retry-after" }), ...headers } };
}

/** Time on the line: the one place where waiting is what is asked for. */
function passed(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
