import { execFileSync } from "node:child_process";
import { cpSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Where the sources and the tests' virtual devices are compiled to. */
export const built = new URL("../.tmp/bench/", import.meta.url);

/** The tests' virtual readers are TypeScript: they are compiled together with the sources for this run. */
export function build() {
  const tsc = fileURLToPath(new URL("../node_modules/.bin/tsc", import.meta.url));
  execFileSync(tsc, ["-p", fileURLToPath(new URL("./tsconfig.json", import.meta.url))], { stdio: "inherit" });
  cpSync(new URL("../devices", import.meta.url), new URL("devices", built), { recursive: true });
}
