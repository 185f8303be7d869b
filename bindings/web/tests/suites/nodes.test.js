// Content wherever it is on a page: added, removed, moved, in shadow roots and frames, sized late, loaded late, covered.
import assert from "node:assert/strict";
import { card, html, tag } from "../world/html.js";
import { captured, coreRuns, flush, lives } from "../world/in-page.js";
import { suite } from "../world/world.js";

const A_SECOND_AND_A_BIT = 1_250;

const contents = (events) => events.map(({ c }) => c);

suite("nodes", (test, engine) => {
  test("what is added is rendered, what is removed is hidden, what is moved stays one impression", async (world) => {
    const page = await world.open(world.page("/", { body: `<div id="a">${card("kept")}</div><div id="b"></div>` }));
    await coreRuns(page);
    await page.run((html) => document.getElementById("a").insertAdjacentHTML("beforeend", html), card("added"));
    await captured(page, 2);
    await page.run(() => document.getElementById("b").append(document.getElementById("kept")));
    await page.run(() => document.getElementById("added").remove());
    await flush(page);
    const hidden = await world.event("hide", "added");
    assert.equal(hidden.why, "removed");
    assert.deepEqual(contents(world.kind("render")), ["kept", "added"]);
    assert.deepEqual(contents(world.kind("hide")), ["added"]);
  });

  test("an element that shows something else is another impression", async (world) => {
    const page = await world.open(world.page("/", { body: card("first") }));
    await coreRuns(page);
    await captured(page, 1);
    await page.run(() => document.getElementById("first").setAttribute("data-eyeline-content", "second"));
    await captured(page, 3);
    await flush(page);
    await world.event("render", "second");
    const [one, two] = world.kind("render");
    assert.deepEqual([one.c, two.c, one.imp !== two.imp], ["first", "second", true]);
    assert.equal((await world.event("hide", "first")).why, "changed");
  });

  test("Matomo's markup is read", async (world) => {
    const body = `<div class="card" data-track-content data-content-name="Sale"><img alt="" width="10" height="10" data-content-piece="wide.png"
      src="data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="><a href="/x" data-content-target="https://shop.example/sale?a=1" id="go" onclick="event.preventDefault()">go</a></div>`;
    const page = await world.open(world.page("/", { body }));
    await coreRuns(page);
    await page.click("#go");
    await flush(page);
    const click = await world.event("click");
    assert.deepEqual([click.c, click.pl, click.tg], ["Sale", "default", "shop.example/sale"]);
    assert.equal((await world.event("render")).var, "wide.png");
  });

  test("open shadow roots are seen into, those made later and nested ones too; a click in one is told", async (world) => {
    const body = `<div id="host"><template shadowrootmode="open"><div style="height:80px">${card("declared")}</div></template></div><div id="late"></div>`;
    const page = await world.open(world.page("/", { body }));
    await coreRuns(page);
    await page.run(
      (one, two) => {
        const outer = document.getElementById("late").attachShadow({ mode: "open" });
        outer.innerHTML = `<style>.card{width:300px;height:100px}</style>${one}<div id="inner"></div>`;
        outer.getElementById("inner").attachShadow({ mode: "open" }).innerHTML = `<style>.card{width:300px;height:100px}</style>${two}`;
      },
      card("outer"),
      card("nested"),
    );
    await captured(page, 3);
    await page.run(() => document.getElementById("late").shadowRoot.getElementById("inner").shadowRoot.getElementById("nested").click());
    await flush(page);
    const click = await world.event("click", "nested");
    assert.equal(click.tr, 0, "a click by script is not a person's");
    assert.deepEqual(contents(world.kind("render")).sort(), ["declared", "nested", "outer"]);
  });

  test("a frame of the same origin is measured with the page; its own navigation ends what was in it", async (world) => {
    world.site.serve("/frame", html({ body: card("inside") }));
    world.site.serve("/frame2", html({ body: card("next") }));
    const page = await world.open(world.page("/", { body: `<iframe id="f" src="/frame" width="400" height="200"></iframe>${card("outside")}` }));
    await coreRuns(page);
    await captured(page, 2);
    await lives(page, A_SECOND_AND_A_BIT);
    await page.run(() => void (document.getElementById("f").src = "/frame2"));
    await world.until("the frame's next content is rendered, and the one before hidden", async () => {
      await flush(page);
      return contents(world.kind("render")).includes("next") && world.kind("hide").length > 0;
    });
    assert.ok(contents(world.kind("viewable")).includes("inside"));
    assert.deepEqual(contents(world.kind("hide")), ["inside"]);
    assert.equal(new Set(world.events().map(({ inst }) => inst)).size, 1, "page and frame are one instance");
  });

  test("a frame of another origin measures by itself with the same tag", async (world) => {
    const settings = { ...world.settings(), site: "localhost" };
    world.site.serve("/ad", html({ head: tag(settings), body: card("ad") }));
    const frame = `<iframe src="${world.site.elsewhere}/ad" width="400" height="200"></iframe>`;
    const page = await world.open(world.page("/", { body: `${frame}${card("own")}` }));
    await coreRuns(page);
    await lives(page, A_SECOND_AND_A_BIT);
    await lives(page, A_SECOND_AND_A_BIT);
    await flush(page);
    const own = await world.event("viewable", "own");
    // What lies over a frame nobody in it can ask; only Chromium's observer tells. Elsewhere it says so: not measurable.
    const ad = engine === "chromium" ? await world.event("viewable", "ad") : await world.event("render", "ad");
    assert.equal(ad.ms ?? 1, engine === "chromium" ? 1 : 0);
    assert.notEqual(ad.inst, own.inst, "two starts");
    assert.equal(ad.line.b.src.site, "localhost");
    await page.close();
  });

  test("what has no size, or is not displayed, is not rendered until it is", async (world) => {
    const body = `${card("empty", { style: "width:0;height:0;overflow:hidden" })}${card("none", { style: "display:none" })}${card("plain")}`;
    const page = await world.open(world.page("/", { body }));
    await coreRuns(page);
    await captured(page, 1);
    await lives(page, A_SECOND_AND_A_BIT);
    await flush(page);
    await world.event("viewable", "plain");
    assert.deepEqual(contents(world.kind("render")), ["plain"]);
    await page.run(() => {
      document.getElementById("empty").style.cssText = "";
      document.getElementById("none").style.cssText = "";
    });
    await captured(page, 4);
    await flush(page);
    await world.until("both are rendered", () => world.kind("render").length === 3);
    assert.deepEqual(contents(world.kind("render")).sort(), ["empty", "none", "plain"]);
  });

  /** A page whose content lies under a lid, after time enough to be viewable without it. */
  const covered = async (world) => {
    const body = `<div id="lid" style="position:fixed;inset:0;background:white;z-index:9"></div>${card("under")}`;
    const page = await world.open(world.page("/", { body }));
    await coreRuns(page);
    await lives(page, 2 * A_SECOND_AND_A_BIT);
    await flush(page);
    await world.event("render", "under");
    assert.deepEqual(world.kind("viewable"), []);
    return page;
  };

  test("what is covered is not viewable", async (world) => void (await covered(world)));

  test("what was covered is viewable once it is uncovered (IntersectionObserver v2)", async (world) => {
    const page = await covered(world);
    await page.run(() => document.getElementById("lid").remove());
    await lives(page, A_SECOND_AND_A_BIT);
    await world.until("it is viewable", async () => {
      await flush(page);
      return world.kind("viewable").length === 1;
    });
  }, ["coveredness"]);

  test("invisible by style is not viewable", async (world) => {
    const body = `${card("clear", { style: "opacity:0" })}${card("hidden", { style: "visibility:hidden" })}${card("plain")}`;
    const page = await world.open(world.page("/", { body }));
    await coreRuns(page);
    await lives(page, A_SECOND_AND_A_BIT);
    await flush(page);
    await world.event("viewable", "plain");
    assert.deepEqual(contents(world.kind("viewable")), ["plain"]);
  });

  test("an image loaded lazily is rendered when it has loaded", async (world) => {
    world.site.serve("/late.svg", `<svg xmlns="http://www.w3.org/2000/svg" width="300" height="100"/>`);
    const release = world.site.hold(/late\.svg/);
    const image = `<img src="/late.svg" loading="lazy" width="300" height="100" alt="" data-eyeline-content="picture" data-eyeline-placement="top">`;
    const page = await world.open(world.page("/", { body: `${card("text")}<p>more</p>` }));
    await coreRuns(page);
    await page.run((html) => document.body.insertAdjacentHTML("beforeend", html), image);
    await lives(page, A_SECOND_AND_A_BIT);
    await flush(page);
    await world.event("viewable", "text");
    assert.deepEqual(contents(world.kind("render")), ["text"]);
    release();
    await lives(page, A_SECOND_AND_A_BIT);
    await world.until("the picture is viewable", async () => {
      await flush(page);
      return contents(world.kind("viewable")).includes("picture");
    });
    assert.deepEqual(contents(world.kind("render")), ["text", "picture"]);
  });

  test("an endless list renders each item once, however far it is scrolled", async (world) => {
    const page = await world.open(world.page("/", { body: `<div id="list"></div><div id="end" style="height:1px"></div>` }));
    await coreRuns(page);
    await page.run(() => {
      let next = 0;
      const list = document.getElementById("list");
      const observer = new IntersectionObserver(([entry]) => {
        if (!entry.isIntersecting || next === 200) return;
        observer.unobserve(entry.target);
        requestAnimationFrame(() => observer.observe(entry.target));
        for (let i = 0; i < 20 && next < 200; i++, next++) {
          list.insertAdjacentHTML("beforeend", `<div class="card" data-eyeline-content="item-${next}" data-eyeline-placement="list" data-eyeline-position="${next + 1}">${next}</div>`);
        }
      }, { rootMargin: "200px" });
      observer.observe(document.getElementById("end"));
    });
    await world.until("the end of the list is reached", async () => {
      const count = await page.run(() => {
        scrollTo(0, document.body.scrollHeight);
        return document.querySelectorAll(".card").length;
      });
      return count === 200;
    });
    await captured(page, 200);
    await page.run(() => scrollTo(0, 0));
    await lives(page, A_SECOND_AND_A_BIT);
    await flush(page);
    await world.until("all are rendered", () => world.kind("render").length >= 200);
    const wanted = Array.from({ length: 200 }, (_, i) => `item-${i} ${i + 1}`);
    assert.deepEqual(world.kind("render").map(({ c, pos }) => `${c} ${pos}`), wanted);
  });
});
