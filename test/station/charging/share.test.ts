import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ampsOf, type Cap, isPause, noCap, wattsOf } from "../../../src/station/charging/cap.ts";
import { fill, share } from "../../../src/station/charging/share.ts";
import type { Supply } from "../../../src/station/types.ts";

const supply: Supply = { current: "AC", phases: 3, voltageV: 230, maxPowerW: 22_080, minA: 6 };
const amps = (a: number, leastA = 0): Cap => ({ ...noCap, amps: a, leastA });
const shares = (total: Cap, ...wishes: Cap[]) =>
  share(
    total,
    wishes.map((cap) => ({ cap, supply })),
  ).map((c) => Math.round(ampsOf(c, supply) * 10) / 10);

describe("the station's limit is for all connectors together (1.6 §3.13.1)", () => {
  it.each([
    ["evenly", amps(32), [noCap, noCap], [16, 16]],
    ["what one may not use goes to the other", amps(32), [amps(10), noCap], [10, 22]],
    ["nobody gets more than the hardware gives", amps(100), [noCap, noCap], [32, 32]],
    ["the last waits when there is not enough for all", amps(16), [noCap, noCap, noCap], [8, 8, 0]],
    ["one who may not charge anyway takes nothing away", amps(16), [amps(0), noCap], [0, 16]],
    ["an EV that needs more than its part waits", amps(20), [noCap, amps(32, 11)], [20, 0]],
    ["nothing is nothing", amps(0), [noCap], [0]],
    ["watts", { ...noCap, watts: 13_800 }, [noCap, noCap], [10, 10]],
  ] as const)("%s", (_, total, wishes, expected) => {
    expect(shares(total, ...wishes)).toEqual(expected);
  });

  it("never exceeds the total, nor a wish; each share is enough or nothing", () => {
    const caps = fc.record({
      amps: fc.integer({ min: 0, max: 63 }),
      watts: fc.integer({ min: 0, max: 44_000 }),
      phases: fc.constantFrom(1, 2, 3),
      leastA: fc.integer({ min: 0, max: 16 }),
    });
    fc.assert(
      fc.property(caps, fc.array(caps, { maxLength: 6 }), (total, wishes) => {
        const parts = share(
          total,
          wishes.map((cap) => ({ cap, supply })),
        );
        const sum = (of: (c: Cap) => number) => parts.reduce((n, c) => n + of(c), 0);
        expect(sum((c) => ampsOf(c, supply))).toBeLessThanOrEqual(total.amps + 1e-6);
        expect(sum((c) => wattsOf(c, supply))).toBeLessThanOrEqual(total.watts + 1e-6);
        parts.forEach((part, i) => {
          const wish = wishes[i] ?? noCap;
          expect(ampsOf(part, supply)).toBeLessThanOrEqual(ampsOf(wish, supply) + 1e-6);
          expect(ampsOf(part, supply) === 0 || !isPause(part, supply)).toBe(true);
        });
      }),
    );
  });

  it("fills evenly, up to each wish, and leaves nothing over while a wish is open", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.array(fc.nat(300), { maxLength: 8 }), (total, wishes) => {
        const parts = fill(total, wishes);
        const sum = parts.reduce((a, b) => a + b, 0);
        const wished = wishes.reduce((a, b) => a + b, 0);
        expect(sum).toBeCloseTo(Math.min(total, wished), 6);
        parts.forEach((part, i) => {
          expect(part).toBeLessThanOrEqual(wishes[i] ?? 0);
          if (part < (wishes[i] ?? 0)) expect(part).toBeCloseTo(Math.max(...parts), 6);
        });
      }),
    );
  });
});
