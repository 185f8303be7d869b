// The queue before the second part has come: bounded, in order, and harmless to the page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { compiled } from "./compiled.js";

const { openPort } = await compiled("first/queue.ts");
const open = () => openPort({ key: "k", endpoint: "https://c", affiliate: "a" }, { site: "s", path: "/", referrer: "" });
const render = (id) => [id, "render", id, { content: "c", placement: "p" }];
const visible = (id) => [id, "visible", id, 1, 1, 1];

test("ops wait in order and go straight to the sink once there is one", () => {
  const port = open();
  port.push(render(1));
  port.push(visible(1));
  const heard = [];
  port.sink = (op) => heard.push(op);
  port.push(render(2));
  assert.deepEqual(port.ops.map(([, kind]) => kind), ["render", "visible"]);
  assert.deepEqual(heard, [render(2)]);
});

test("a full queue gives up the oldest report of what shows first", () => {
  const port = open();
  port.push(render(1));
  for (let id = 1; id < 1_000; id++) port.push(visible(id));
  port.push(render(2));
  assert.equal(port.ops.length, 1_000);
  assert.deepEqual(port.ops[0], render(1));
  assert.deepEqual(port.ops[1], visible(2));
  assert.deepEqual(port.ops[999], render(2));
  assert.equal(port.dropped, 0);
});

test("where no report is left the newcomer is refused and counted", () => {
  const port = open();
  for (let id = 1; id <= 1_003; id++) port.push(render(id));
  assert.deepEqual(port.ops.at(-1), render(1_000));
  assert.equal(port.dropped, 3);
});

test("what fails inside a guard never reaches the page, and nothing runs once stopped", () => {
  const port = open();
  let ran = 0;
  const work = port.guard(() => {
    ran++;
    throw new Error("a broken page");
  });
  work();
  port.stopped = true;
  work();
  assert.equal(ran, 1);
});
