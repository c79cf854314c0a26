import { describe, expect, it } from "vitest";
import { MAX_FACTS } from "../../src/report/scenario-part.ts";
import type { RunEvent } from "../../src/scenario/types.ts";
import { reportFrom, skip, titled, usePages } from "./pages.ts";
import { recorded } from "./support.ts";

const nameOf = (events: readonly RunEvent[]): string => {
  const first = events.find((event) => event.kind === "scenarioBegan");
  return first?.kind === "scenarioBegan" ? first.scenario.name : "";
};

describe.skipIf(skip !== undefined)(titled("the report's page"), () => {
  const { file, open, reportOf } = usePages();

  it("leads a person from the verdict to the frame that explains it", async () => {
    const { page, wrong } = await open(file);
    await expect(page.locator(".verdict").textContent()).resolves.toMatch(/^ ?✕ 1 failed, \d\d passed/);
    const first = page.locator(".group").first();
    await expect(first.locator("h2").textContent()).resolves.toBe("Needs a look 1");
    await first.locator(".row a").click();

    await page.locator(".failure h2", { hasText: "did not come within 10 s" }).waitFor();
    // The step that failed is chosen: its line, its place on the axis.
    await expect(page.locator(".line.at").allTextContents()).resolves.toEqual([
      expect.stringContaining("expect: { signal: accepted, within: 10 s }"),
    ]);
    await page.locator(".timeline .span.bad.at").waitFor();

    await page.locator(".chip", { hasText: "Authorize" }).click();
    const rows = page.locator(".fact");
    await expect(rows.count()).resolves.toBe(2);
    await rows.first().locator("button").first().click();
    const [call, answer] = await page.locator(".frame-text").allTextContents();
    expect(call).toContain('"idTag": "04B3352CD96F91"');
    expect(answer).toContain('"status": "Invalid"');
    // The fact brings its line along.
    await expect(page.locator(".line.at").textContent()).resolves.toContain("tap: 04B3352CD96F91");
    expect(new URL(page.url()).hash).toMatch(/^#\/s\/failing\.yaml.*\/\d+$/);
    expect(wrong).toEqual([]);
  });

  it("goes from a line to what happened there, and from the axis to the line", async () => {
    const { page } = await open(file);
    await page.locator(".row a").first().click();
    await page.locator('.line[data-line="7"] button').click();
    await expect(page.locator(".fact.under .text").allTextContents()).resolves.toEqual([
      "› network down",
      expect.stringContaining("disconnected"),
    ]);
    await page.locator(".timeline .item", { hasText: "✕" }).first().click();
    await expect(page.locator(".line.at").textContent()).resolves.toContain("tap: 04B3352CD96F91");
    await expect(page.locator(".fact.at .tag").textContent()).resolves.toBe("signal");
  });

  it("shows card, connector, signals, decision, outage and both directions on one axis, and time as it went by", async () => {
    const { page } = await open(file);
    await page.locator(".row a").first().click();
    await page.locator(".timeline svg").waitFor();
    await expect(page.locator(".names div").allTextContents()).resolves.toEqual([
      "Steps",
      "Outages",
      "Card",
      "Signals",
      "Decision",
      "Connector 1",
      "→ CSMS",
      "← CSMS",
    ]);
    const placed = async (name: string) => {
      const box = await page
        .locator(".span rect")
        .filter({ visible: true })
        .evaluateAll((all, label) => {
          const found = all.find((rect) => rect.parentElement?.getAttribute("data-label") === label);
          return found === undefined ? 0 : Number(found.getAttribute("width"));
        }, name);
      return box;
    };
    await page.keyboard.press("0");
    const even = (await placed("offline")) / (await placed("tap 04B3352CD96F91"));
    await page.keyboard.press("t");
    const asTimeWentBy = (await placed("offline")) / (await placed("tap 04B3352CD96F91"));
    expect(even).toBeLessThan(20);
    // Two hours against the second that a card lies there, which is drawn a little wider than it is to be seen.
    expect(asTimeWentBy).toBeGreaterThan(300);
  });

  it("says how many of all are shown, and shows all again", async () => {
    const { page } = await open(file);
    await page.locator(".row a").first().click();
    await page.locator(".log .told").waitFor();
    const chip = page.locator(".log .chip", { hasText: "Authorize" });
    const count = Number(await chip.locator("b").textContent());
    await chip.click();
    await expect(page.locator(".log .told").textContent()).resolves.toMatch(
      new RegExp(`^${count} of \\d+ shown$`),
    );
    expect(await page.locator(".log .fact").count()).toBe(count);
    await page.getByRole("button", { name: "clear" }).click();
    await expect(page.locator(".log .told").textContent()).resolves.toMatch(/^\d+ shown$/);
  });

  it("tells which ones came where a count is wrong, and that nothing ran", async () => {
    const counted = await reportOf("counted", [
      "name: Too many",
      'ocpp: ["1.6"]',
      "steps:",
      "  - tap: 04A2241BC85E80",
      "  - plug:",
      "  - wait: 5 min",
      "  - expect: { message: MeterValues, count: 2, since: start }",
    ]);
    const { page } = await open(counted);
    await page.locator(".row a").first().click();
    await page.locator(".came li").first().waitFor();
    await expect(page.locator(".came h3").textContent()).resolves.toBe("Came (19)");
    const lines = await page.locator(".came li").allTextContents();
    expect(lines).toHaveLength(9);
    expect(lines[0]).toMatch(/MeterValues.*value: 41\.4/);
    expect(lines[4]).toBe("… 11 between them are left out");
    await page.locator(".came button").first().click();
    await page.locator(".fact.at").waitFor();
    const skipped = await reportOf("skipped", ["name: S", "skip: not today", "steps:", "  - plug:"]);
    const other = await open(skipped);
    await expect(other.page.locator(".verdict").textContent()).resolves.toMatch(/nothing ran, 2 skipped/);
  });

  it("covers on the time line what it does not hold", async () => {
    const events = await recorded();
    const at = events.findIndex((event) => event.kind === "scenarioEnded");
    const fact = events.slice(0, at).findLast((event) => event.kind === "fact");
    if (fact?.kind !== "fact") throw new Error("no fact");
    const flood = Array.from({ length: MAX_FACTS }, () => fact);
    const { page } = await open(await reportFrom([...events.slice(0, at), ...flood, ...events.slice(at)]));
    await page
      .locator(".row a")
      .filter({ hasText: nameOf(events) })
      .first()
      .click();
    await page.locator(".lane").first().waitFor();
    await page.evaluate(`location.hash += "/${MAX_FACTS / 2}"`);
    await page.locator(".left-out rect").waitFor({ state: "attached" });
    await expect(page.locator(".left-out title").textContent()).resolves.toMatch(
      /^[\d,]+ facts are left out here$/,
    );
    if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT });
  }, 60_000);

  it("copies a frame, or says that it may not", async () => {
    const { page, wrong } = await open(file);
    await page.locator(".row a").first().click();
    await page.locator(".fact[data-kind=frame] button").first().click();
    await page.getByRole("button", { name: "copy frame" }).first().click();
    await page
      .getByRole("button", { name: /copied|not allowed here/ })
      .first()
      .waitFor();
    await page.locator("summary", { hasText: "as it went over the wire" }).first().click();
    await expect(page.locator(".frame-text details pre").first().textContent()).resolves.toMatch(/^\[2,/);
    expect(wrong).toEqual([]);
  });

  it("says so when a scenario is not there, and when it never ran", async () => {
    const { page } = await open(await reportFrom(), {}, "#/s/nothing");
    await page.locator(".hint", { hasText: "no scenario “nothing”" }).waitFor();
    await page.locator(".row .name", { hasText: "A person taps a card" }).click();
    await page.locator(".hint", { hasText: "nobody is there to tap a card: CI is set" }).waitFor();
  });

  it("shows of what was skipped its text alone", async () => {
    const skipped = await reportOf("left", [
      "name: S",
      'ocpp: ["1.6"]',
      "skip: not today",
      "steps:",
      "  - plug:",
    ]);
    const { page } = await open(skipped, { viewport: { width: 400, height: 800 } });
    await page.locator(".row a").click();
    await page.locator(".source code", { hasText: "skip: not today" }).waitFor();
    expect(await page.locator(".timeline, .log, .tabs").count()).toBe(0);
  });

  it("does not cry out about what failed as expected, and tells what it was", async () => {
    const expected = await reportOf("expected", [
      "name: Known",
      'ocpp: ["1.6"]',
      "expect-failure: told to the vendor",
      "steps:",
      "  - expect: { signal: accepted, within: 1 s }",
    ]);
    const { page } = await open(expected);
    await page.locator(".row a").click();
    await page.locator(".failure").waitFor({ state: "hidden" });
    await page.getByText("Failed as expected: signal accepted did not come within 1 s").click();
    await page.locator(".failure pre", { hasText: 'signal: "ready"' }).waitFor();
  });
});
