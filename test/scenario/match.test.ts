import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differences, matches, OPERATORS } from "../../src/scenario/match.ts";

/** Values as messages have them; texts that no matcher is written like. */
const plainText = fc.string().map((s) => `t${s}`);
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    plainText,
    fc.integer(),
    fc.boolean(),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(
      fc.string().filter((k) => !OPERATORS.some((o) => o === k) && k !== "__proto__"),
      tie("value"),
      {
        maxKeys: 4,
      },
    ),
  ),
})).value;

describe("partial matching", () => {
  it("every value matches itself, literally too", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(differences(value, value)).toEqual([]);
        expect(matches({ equals: value }, value)).toBe(true);
      }),
    );
  });

  it("what looks the same and is of another kind is told with its kind", () => {
    expect(differences({ a: "1", b: true, c: 2, d: "nothing" }, { a: 1, b: "true", c: 3 })).toEqual([
      { path: "a", wanted: "1", found: "1 (a number)" },
      { path: "b", wanted: "true", found: "true (a text)" },
      { path: "c", wanted: "2", found: "3" },
      { path: "d", wanted: "nothing", found: "nothing" },
    ]);
  });

  it("members that nobody asked for do not matter; one that is asked for does", () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ minLength: 1 }).map((k) => `k${k}`),
          json,
        ),
        json,
        (wanted, extra) => {
          expect(matches(wanted, { ...wanted, extra })).toBe(true);
          expect(differences({ ...wanted, extra: "<any>" }, wanted)).toEqual([
            { path: "extra", wanted: "<any>", found: "nothing" },
          ]);
        },
      ),
    );
  });

  it("not is the opposite, and oneOf holds when any of its choices does", () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        expect(matches({ not: a }, b)).toBe(!matches(a, b));
        expect(matches({ oneOf: [a, b] }, b)).toBe(true);
        expect(matches({ oneOf: [a] }, b)).toBe(matches(a, b));
        expect(matches({ oneOf: [] }, b)).toBe(false);
      }),
    );
  });

  it("a range holds exactly the numbers within it", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), fc.integer(), (from, to, n) => {
        expect(matches(`${from}..${to}`, n)).toBe(n >= from && n <= to);
        expect(matches(`${from}..`, n)).toBe(n >= from);
        expect(matches(`..${to}`, String(n))).toBe(n <= to);
      }),
    );
  });

  it.each([
    ["<any>", 0, true],
    ["<any>", undefined, false],
    ["<absent>", undefined, true],
    ["<absent>", "", false],
    ["<number>", 3, true],
    ["<number>", "3", false],
    ["<text>", "3", true],
    ["<time>", "2030-01-01T00:00:00.000Z", true],
    ["<time>", "yesterday", false],
    ["/^TX-\\d+$/i", "tx-12", true],
    ["/^TX/", "RX", false],
    ["/^1/", 12, true],
    [{ contains: "ping" }, "no answer to a ping", true],
    [{ contains: { id: 2 } }, [{ id: 1 }, { id: 2, more: true }], true],
    [{ contains: 3 }, [1, 2], false],
    [{ equals: "1..2" }, "1..2", true],
    ["1..2", "1..2", false],
    [[1, 2], [1, 2, 3], false],
    [{ a: { b: 1 } }, { a: null }, false],
  ])("%j against %j: %s", (wanted, value, fits) => {
    expect(matches(wanted, value)).toBe(fits);
  });

  it("says in which points", () => {
    expect(differences({ a: { b: 1, c: "<any>" }, d: [1, 2] }, { a: { b: 2 }, d: [1, 3] })).toEqual([
      { path: "a.b", wanted: "1", found: "2" },
      { path: "a.c", wanted: "<any>", found: "nothing" },
      { path: "d.1", wanted: "2", found: "3" },
    ]);
  });
});
