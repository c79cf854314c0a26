import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { differences } from "../../src/replay/differences.ts";
import { Substitution } from "../../src/replay/substitute.ts";

const now = "2030-01-01T00:00:00.000Z";
const then = "2020-05-05T12:34:56Z";

describe("differences", () => {
  const rows: readonly [what: string, a: unknown, b: unknown, paths: string[]][] = [
    ["a value", { status: "Accepted" }, { status: "Rejected" }, ["status"]],
    ["a value within", { idTagInfo: { status: "A" } }, { idTagInfo: { status: "B" } }, ["idTagInfo.status"]],
    ["what is missing", { a: 1, b: 2 }, { a: 1 }, ["b"]],
    ["what came on top", { a: 1 }, { a: 1, b: 2 }, ["b"]],
    ["an element of a list", { l: [1, 2] }, { l: [1, 3] }, ["l[1]"]],
    ["a list that is longer", { l: [1] }, { l: [1, 3] }, ["l[1]"]],
    ["another type", { a: 1 }, { a: "1" }, ["a"]],
    ["a list and an object", { a: [] }, { a: {} }, ["a"]],
    ["no times", { currentTime: then }, { currentTime: now }, []],
    ["a time that is missing", { expiryDate: then }, {}, ["expiryDate"]],
    ["a time and a text", { currentTime: then }, { currentTime: "soon" }, ["currentTime"]],
    ["no transaction ids", { transactionId: 1 }, { transactionId: 99 }, []],
    ["a transaction id of another type", { transactionId: 1 }, { transactionId: "1" }, ["transactionId"]],
  ];
  it.each(rows)("tells %s", (_what, a, b, paths) => {
    expect(differences(a, b).map((d) => d.path)).toEqual(paths);
  });

  it("leaves out what is to be ignored, with all below it", () => {
    const a = { interval: 1, i: { x: 1, y: 2 }, list: [{ v: 1 }, { v: 2 }] };
    const b = { interval: 2, i: { x: 3, y: 2 }, list: [{ v: 3 }, { v: 2 }] };
    expect(differences(a, b, ["interval", "i", "list[*].v"])).toEqual([]);
    expect(differences(a, b, ["inter", "i.y"]).map((d) => d.path)).toEqual(["interval", "i.x", "list[0].v"]);
  });

  it("finds nothing between a payload and itself, and something between different ones", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(differences(a, structuredClone(a))).toEqual([]);
        const text = JSON.stringify([a, b]);
        if (!/transactionId|requestId|messageId|remoteStartId|\d{4}-\d\d-\d\dT/.test(text))
          expect(differences(a, b).length > 0).toBe(JSON.stringify(a) !== JSON.stringify(b) && !same(a, b));
      }),
    );
  });
});

/** Equal but for the order of properties; the two zeros are one in JSON. */
function same(a: unknown, b: unknown): boolean {
  if (a === b) return Object.is(a, b);
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every(
    (k) =>
      Object.hasOwn(a, k) &&
      Object.hasOwn(b, k) &&
      same((a as Record<string, unknown>)[k], (b as Record<string, unknown>)[k]),
  );
}

it("a substitution moves times by one amount and gives transactions their new ids, and nothing else", () => {
  const s = new Substitution(60_000);
  s.learn(7, 4711);
  expect(
    s.apply({ transactionId: 7, connectorId: 7, meterValue: [{ timestamp: "2030-01-01T00:00:00Z" }] }),
  ).toEqual({ transactionId: 4711, connectorId: 7, meterValue: [{ timestamp: "2030-01-01T00:01:00.000Z" }] });
  expect(new Substitution(0).apply({ timestamp: then })).toEqual({ timestamp: then });
});
