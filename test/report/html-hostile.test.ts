import { describe, expect, it } from "vitest";
import type { RunEvent } from "../../src/scenario/types.ts";
import type { FrameFact } from "../../src/station/facts.ts";
import { reportFrom, skip, titled, usePages } from "./pages.ts";
import { recorded } from "./support.ts";

/** What a central system may have sent, each with what the page says when it is opened. */
const FRAMES: readonly (readonly [string, Partial<FrameFact>, string | RegExp])[] = [
  ["the end of a script", { payload: { data: "</script><script>stolen=1</script>" } }, "</script><script>"],
  ["what begins a comment", { payload: { data: "<!--<script>" } }, "<!--<script>"],
  ["line separators", { payload: { data: "a\u2028b\u2029c" } }, "a\u2028b\u2029c"],
  ["half a character", { payload: { data: "\ud83d" } }, "\\ud83d"],
  ["a key that is a prototype", { payload: JSON.parse('{"__proto__":{"a":1}}') }, '"__proto__"'],
  ["text from right to left", { payload: { data: "\u202egnihtyna" } }, "\u202egnihtyna"],
  ["no date", { payload: { timestamp: "yesterday, about noon" } }, "yesterday, about noon"],
  ["an empty name", { payload: { "": "" }, action: "" }, '"": ""'],
  ["a name that all objects have", { payload: {}, action: "constructor" }, "constructor"],
  ["a megabyte", { payload: { data: "x".repeat(1_000_000) } }, /all 1,000,0\d\d characters/],
  [
    "a hundred thousand members",
    { payload: { list: Array.from({ length: 100_000 }, (_, i) => i) } },
    /all [\d,]+ characters/,
  ],
  [
    "a thousand levels",
    { messageType: "INVALID", payload: undefined, raw: "[".repeat(1000), problem: "nested deeper than 64" },
    "[[[[[[",
  ],
  [
    "a megabyte that is no frame",
    { messageType: "INVALID", payload: undefined, raw: "y".repeat(1e6) },
    "yyy",
  ],
];

/** The recorded run, with this frame before the first of its first scenario. */
async function withFrame(frame: Partial<FrameFact>): Promise<RunEvent[]> {
  const events = await recorded();
  const at = events.findIndex((event) => event.kind === "fact" && event.fact.kind === "frame");
  const model = events[at];
  if (model?.kind !== "fact" || model.fact.kind !== "frame") throw new Error("no frame");
  const { fact } = model;
  const changed: FrameFact = { ...fact, messageType: "CALL", messageId: "hostile", ...frame };
  const raw = frame.raw ?? JSON.stringify(frame.payload);
  const hostile: RunEvent = { ...model, fact: { ...fact, ...changed, raw, seq: 1_000_000 } };
  return [...events.slice(0, at), hostile, ...events.slice(at)];
}

describe.skipIf(skip !== undefined)(titled("the report's page with hostile text"), () => {
  const { open } = usePages({ runs: false });

  it("shows hostile text as text, in every place where it stands", async () => {
    const { page, wrong } = await open(await reportFrom());
    await page.locator(".row .name", { hasText: "</script>" }).first().click();
    await page.locator(".failure").first().waitFor();
    for (const row of await page.locator(".fact > button").all()) await row.click();
    await page.locator("h1", { hasText: "<img src=x onerror" }).waitFor();
    expect(await page.evaluate("globalThis.stolen")).toBeUndefined();
    expect(wrong).toEqual([]);
  });

  it.each(FRAMES)("opens a frame with %s", async (_, frame, shown) => {
    const { page, wrong } = await open(await reportFrom(await withFrame(frame)));
    const first = page.locator(".group", { hasNotText: "Needs a look" }).locator(".row a").first();
    await first.click();
    const row = page.locator(".fact[data-kind=frame]").first();
    await row.locator("button").first().click();
    await row.locator(".frame-text", { hasText: shown }).waitFor();
    const all = row.getByRole("button", { name: /^… all/ }).first();
    if (typeof shown !== "string") {
      await all.click();
      const length = await row.locator(".json").evaluate((pre) => pre.textContent?.length ?? 0);
      expect(length).toBeGreaterThan(500_000);
    }
    expect(await page.evaluate("globalThis.stolen")).toBeUndefined();
    expect(wrong).toEqual([]);
  });

  it("shows a scenario whose name, file and times are anything but", async () => {
    const events = await recorded();
    const odd = events.map((event): RunEvent => {
      if (event.kind === "runBegan") return { ...event, time: "never" };
      if (event.kind === "fact") return { ...event, fact: { ...event.fact, time: "not a time" } };
      if (event.kind !== "scenarioBegan") return event;
      const name = `\ud83d ${"very ".repeat(50_000)}long\u202e`;
      return {
        ...event,
        scenario: { ...event.scenario, name, shows: "<b>\u2028</b>", tags: ["\ud83d", ""] },
      };
    });
    const { page, wrong } = await open(await reportFrom(odd));
    await page.locator(".row a").first().click();
    await page.locator(".timeline svg").waitFor();
    await page.keyboard.press("t");
    await page.keyboard.press("+");
    await page.locator(".fact time", { hasText: "not a time" }).first().waitFor();
    expect(await page.locator("html").evaluate((html) => html.scrollWidth)).toBe(1280);
    expect(wrong).toEqual([]);
  });

  it("finds a scenario by its address though half a character is in its id", async () => {
    const events = await recorded();
    const id = "odd\ud83d.yaml#1";
    const renamed = events.map((event): RunEvent => {
      if (event.kind === "scenarioBegan")
        return { ...event, scenario: { ...event.scenario, id: id + event.scenario.id } };
      return "id" in event ? { ...event, id: id + event.id } : event;
    });
    const { page, wrong } = await open(await reportFrom(renamed));
    await page.locator(".row a").first().click();
    await page.locator(".fact").first().waitFor();
    await page.reload();
    await page.locator(".fact").first().waitFor();
    expect(wrong).toEqual([]);
  });

  it("has a policy: a script that got in could reach nobody", async () => {
    const { page } = await open(await reportFrom());
    const refused = page.evaluate(
      `new Promise((resolve) => {
        addEventListener("securitypolicyviolation", (e) => resolve(e.effectiveDirective));
        fetch("http://127.0.0.1:9/").catch(() => undefined);
      })`,
    );
    await expect(refused).resolves.toBe("connect-src");
  });
});
