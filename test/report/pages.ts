import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished } from "vitest";
import type { RunEvent } from "../../src/scenario/types.ts";
import { run } from "../support/bin.ts";
import { chromiumMissing, launchChromium } from "../support/chromium.ts";
import { skipUnlessRequired } from "../support/pcscd-package.ts";
import { report } from "./support.ts";

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

/** Why no page can be opened here. */
export const skip = skipUnlessRequired(chromiumMissing);

/** The title of a group of tests, with the reason why they are skipped. */
export const titled = (title: string): string => `${title}${skip === undefined ? "" : ` (skipped: ${skip})`}`;

/** A page from the disk that noted everything that must not happen. */
export interface Opened {
  readonly page: Page;
  readonly wrong: readonly string[];
}

export interface Pages {
  /** A run of the real program: what fails, and some of what passes. */
  readonly file: string;
  open(file: string, options?: BrowserContextOptions, hash?: string): Promise<Opened>;
  /** The report of a run of the real program, of a scenario of these lines. */
  reportOf(name: string, lines: readonly string[], more?: readonly string[]): Promise<string>;
}

/** A browser for a group of tests, and a report; `runs: false`: they have reports of their own. */
export function usePages({ runs = true } = {}): Pages {
  let browser: Browser;
  const cwd = mkdtempSync(join(tmpdir(), "tapstation-page-"));
  const file = join(cwd, "out/report.html");
  beforeAll(async () => {
    browser = await launchChromium();
    if (!runs) return;
    writeFileSync(join(cwd, "failing.yaml"), FAILING);
    const scenarios = join(import.meta.dirname, "../../scenarios");
    const args = ["run", "failing.yaml", join(scenarios, "offline"), join(scenarios, "whitelisting")];
    const { code } = await run([...args, "--reporter", `html:${file}`], { cwd });
    expect(code).toBe(1);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(cwd, { recursive: true, force: true });
  });
  const reportOf: Pages["reportOf"] = async (name, lines, more = []) => {
    const made = join(cwd, `out/${name}.html`);
    writeFileSync(join(cwd, `${name}.yaml`), `${lines.join("\n")}\n`);
    await run(["run", `${name}.yaml`, ...more, "--reporter", `html:${made}`], { cwd });
    return made;
  };
  const open: Pages["open"] = async (from, options = {}, hash = "") => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    onTestFinished(() => context.close());
    // Below the time that a test may take: the message says what was waited for.
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    const wrong: string[] = [];
    page.on("console", (message) => wrong.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
    page.on("request", (request) => {
      if (!/^(file|data):/.test(request.url())) wrong.push(`request: ${request.url()}`);
    });
    await page.goto(pathToFileURL(from).href + hash);
    return { page, wrong };
  };
  return { file, open, reportOf };
}

/** The page of a run that is only told: `events`, or the recorded run. */
export async function reportFrom(events?: readonly RunEvent[]): Promise<string> {
  const { cwd } = await report(["html:report.html"], events === undefined ? {} : { events });
  return join(cwd, "report.html");
}
