import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const program = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

/** Why no page can be opened here, with the command that helps; undefined: it can. */
export const chromiumMissing: string | undefined =
  program === undefined ? "no Chromium: sudo apt-get install chromium" : undefined;

/** A browser without a window. */
export function launchChromium(): Promise<Browser> {
  if (program === undefined) throw new Error(chromiumMissing);
  return chromium.launch({ executablePath: program, args: ["--no-sandbox"] });
}
