import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { finds } from "../../src/scenario/regex.ts";
import { run, scenario } from "./support.ts";

/** A scenario's regular expressions: they find what they would, and none hangs the program. */

const endless = (source: string, text: string) => () => finds(source, "", text);

describe("a regular expression that would take for ever", () => {
  it.each([
    ["a repeated group", "^(a+)+$", `${"a".repeat(57)}!`],
    ["a group that may be there", "^(?:a|aa)*$", `${"a".repeat(80)}!`],
    ["quantifiers beside each other", `^${"a?".repeat(40)}${"a".repeat(40)}b`, "a".repeat(75)],
    ["a long text", ".*.*.*.*x", "a".repeat(5000)],
    ["what it found before", "^(a*)(a*)(a*)(a*)(a*)(a*)(a*)\\1b$", "a".repeat(200)],
  ])("is given up: %s", (_, source, text) => {
    expect(endless(source, text)).toThrow(
      `/${source}/ has not come to an end within 1 s on a text of ${text.length} characters`,
    );
  });

  it("fails the step that it stands in, when the message comes too", async () => {
    const waiting = (step: string) =>
      run(
        scenario(
          `- parallel:\n    - - expect: { message: DataTransfer, with: { data: "/^(a+)+$/" } }\n    - - ${step}`,
        ),
      );
    const { failures } = await waiting(`transfer: { vendor: a, data: "${"a".repeat(57)}!" }`);
    expect(failures.map(({ message, at }) => [message, at.line])).toEqual([
      [expect.stringMatching(/^\/\^\(a\+\)\+\$\/ has not come to an end within 1 s/), 4],
    ]);
    expect((await waiting(`transfer: { vendor: a, data: aaa }`)).failures).toEqual([]);
  });
});

it("finds what it would without a guard, on short texts and long ones", () => {
  const part = fc.constantFrom(
    "a",
    "b",
    "a+",
    "b*",
    "[ab]?",
    "(ab)",
    "(?:b)",
    "a{1,2}",
    "^",
    "$",
    ".",
    "(a)\\1",
  );
  const source = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(""));
  const text = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 12 }).map((all) => all.join(""));
  fc.assert(
    fc.property(source, text, fc.constantFrom("", "i", "s"), (s, t, flags) => {
      expect(finds(s, flags, t)).toBe(new RegExp(s, flags).test(t));
    }),
    { numRuns: 200 },
  );
  const long = `${"x".repeat(100_000)}NL-TNM-C1`;
  expect([finds("^NL-.*C\\d+$", "", long), finds("NL-.*c\\d+$", "i", long)]).toEqual([false, true]);
});
