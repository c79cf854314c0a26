import fc from "fast-check";
import { expect, it } from "vitest";
import { profileProblem } from "../../../src/station/charging/validate.ts";
import { profile, profiles } from "./arbitrary.ts";

const limits = { maxStackLevel: 5, maxPeriods: 5 };

it("takes every sound profile", () => {
  fc.assert(
    fc.property(profiles, ({ profile: p }) => {
      expect(profileProblem(p, limits)).toBeUndefined();
    }),
  );
});

it.each([
  ["stackLevel -1", { stackLevel: -1 }],
  ["stackLevel 6", { stackLevel: 6 }],
  ["stackLevel 1.5", { stackLevel: 1.5 }],
  ["an id that is no whole number", { id: Number.NaN }],
  ["validFrom that is no time", { validFrom: "tomorrow" }],
  ["validTo before validFrom", { from: 20, to: 10 }],
  ["Recurring without recurrencyKind", { chargingProfileKind: "Recurring", start: 0 }],
  ["Recurring without startSchedule", { chargingProfileKind: "Recurring", recurrencyKind: "Daily" }],
  [
    "a station maximum that is Relative",
    { chargingProfileKind: "Relative", chargingProfilePurpose: "ChargingStationMaxProfile" },
  ],
  ["a default with a transaction", { transactionId: "tx" }],
  ["no period", { periods: [] }],
  ["too many periods", { periods: [0, 1, 2, 3, 4, 5].map((n) => [n, 10] as const) }],
  ["a first period that is not at 0 (§7.14)", { periods: [[1, 10]] }],
  [
    "periods out of order",
    {
      periods: [
        [0, 10],
        [20, 5],
        [10, 5],
      ],
    },
  ],
  [
    "a period twice",
    {
      periods: [
        [0, 10],
        [10, 5],
        [10, 5],
      ],
    },
  ],
  ["a limit below 0", { periods: [[0, -1]] }],
  ["a limit without end", { periods: [[0, Number.POSITIVE_INFINITY]] }],
  ["four phases", { periods: [[0, 10, 4]] }],
  ["duration 0", { duration: 0 }],
  ["minChargingRate below 0", { min: -1 }],
] as const)("refuses %s", (_, p) => {
  expect(profileProblem(profile(p as Parameters<typeof profile>[0]), limits)).toMatch(/\w/);
});
