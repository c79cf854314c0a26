import { describe, expect, it } from "vitest";
import { skip, titled, usePages } from "./pages.ts";

const RARE = "04A2241BC85E80";

describe.skipIf(skip !== undefined)(titled("the report's page of a long scenario"), () => {
  const { open, reportOf } = usePages({ runs: false });
  let long: Promise<string> | undefined;
  /** More than 10,000 facts of the real program; in the middle of them a card that comes once. */
  const ofLong = () => {
    const taps = (times: number) => [
      `  - repeat: { times: ${times}, steps: [{ tap: 04B3352CD96F91 }] }`,
      "  - wait: 1 s",
    ];
    long ??= reportOf("long", [
      "name: Many taps",
      'ocpp: ["1.6"]',
      "steps:",
      ...taps(550),
      `  - tap: ${RARE}`,
      ...taps(550),
      "  - expect: { signal: accepted, within: 1 s }",
    ]);
    return long;
  };

  it("draws what is seen of ten thousand rows, and the right ones wherever one scrolls", async () => {
    const { page, wrong } = await open(await ofLong());
    await page.locator(".row a").click();
    await page.locator(".fact").first().waitFor();
    const ofAll = Number(await page.locator(".log li").first().getAttribute("aria-setsize"));
    expect(ofAll).toBeGreaterThan(10_000);
    // It opens at the failure, at the end.
    await page.locator(".log .step .at", { hasText: "expect {signal: accepted" }).waitFor();
    await page.evaluate("scrollTo(0, document.body.scrollHeight)");
    const drawn = () => page.locator(".log li").count();
    expect(await drawn()).toBeLessThan(300);
    for (const part of [0, 0.5, 0.9]) {
      await page.locator(".log").evaluate((pane, to) => {
        pane.scrollTop = to * pane.scrollHeight;
      }, part);
      const inMiddle = () =>
        page.locator(".log").evaluate((pane) => {
          const { left, bottom } = pane.getBoundingClientRect();
          const row = document.elementFromPoint(left + 100, bottom - 60)?.closest("li");
          return Number(row?.getAttribute("aria-posinset") ?? Number.NaN);
        });
      // A row is there, and about the one that stands at such a height.
      await expect.poll(inMiddle).toBeGreaterThan((part - 0.05) * ofAll);
      expect(await inMiddle()).toBeLessThan((part + 0.05) * ofAll);
      expect(await drawn()).toBeLessThan(300);
    }
    expect(wrong).toEqual([]);
  }, 60_000);

  it("finds by its own search what is not drawn, and shows it among what was around it", async () => {
    const { page } = await open(await ofLong());
    await page.locator(".row a").click();
    await page.locator(".fact").first().waitFor();
    expect(await page.locator(".fact", { hasText: RARE }).count()).toBe(0);
    await page.keyboard.press("/");
    await page.keyboard.type(`card ${RARE}`);
    await page.keyboard.press("Enter");
    await page.locator(".fact.at button:focus mark", { hasText: `card ${RARE}` }).waitFor();
    await expect(page.locator(".log .told").textContent()).resolves.toMatch(/^\d of [\d,]{6,} shown$/);
    const at = await page.locator(".fact.at").getAttribute("data-fact");
    await page.getByRole("button", { name: "clear" }).click();
    await page.locator(".fact", { hasText: "04B3352CD96F91" }).first().waitFor();
    await page.locator(`.fact.at[data-fact="${at}"]`).waitFor();
    // The same moment on the time line.
    await page.locator(".timeline [data-lane=card] .span.at", { hasText: RARE }).waitFor();
    await page.keyboard.press("j");
    expect(Number(await page.locator(".fact.at").getAttribute("data-fact"))).toBeGreaterThan(Number(at));
  });

  it("prints those around what is looked at, and says of how many", async () => {
    const { page } = await open(await ofLong());
    await page.locator(".row a").click();
    await page.locator(".fact").first().waitFor();
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    await page.locator(".log .hint", { hasText: /^2,000 of [\d,]{6} lines are printed/ }).waitFor();
    expect(await page.locator(".log li").count()).toBe(2000);
    await page.locator(".log .step .at", { hasText: "expect {signal: accepted" }).waitFor();
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    await page.locator(".log .hint", { hasText: "are printed" }).waitFor({ state: "detached" });
    expect(await page.locator(".log li").count()).toBeLessThan(300);
  });
});
