import { describe, expect, it } from "vitest";
import { reportFrom, skip, titled, usePages } from "./pages.ts";

describe.skipIf(skip !== undefined)(titled("the report's page with hostile text"), () => {
  const { open } = usePages();

  it("shows hostile text as text, in every place where it stands", async () => {
    const { page, wrong } = await open(await reportFrom());
    await page.locator(".row .name", { hasText: "</script>" }).first().click();
    await page.locator(".failure").first().waitFor();
    for (const row of await page.locator(".fact > button").all()) await row.click();
    await page.locator("h1", { hasText: "<img src=x onerror" }).waitFor();
    expect(await page.evaluate("globalThis.stolen")).toBeUndefined();
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
