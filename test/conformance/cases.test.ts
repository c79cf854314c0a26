import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { cases16 } from "./cases.ts";

/** Cases without a row, and what they wait for. */
const waiting: Readonly<Record<string, string>> = {
  TC_073_CS: "security profiles",
  TC_074_CS: "certificates",
  TC_075_1_CS: "certificates",
  TC_075_2_CS: "certificates",
  TC_076_CS: "certificates",
  TC_077_CS: "certificates",
  TC_078_CS: "certificates",
};

it("every case of the list has its row", () => {
  const here = import.meta.dirname;
  const texts = readdirSync(here)
    .filter((name) => name.endsWith(".test.ts") && name !== "cases.test.ts")
    .map((name) => readFileSync(`${here}/${name}`, "utf8"));
  const shown = texts.flatMap((text) => Array.from(text.matchAll(/"(TC_\w+_CS)"/g), ([, id]) => id ?? ""));
  const missing = Object.keys(cases16).filter((id) => !shown.includes(id) && !(id in waiting));
  expect(missing, "cases without a row").toEqual([]);
  expect(
    shown.filter((id) => !(id in cases16)),
    "rows of no case",
  ).toEqual([]);
});
