import { describe, expect, it } from "vitest";
import { skip, titled, usePages } from "./pages.ts";

describe.skipIf(skip !== undefined)(titled("the report's page on screens and on paper"), () => {
  const { file, open, reportOf } = usePages();

  it.each([
    ["light", "rgb(251, 251, 250)"],
    ["dark", "rgb(20, 22, 26)"],
  ] as const)(
    "stands in %s colours when the machine does, and in the other when told",
    async (scheme, colour) => {
      const { page } = await open(file, { colorScheme: scheme });
      const background = () =>
        page.locator("body").evaluate((body) => getComputedStyle(body).backgroundColor);
      expect(await background()).toBe(colour);
      const other = scheme === "light" ? "dark" : "light";
      const button = page.getByRole("button", { name: /auto|light|dark/ });
      while ((await button.textContent())?.includes(other) !== true) await button.click();
      expect(await background()).not.toBe(colour);
      await page.reload();
      expect(await background()).not.toBe(colour);
    },
  );

  it("fits a narrow screen: nothing sticks out, one view at a time", async () => {
    const { page } = await open(file, { viewport: { width: 400, height: 800 } });
    const width = () => page.locator("html").evaluate((html) => html.scrollWidth);
    await page.locator(".row").first().waitFor();
    expect(await width()).toBe(400);
    await page.locator(".row a").first().click();
    await page.locator(".timeline").waitFor();
    expect(await width()).toBe(400);
    await page.locator(".source").waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "what happened" }).click();
    await page.locator(".timeline").waitFor({ state: "hidden" });
    await page.locator(".fact[data-kind=frame] button").first().click();
    await page.locator(".details").first().waitFor();
    expect(await width()).toBe(400);
    // However far one is down, the views are at hand, and cover nothing that is looked at.
    for (let i = 0; i < 12; i++) await page.keyboard.press("j");
    for (let i = 0; i < 12; i++) await page.keyboard.press("k");
    const tabs = await page.locator(".tabs").boundingBox();
    const row = await page.locator(".fact.at").boundingBox();
    expect(tabs?.y).toBe(0);
    expect(row?.y).toBeGreaterThanOrEqual((tabs?.y ?? 0) + (tabs?.height ?? Number.NaN));
    await page.getByRole("button", { name: "scenario", exact: true }).click();
    await page.locator(".source").waitFor();
  });

  it("prints all views, also on paper that is as narrow as a telephone's screen", async () => {
    const { page } = await open(file, { viewport: { width: 780, height: 1000 } });
    await page.locator(".row a").first().click();
    await page.locator(".timeline").waitFor();
    await page.locator(".log").waitFor({ state: "hidden" });
    await page.emulateMedia({ media: "print" });
    for (const view of [".timeline", ".source", ".log"]) await page.locator(view).waitFor();
    await page.locator(".fact").last().waitFor();
    await page.locator(".filters").first().waitFor({ state: "hidden" });
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    await page.locator('.timeline svg[width="580"]').waitFor();
    // Nothing is scaled: names stand beside their lanes.
    const heights = await page
      .locator(".timeline svg, .timeline .names")
      .evaluateAll((all) => all.map((element) => element.getBoundingClientRect().height));
    expect(heights[0]).toBe(heights[1]);
  });

  it("draws a connection's fact like others, and not as a link", async () => {
    const { page } = await open(file);
    await page.locator(".row a").first().click();
    const text = page.locator(".fact[data-kind=link]").first();
    await expect(text.evaluate((row) => getComputedStyle(row).textDecorationLine)).resolves.toBe("none");
  });

  it("shows the first steps on a narrow screen, and all that can be done with the time line on one line", async () => {
    const { page } = await open(file, { viewport: { width: 400, height: 800 } });
    await page.locator(".row a").last().click();
    await page.locator(".timeline .span").first().waitFor();
    const seen = () =>
      page.locator(".timeline .scroll").evaluate((scroll) => {
        const { left, right } = scroll.getBoundingClientRect();
        const steps = [...scroll.querySelectorAll("[data-lane='steps 0'] .span rect")];
        return steps.filter((step) => {
          const box = step.getBoundingClientRect();
          return box.left >= left && box.left < right;
        }).length;
      });
    await expect.poll(seen).toBeGreaterThan(0);
    const tops = await page
      .locator(".timeline > .bar > :is(span:not(.grow), button)")
      .evaluateAll((all) =>
        all.map((one) => one.getBoundingClientRect()).map((box) => box.top + box.height / 2),
      );
    expect(tops.length).toBeGreaterThan(4);
    expect(Math.max(...tops) - Math.min(...tops)).toBeLessThan(4);
  });

  it("writes no label of the time line over another", async () => {
    const busy = await reportOf("busy", [
      "name: Two cards, and neither network nor power",
      'ocpp: ["1.6"]',
      "steps:",
      "  - reader: unplug",
      "  - reader: replug",
      "  - tap: { card: 04A2241BC85E80, for: 20 s }",
      "  - tap: [04A2241BC85E80, 04B3352CD96F91]",
      "  - network: down",
      "  - wait: 1 min",
      "  - power: cut",
      "  - wait: 1 min",
      "  - power: restore",
      "  - network: up",
    ]);
    const { page } = await open(busy);
    await page.locator(".row a").first().click();
    await page.locator("[data-lane=power] .span text", { hasText: "no power" }).waitFor();
    await page.locator(".timeline .span text").first().waitFor();
    for (const zoom of ["", "0", "+", "t"]) {
      if (zoom !== "") await page.keyboard.press(zoom);
      const covered = await page.locator(".timeline .lane").evaluateAll((lanes) =>
        lanes.flatMap((lane) => {
          const texts = [...lane.querySelectorAll("text:not(.glyph)")];
          const boxes = texts.map((text) => ({ text, box: text.getBoundingClientRect() }));
          boxes.sort((a, b) => a.box.left - b.box.left);
          return boxes.flatMap(({ text, box }, i) => {
            const next = boxes[i + 1];
            return next !== undefined && box.right > next.box.left + 1 ? [text.textContent] : [];
          });
        }),
      );
      expect(covered).toEqual([]);
    }
  });

  it("tells where one is without colours too", async () => {
    const { page } = await open(file, { forcedColors: "active" });
    await page.locator(".row a").first().click();
    const outline = (selector: string) =>
      page
        .locator(selector)
        .first()
        .evaluate((one) => getComputedStyle(one).outlineStyle);
    await page.locator(".line.at > *").first().waitFor();
    expect(await outline(".line.at > *")).toBe("solid");
    expect(await outline(".line:not(.at) > *")).toBe("none");
  });

  it("prints no buttons that nobody can press, on white", async () => {
    const { page } = await open(file, { colorScheme: "dark" });
    await page.locator(".row a").first().click();
    await page.locator(".fact > button").nth(9).click();
    await page.locator(".details .copy").first().waitFor();
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    for (const name of ["copy", "copy frame", "whole", "? keys"])
      await page.getByRole("button", { name, exact: true }).first().waitFor({ state: "hidden" });
    await page.getByRole("link", { name: "all scenarios" }).waitFor({ state: "hidden" });
    // What a line and a row say is within buttons.
    await page.locator(".source code", { hasText: "wait: 2 h" }).waitFor();
    await page.locator(".fact .text", { hasText: "Authorize" }).first().waitFor();
    const white = page.locator("body").evaluate((body) => getComputedStyle(body).backgroundColor);
    await expect(white).resolves.toBe("rgb(255, 255, 255)");
  });
});
