import { readFileSync } from "node:fs";

/** The program's version, from its package.json; the same place for src/app and dist/app. */
export function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const found =
    typeof manifest === "object" && manifest !== null && "version" in manifest && manifest.version;
  return typeof found === "string" ? found : "unknown";
}
