import { describe, expect, it } from "vitest";
import { skip, titled, usePages } from "./pages.ts";

describe.skipIf(skip !== undefined)(titled("the report's page by keyboard and by address"), () => {
  const { file, open } = usePages();

  it("works by keyboard alone", async () => {
    const { page } = await open(file);
    await page.locator(".row").first().waitFor();
    await page.keyboard.press("/");
    const every = await page.locator(".row .name").allTextContents();
    await page.keyboard.type("blocked");
    const found = await page.locator(".row .name").allTextContents();
    expect(found.length).toBeLessThan(every.length);
    await page.keyboard.press("Escape");
    // Emptied, and in it still.
    await expect(page.locator(".row .name").allTextContents()).resolves.toEqual(every);
    await page.keyboard.type("blocked");
    await page.keyboard.press("Enter");
    const rows = await page.locator(".row .name").allTextContents();
    expect(rows.length).toBeGreaterThan(0);
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await expect(page.locator("h1").textContent()).resolves.toContain(rows[1]);
    await page.locator(".fact").first().waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.locator(".fact.at .details").waitFor();
    await page.keyboard.press("?");
    await page.locator("dialog[open]").waitFor();
    await page.keyboard.press("Escape");
    await page.locator("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("Escape");
    await page.locator(".overview").waitFor();
    // What was sought is still sought.
    await expect(page.locator(".row .name").allTextContents()).resolves.toEqual(rows);
  });

  it("goes along the time line item by item, and opens what it is at", async () => {
    const { page, wrong } = await open(file);
    await page.locator(".row a").first().click();
    await page.locator(".timeline svg").waitFor();
    // One stop takes the Tab key; the next one is beyond the time line.
    await page.getByRole("button", { name: "whole" }).focus();
    await page.keyboard.press("Tab");
    await page.locator(".timeline [role=button]:focus").waitFor();
    await page.keyboard.press("Tab");
    await page.locator(".source button:focus").waitFor();
    await page.keyboard.press("l");
    const at = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");
    const first = await at();
    expect(first).toMatch(/step/i);
    await page.keyboard.press("Home");
    const home = await at();
    await page.keyboard.press("ArrowRight");
    expect(await at()).not.toBe(home);
    await page.keyboard.press("ArrowLeft");
    expect(await at()).toBe(home);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("End");
    const label = await at();
    expect(label).not.toMatch(/, step/i);
    await page.keyboard.press("Enter");
    await page.locator(".fact.at .details, .head.at").first().waitFor();
    expect(page.url()).toContain("#");
    expect(wrong).toEqual([]);
  });

  it("leaves Enter to what has the focus, and Escape to the field that it leaves first", async () => {
    const { page } = await open(file);
    await page.locator(".row").first().waitFor();
    await page.locator(".chip", { hasText: "whitelisting" }).focus();
    await page.keyboard.press("Enter");
    await expect(page.locator('.chip[aria-pressed="true"]').allTextContents()).resolves.toHaveLength(1);
    await page.locator(".row a").nth(1).focus();
    await page.keyboard.press("Enter");
    await page.locator(".log input").waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("tap");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await page.locator("dialog[open]").waitFor();
    const before = await page.locator(".fact.at").count();
    await page.keyboard.press("j");
    expect(await page.locator(".fact.at").count()).toBe(before);
    await page.getByRole("button", { name: "Close", exact: true }).focus();
    await page.keyboard.press("Enter");
    await page.locator("dialog").waitFor({ state: "detached" });
    await page.locator(".scenario").waitFor();
  });

  it("goes to the moment that the address names, also when it is changed by hand", async () => {
    const { page } = await open(file);
    await page.locator(".row a").first().click();
    await page.locator(".fact").first().waitFor();
    const base = new URL(page.url()).hash;
    for (const index of [3, 9]) {
      await page.evaluate(`location.hash = ${JSON.stringify(`${base}/${index}`)}`);
      await page.locator(`.fact.at[data-fact="${index}"] .details`).waitFor();
    }
  });

  it("opens by Enter in the search the only one that is found, and goes to the first of several", async () => {
    const { page } = await open(file);
    await page.keyboard.press("/");
    await page.keyboard.type("failing.yaml");
    await page.keyboard.press("Enter");
    await page.locator("h1", { hasText: "A card that nobody knows" }).waitFor();
    await page.goBack();
    await page.locator(".row a:focus").waitFor();
    await page.keyboard.press("/");
    await page.keyboard.press("Escape");
    await page.keyboard.type("list");
    await page.keyboard.press("ArrowDown");
    const [first] = await page.locator(".row .name").allTextContents();
    await expect(page.locator(".row a:focus .name").textContent()).resolves.toBe(first);
    await page.keyboard.press("/");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Enter");
    await expect(page.locator("h1").textContent()).resolves.toContain(first);
  });

  it("goes on in the search while nothing is found", async () => {
    const { page } = await open(file);
    await page.keyboard.press("/");
    await page.keyboard.type("no such scenario");
    await page.keyboard.press("Enter");
    await page.locator(".hint", { hasText: "No scenario fits." }).waitFor();
    await expect(page.locator("input:focus").inputValue()).resolves.toBe("no such scenario");
  });

  it("goes by f from failure to failure, and says in a word that there is none", async () => {
    const { page } = await open(file);
    await page.keyboard.press("f");
    await page.keyboard.press("Enter");
    await page.locator("h1:focus", { hasText: "A card that nobody knows" }).waitFor();
    await page.locator(".fact button").first().click();
    expect(await page.locator(".step > .at").count()).toBe(0);
    // Of this scenario first, then of the next.
    await page.keyboard.press("f");
    await page.locator(".log .step:focus", { hasText: "expect {signal: accepted" }).waitFor();
    await page.keyboard.press("f");
    await page.getByRole("status").filter({ hasText: "Nothing else failed." }).waitFor();
    await page.keyboard.press("]");
    await page.locator(".fact").first().waitFor();
    await page.keyboard.press("f");
    await page.locator("h1", { hasText: "A card that nobody knows" }).waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".row a:focus").waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("list");
    await page.keyboard.press("Enter");
    await page.keyboard.press("f");
    await page.getByRole("status").filter({ hasText: "No failure is among those shown." }).waitFor();
    await page.keyboard.press("j");
    await page.getByRole("status").filter({ hasText: "No failure" }).waitFor({ state: "detached" });
  });

  it("keeps what is filtered from page to page, and the way back", async () => {
    const { page } = await open(file);
    await page.locator(".chip", { hasText: "offline" }).click();
    const rows = await page.locator(".row").count();
    await page.locator(".row a").nth(1).click();
    await page.locator(".log .chip", { hasText: "Authorize" }).click();
    await page.locator(".log input").fill("idtag");
    const told = await page.locator(".log .told").textContent();
    expect(told).toMatch(/^\d+ of \d+ shown$/);
    await page.goBack();
    await page.locator(".overview").waitFor();
    expect(await page.locator(".row").count()).toBe(rows);
    await expect(page.locator('.chip[aria-pressed="true"]').textContent()).resolves.toMatch(/^offline/);
    await page.goForward();
    await page.locator(".log .told").waitFor();
    await expect(page.locator(".log .told").textContent()).resolves.toBe(told);
    await page.keyboard.press("]");
    await page.locator(".log input").waitFor();
    await expect(page.locator(".log input").inputValue()).resolves.toBe("idtag");
    await expect(page.locator('.log .chip[aria-pressed="true"]').allTextContents()).resolves.toEqual([
      expect.stringMatching(/^Authorize/),
      "all",
    ]);
  });

  it("opens the same moment again after a reload, and goes back from there in one step", async () => {
    const { page } = await open(file);
    await page.locator(".row a").first().click();
    for (const at of [3, 5]) await page.locator(".fact > button").nth(at).click();
    const fact = await page.locator(".fact.at").getAttribute("data-fact");
    await page.reload();
    await page.locator(`.fact.at[data-fact="${fact}"] .details`).waitFor();
    await page.goBack();
    await page.locator(".overview").waitFor();
  });

  it("takes the focus along: to a page's heading, to the row that one came from, to what the search found", async () => {
    const { page } = await open(file);
    await page.locator(".row a").nth(2).click();
    await page.locator("h1:focus").waitFor();
    await page.locator(".log input").fill("accepted");
    await page.keyboard.press("Enter");
    await page.locator(".fact.at > button:focus mark").first().waitFor();
    const at = await page.locator(".fact.at").getAttribute("data-fact");
    // Among what was around it.
    await page.getByRole("button", { name: "clear" }).click();
    await page.locator(`.fact.at[data-fact="${at}"]`).waitFor();
    const isSeen = await page.locator(".fact.at").evaluate((row) => {
      const pane = row.closest(".log")?.getBoundingClientRect();
      const { top, bottom } = row.getBoundingClientRect();
      return pane !== undefined && top >= pane.top && bottom <= pane.bottom;
    });
    expect(isSeen).toBe(true);
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Go to what it answers" }).press("Enter");
    await page.locator(".fact.at > button:focus", { hasText: "→" }).waitFor();
    await page.keyboard.press("Escape");
    await page.locator(".row a:focus").waitFor();
    const focused = await page
      .locator(".row a")
      .evaluateAll((all) => all.findIndex((a) => a.matches(":focus")));
    expect(focused).toBe(2);
  });
});
