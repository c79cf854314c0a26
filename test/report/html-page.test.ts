import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { MAX_FACTS } from "../../src/report/scenario-part.ts";
import type { RunEvent } from "../../src/scenario/types.ts";
import { run } from "../support/bin.ts";
import { chromiumMissing, launchChromium } from "../support/chromium.ts";
import { skipUnlessRequired } from "../support/pcscd-package.ts";
import { recorded, report } from "./support.ts";

const FAILING = `name: A card that nobody knows
shows: It is refused
ocpp: ["1.6"]
steps:
  - tap: 04B3352CD96F91
  - plug:
  - network: down
  - wait: 2 h
  - network: up
  - expect: { signal: accepted, within: 10 s }
`;

const nameOf = (events: readonly RunEvent[]): string => {
  const first = events.find((event) => event.kind === "scenarioBegan");
  return first?.kind === "scenarioBegan" ? first.scenario.name : "";
};

/** A page from the disk that noted everything that must not happen. */
interface Opened {
  readonly page: Page;
  readonly wrong: readonly string[];
}

async function recordedReport(): Promise<string> {
  const { cwd } = await report(["html:report.html"]);
  return join(cwd, "report.html");
}

const skip = skipUnlessRequired(chromiumMissing);
const title = `the report's page${skip === undefined ? "" : ` (skipped: ${skip})`}`;

describe.skipIf(skip !== undefined)(title, () => {
  let browser: Browser;
  const cwd = mkdtempSync(join(tmpdir(), "tapstation-page-"));
  /** A run of the real program: what fails, and some of what passes. */
  const file = join(cwd, "out/report.html");
  beforeAll(async () => {
    writeFileSync(join(cwd, "failing.yaml"), FAILING);
    const scenarios = join(import.meta.dirname, "../../scenarios");
    const args = ["run", "failing.yaml", join(scenarios, "offline"), join(scenarios, "whitelisting")];
    const { code } = await run([...args, "--reporter", `html:${file}`], { cwd });
    expect(code).toBe(1);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(cwd, { recursive: true, force: true });
  });

  function scenarioFile(name: string, lines: readonly string[]): string {
    writeFileSync(join(cwd, name), `${lines.join("\n")}\n`);
    return name;
  }

  /** The report of a run of the real program. */
  async function reportOf(scenario: string): Promise<string> {
    const file = join(cwd, `out/${scenario}.html`);
    await run(["run", scenario, "--reporter", `html:${file}`], { cwd });
    return file;
  }

  async function open(file: string, options: BrowserContextOptions = {}, hash = ""): Promise<Opened> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on("console", (message) => wrong.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
    page.on("request", (request) => {
      if (!/^(file|data):/.test(request.url())) wrong.push(`request: ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href + hash);
    return { page, wrong };
  }

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
    // One stop takes the Tab key.
    expect(await page.locator(".timeline [tabindex='0'][role=button]").count()).toBe(1);
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
    const counted = scenarioFile("counted.yaml", [
      "name: Too many",
      'ocpp: ["1.6"]',
      "steps:",
      "  - tap: 04A2241BC85E80",
      "  - plug:",
      "  - wait: 5 min",
      "  - expect: { message: MeterValues, count: 2, since: start }",
    ]);
    const { page } = await open(await reportOf(counted));
    await page.locator(".row a").first().click();
    await page.locator(".came li").first().waitFor();
    await expect(page.locator(".came h3").textContent()).resolves.toBe("Came (19)");
    const lines = await page.locator(".came li").allTextContents();
    expect(lines).toHaveLength(9);
    expect(lines[0]).toMatch(/MeterValues.*value: 41\.4/);
    expect(lines[4]).toBe("… 11 between them are left out");
    await page.locator(".came button").first().click();
    await page.locator(".fact.at").waitFor();
    const skipped = scenarioFile("skipped.yaml", ["name: S", "skip: not today", "steps:", "  - plug:"]);
    const other = await open(await reportOf(skipped));
    await expect(other.page.locator(".verdict").textContent()).resolves.toMatch(/nothing ran, 2 skipped/);
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

  it("covers on the time line what it does not hold", async () => {
    const events = await recorded();
    const at = events.findIndex((event) => event.kind === "scenarioEnded");
    const fact = events.slice(0, at).findLast((event) => event.kind === "fact");
    if (fact?.kind !== "fact") throw new Error("no fact");
    const flood = Array.from({ length: MAX_FACTS }, () => fact);
    const { cwd } = await report(["html:report.html"], {
      events: [...events.slice(0, at), ...flood, ...events.slice(at)],
    });
    const { page } = await open(join(cwd, "report.html"), {}, "#s0");
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

  it("shows hostile text as text, in every place where it stands", async () => {
    const { page, wrong } = await open(await recordedReport());
    await page.locator(".row .name", { hasText: "</script>" }).first().click();
    await page.locator(".failure").first().waitFor();
    for (const row of await page.locator(".fact > button").all()) await row.click();
    await page.locator("h1", { hasText: "<img src=x onerror" }).waitFor();
    expect(await page.evaluate("globalThis.stolen")).toBeUndefined();
    expect(wrong).toEqual([]);
  });

  it("has a policy: a script that got in could reach nobody", async () => {
    const { page } = await open(await recordedReport());
    const refused = page.evaluate(
      `new Promise((resolve) => {
        addEventListener("securitypolicyviolation", (e) => resolve(e.effectiveDirective));
        fetch("http://127.0.0.1:9/").catch(() => undefined);
      })`,
    );
    await expect(refused).resolves.toBe("connect-src");
  });

  it("says so when a scenario is not there, and when it never ran", async () => {
    const { page } = await open(await recordedReport(), {}, "#/s/nothing");
    await page.locator(".hint", { hasText: "no scenario “nothing”" }).waitFor();
    await page.locator(".row .name", { hasText: "A person taps a card" }).click();
    await page.locator(".hint", { hasText: "nobody is there to tap a card: CI is set" }).waitFor();
  });
});
