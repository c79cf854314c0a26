import fc from "fast-check";
import { expect, test } from "vitest";
import { backOffMs } from "../../../src/ocpp/rpc/backoff.ts";

const o = { waitMinimumS: 10, randomRangeS: 4, repeatTimes: 3 };

test("doubles for each failure up to the repeat times, then stays", () => {
  const waits = [0, 1, 2, 3, 4, 50].map((failures) => backOffMs(o, failures, () => 0));
  expect(waits).toEqual([10_000, 20_000, 40_000, 80_000, 80_000, 80_000]);
});

test("a new random part each time, which is not doubled", () => {
  expect(backOffMs(o, 2, () => 0.5)).toBe(42_000);
});

test("never a tight loop, always a number", () => {
  const any = fc.double({ noNaN: true, min: 0, max: 1e6 });
  fc.assert(
    fc.property(
      any,
      any,
      fc.nat(1_000),
      fc.nat(),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (w, r, n, f, x) => {
        const ms = backOffMs({ waitMinimumS: w, randomRangeS: r, repeatTimes: n }, f, () => x);
        expect(ms).toBeGreaterThanOrEqual(250);
        expect(Number.isFinite(ms)).toBe(true);
      },
    ),
  );
});
