import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, it } from "vitest";
import { shellWord } from "../../src/util/shell.ts";
import { clean } from "../../src/util/text.ts";

it("a shell reads each word as it was, but for characters that do not show", () => {
  const words = fc.array(fc.string({ unit: fc.constantFrom(..."a 'b\"$`!*~#;&|()<>\\-=\n") }), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(words, (texts) => {
      const line = `printf '%s\\0' ${texts.map(shellWord).join(" ")}`;
      const read = execFileSync("sh", ["-c", line], { encoding: "utf8" }).split("\0").slice(0, -1);
      expect(read).toEqual(texts.length === 0 ? [""] : texts.map(clean));
    }),
    { numRuns: 30 },
  );
});

it("is left alone where nothing is to be quoted", () => {
  expect(["a.yaml", "ws://127.0.0.1:9/ocpp", "--id"].map(shellWord)).toEqual([
    "a.yaml",
    "ws://127.0.0.1:9/ocpp",
    "--id",
  ]);
});
