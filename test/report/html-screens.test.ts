import { describe, expect, it } from "vitest";
import { skip, titled, usePages } from "./pages.ts";

describe.skipIf(skip !== undefined)(titled("the report's page on screens and on paper"), () => {
  const { file, open } = usePages();

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
});
