// A W3C WebDriver session over fetch: https://www.w3.org/TR/webdriver2/, only the commands the tests need.

/** How WebDriver says "element" in JSON. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

export class Session {
  #root;
  /** Commands to one session run one after the other: which window they mean is state of the session. */
  #last = Promise.resolve();

  static async open(driver, capabilities) {
    const session = new Session();
    const { sessionId, capabilities: got } = await command(driver, "POST", "/session", { capabilities: { alwaysMatch: capabilities } });
    session.#root = `${driver}/session/${sessionId}`;
    session.capabilities = got;
    return session;
  }

  /** Commands to one window, with no other's in between. */
  inWindow(handle, work) {
    return this.#queue(async () => {
      await this.#post("/window", { handle });
      return work({
        goto: (url) => this.#post("/url", { url }),
        back: () => this.#post("/back", {}),
        reload: () => this.#post("/refresh", {}),
        url: () => command(this.#root, "GET", "/url"),
        run: (what, words) => this.#run(what, words),
        minimize: () => this.#post("/window/minimize", {}),
        restore: () => this.#post("/window/rect", { x: 0, y: 0, width: 1024, height: 768 }),
        close: () => command(this.#root, "DELETE", "/window"),
        click: async (selector) => {
          const found = await this.#post("/element", { using: "css selector", value: selector });
          await this.#post(`/element/${found[ELEMENT]}/click`, {});
        },
        type: async (text) => {
          const keys = [...text].flatMap((value) => [
            { type: "keyDown", value },
            { type: "keyUp", value },
          ]);
          await this.#post("/actions", { actions: [{ type: "key", id: "keys", actions: keys }] });
        },
      });
    });
  }

  /** A window can only be opened from one that is still there: `from`. */
  newWindow(from) {
    return this.#queue(async () => {
      await this.#post("/window", { handle: from });
      const { handle } = await this.#post("/window/new", { type: "window" });
      return handle;
    });
  }

  windows() {
    return this.#queue(() => command(this.#root, "GET", "/window/handles"));
  }

  end() {
    return this.#queue(() => command(this.#root, "DELETE", ""));
  }

  /** Runs a function in the page and waits for what it promises. */
  async #run(what, words) {
    const source = typeof what === "function" ? `(${what})` : `(() => (${what}))`;
    const script = `
      const done = arguments[arguments.length - 1];
      const words = [...arguments].slice(0, -1);
      Promise.resolve().then(() => ${source}(...words)).then(
        (value) => done({ value }),
        (error) => done({ error: String((error && error.stack) || error) }));`;
    const { value, error } = await this.#post("/execute/async", { script, args: words });
    if (error) throw new Error(error);
    return value;
  }

  #post(path, body) {
    return command(this.#root, "POST", path, body);
  }

  #queue(work) {
    const next = this.#last.then(work);
    this.#last = next.catch(() => {});
    return next;
  }
}

/** One command; an error answer becomes an error. */
export async function command(root, method, path, body) {
  const answer = await fetch(root + path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const { value } = await answer.json();
  if (value?.error) throw new Error(`WebDriver ${method} ${path}: ${value.error}: ${value.message}`);
  return value;
}
