import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ampsOf, type Cap, noCap, wattsOf } from "../../../src/station/charging/cap.ts";
import {
  bothAt,
  compose,
  periodAt,
  stationCap,
  transactionCap,
} from "../../../src/station/charging/schedule.ts";
import type { InstalledProfile } from "../../../src/station/charging/types.ts";
import type { Supply } from "../../../src/station/types.ts";
import { installed, profile, profiles, T0 } from "./arbitrary.ts";

const supply: Supply = { current: "AC", phases: 3, voltageV: 230, maxPowerW: 22_000, minA: 6 };
const DAY = 86_400;
const at = (seconds: number) => T0 + seconds * 1000;
const limitAt = (p: Parameters<typeof profile>[0], seconds: number, chargingStart = 0) =>
  periodAt(installed(profile(p)), at(seconds), at(chargingStart)).value?.limit;

describe("a profile's period (1.6 §3.13, §5.16, §7.8, §7.13)", () => {
  const three = [
    [0, 10],
    [100, 20],
    [200, 30],
  ] as const;

  it.each([
    ["first", 0, 10],
    ["last second of the first", 99, 10],
    ["second", 100, 20],
    ["last goes on", 5000, 30],
  ] as const)("Absolute: %s", (_, seconds, limit) => {
    expect(limitAt({ periods: three, start: 0 }, seconds)).toBe(limit);
  });

  it("ends with the duration: periods behind it are not executed", () => {
    expect(limitAt({ periods: three, start: 0, duration: 150 }, 149)).toBe(20);
    expect(limitAt({ periods: three, start: 0, duration: 150 }, 150)).toBeUndefined();
  });

  it("holds from validFrom to validTo only", () => {
    expect(limitAt({ start: 0, from: 10 }, 9)).toBeUndefined();
    expect(limitAt({ start: 0, from: 10 }, 10)).toBe(10);
    expect(limitAt({ start: 0, to: 20 }, 19)).toBe(10);
    expect(limitAt({ start: 0, to: 20 }, 20)).toBeUndefined();
  });

  it("Absolute does not hold before startSchedule, and without one counts from the start of charging", () => {
    expect(limitAt({ start: 50 }, 49)).toBeUndefined();
    expect(limitAt({ periods: three }, 130, 20)).toBe(20);
  });

  it("Relative counts from the start of charging", () => {
    expect(limitAt({ periods: three, chargingProfileKind: "Relative", start: 9999 }, 130, 20)).toBe(20);
  });

  it.each(["Daily", "Weekly"] as const)("%s begins again", (recurrencyKind) => {
    const length = recurrencyKind === "Daily" ? DAY : 7 * DAY;
    const p = { periods: three, chargingProfileKind: "Recurring", recurrencyKind, start: 3600 } as const;
    for (const n of [0, 1, 5]) {
      expect(limitAt(p, 3600 + n * length)).toBe(10);
      expect(limitAt(p, 3600 + n * length + 150)).toBe(20);
      expect(limitAt(p, 3600 + (n + 1) * length - 1)).toBe(30);
    }
    expect(limitAt({ ...p, duration: 150 }, 3600 + length + 150)).toBeUndefined();
    expect(limitAt({ ...p, duration: 100 * DAY }, 3600 + length)).toBe(10);
    expect(limitAt(p, 3599)).toBeUndefined();
  });

  it("recurrencyKind counts for Recurring only", () => {
    expect(limitAt({ periods: three, recurrencyKind: "Daily", start: 0 }, DAY + 50)).toBe(30);
  });

  it("says how long it holds: nothing changes before, whatever the profile", () => {
    fc.assert(
      fc.property(profiles, fc.integer({ min: 0, max: 400_000 }), fc.nat(), (p, seconds, n) => {
        const now = at(seconds);
        const { value, until } = periodAt(p, now, at(1000));
        expect(until).toBeGreaterThan(now);
        const span = Math.min(until, now + 7 * DAY * 1000) - now;
        const between = now + (n % span);
        expect(periodAt(p, between, at(1000)).value).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });
});

describe("stacking and combining (1.6 §3.13.2, §3.13.3, TC_072_CS)", () => {
  const subject = { evseId: 1, supply, chargingStart: at(0), transactionId: "tx" };
  const amps = (all: readonly InstalledProfile[], seconds = 0) =>
    ampsOf(transactionCap(all, subject, at(seconds)).value, supply);
  const tx = { chargingProfilePurpose: "TxProfile", transactionId: "tx" } as const;

  it("the highest stackLevel prevails, also when it allows more; behind its duration the next", () => {
    const all = [
      installed(profile({ stackLevel: 1, periods: [[0, 10]], start: 0 })),
      installed(profile({ stackLevel: 2, periods: [[0, 16]], start: 0, duration: 60 })),
    ];
    expect(amps(all)).toBe(16);
    expect(amps(all, 60)).toBe(10);
  });

  it("a TxProfile overrules the default while it says something", () => {
    const all = [
      installed(profile({ stackLevel: 9, periods: [[0, 10]], start: 0 })),
      installed(profile({ ...tx, periods: [[0, 30]], start: 0, duration: 60 })),
    ];
    expect(amps(all)).toBe(30);
    expect(amps(all, 61)).toBe(10);
  });

  it("a TxProfile of another transaction does not count", () => {
    expect(amps([installed(profile({ ...tx, transactionId: "other", start: 0 }))])).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  it("a default for this EVSE comes before one for all of the same level, not before a higher one", () => {
    const all = (level: number) => [
      installed(profile({ stackLevel: level, periods: [[0, 10]], start: 0 }), 0),
      installed(profile({ stackLevel: 1, periods: [[0, 20]], start: 0 }), 1),
      installed(profile({ stackLevel: 5, periods: [[0, 30]], start: 0 }), 2),
    ];
    expect(amps(all(1))).toBe(20);
    expect(amps(all(2))).toBe(10);
  });

  it("W and A convert by the phases that are in use (numberPhases, 3 when absent)", () => {
    const watts = (p: Parameters<typeof profile>[0], s = supply) =>
      wattsOf(
        transactionCap([installed(profile({ start: 0, ...p }))], { ...subject, supply: s }, at(0)).value,
        s,
      );
    expect(watts({ periods: [[0, 10]] })).toBe(6900);
    expect(watts({ periods: [[0, 10, 1]] })).toBe(2300);
    expect(watts({ periods: [[0, 10]] }, { ...supply, phases: 1 })).toBe(2300);
    expect(watts({ periods: [[0, 10]] }, { ...supply, current: "DC", phases: 1, voltageV: 400 })).toBe(4000);
    expect(amps([installed(profile({ unit: "W", periods: [[0, 6900]], start: 0 }))])).toBe(10);
    expect(amps([installed(profile({ unit: "W", periods: [[0, 2300, 1]], start: 0 }))])).toBe(10);
  });
});

describe("the composite schedule (1.6 §5.7)", () => {
  const subject = { evseId: 1, supply, chargingStart: at(0), transactionId: "tx" };
  const same = (a: Cap, b: Cap) => a.amps === b.amps && a.watts === b.watts && a.phases === b.phases;

  it("is at every moment what the profiles say at that moment, and joins what is alike", () => {
    fc.assert(
      fc.property(
        fc.array(profiles, { maxLength: 8 }),
        fc.integer({ min: 0, max: 200_000 }),
        fc.integer({ min: 1, max: 300_000 }),
        fc.array(fc.nat(), { minLength: 20, maxLength: 20 }),
        (all, begin, seconds, probes) => {
          const capAt = (now: number) =>
            bothAt(transactionCap(all, subject, now), stationCap(all, supply, now));
          const span = { from: at(begin), seconds, maxPeriods: 1000 };
          const { periods, covered } = compose(capAt, same, span);
          expect(covered).toBe(seconds);
          expect(periods[0]?.startPeriod).toBe(0);
          periods.forEach((p, i) => {
            const next = periods[i + 1];
            if (next === undefined) return;
            expect(next.startPeriod).toBeGreaterThan(p.startPeriod);
            expect(same(next.value, p.value)).toBe(false);
          });
          for (const probe of probes) {
            const s = probe % seconds;
            const said = periods.findLast((p) => p.startPeriod <= s)?.value ?? noCap;
            expect(said).toMatchObject({ ...capAt(at(begin + s)).value, leastA: said.leastA });
            const station = stationCap(all, supply, at(begin + s)).value;
            expect(wattsOf(said, supply)).toBeLessThanOrEqual(wattsOf(station, supply));
            expect(said.amps).toBeLessThanOrEqual(station.amps);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it("ends early rather than with too many periods", () => {
    const daily = profile({
      chargingProfileKind: "Recurring",
      recurrencyKind: "Daily",
      start: 0,
      periods: [
        [0, 10],
        [3600, 20],
      ],
    });
    const capAt = (now: number) => transactionCap([installed(daily)], subject, now);
    const { periods, covered } = compose(capAt, same, { from: at(0), seconds: 2 ** 31, maxPeriods: 4 });
    expect(periods.map((p) => p.startPeriod)).toEqual([0, 3600, DAY, DAY + 3600]);
    expect(covered).toBe(2 * DAY);
  });

  it("stays quick for the longest time that a central system can ask for", () => {
    const flat = profile({
      chargingProfileKind: "Recurring",
      recurrencyKind: "Daily",
      start: 0,
      periods: [
        [0, 10],
        [3600, 10],
      ],
    });
    let looks = 0;
    const capAt = (now: number) => {
      looks++;
      return transactionCap([installed(flat)], subject, now);
    };
    compose(capAt, same, { from: at(0), seconds: 2 ** 31, maxPeriods: 100 });
    expect(looks).toBeLessThanOrEqual(2000);
  });
});
