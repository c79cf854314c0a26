import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { cases16 } from "./cases.ts";

it("every case of the list has its row", () => {
  const here = import.meta.dirname;
  const texts = readdirSync(here)
    .filter((name) => name.endsWith(".test.ts") && name !== "cases.test.ts")
    .map((name) => readFileSync(`${here}/${name}`, "utf8"));
  const shown = texts.flatMap((text) => Array.from(text.matchAll(/"(TC_\w+_CS)"/g), ([, id]) => id ?? ""));
  const missing = Object.keys(cases16).filter((id) => !shown.includes(id));
  expect(missing, "cases without a row").toEqual([]);
  expect(
    shown.filter((id) => !(id in cases16)),
    "rows of no case",
  ).toEqual([]);
});
