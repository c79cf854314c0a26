import type { ChargingProfile, ChargingSchedule } from "./types.ts";

/** What a station can hold (1.6 §9.4). */
export interface ProfileLimits {
  readonly maxStackLevel: number;
  readonly maxPeriods: number;
}

/** Why a profile makes no sense by itself, for a person; undefined when it does (1.6 §3.13, §5.16, §7.8 to §7.14). */
export function profileProblem(p: ChargingProfile, limits: ProfileLimits): string | undefined {
  const { chargingSchedule: schedule } = p;
  const tests: readonly (readonly [boolean, string])[] = [
    [!whole(p.id), "the profile's id is no whole number"],
    [
      !whole(p.stackLevel) || p.stackLevel < 0 || p.stackLevel > limits.maxStackLevel,
      `stackLevel ${p.stackLevel} is not within 0 to ${limits.maxStackLevel}`,
    ],
    [wrongTime(p.validFrom) || wrongTime(p.validTo), "validFrom or validTo is no time"],
    [
      p.validFrom !== undefined &&
        p.validTo !== undefined &&
        !(Date.parse(p.validFrom) < Date.parse(p.validTo)),
      "validTo does not lie after validFrom",
    ],
    [wrongTime(schedule.startSchedule), "startSchedule is no time"],
    [
      p.chargingProfileKind === "Recurring" &&
        (p.recurrencyKind === undefined || schedule.startSchedule === undefined),
      "a recurring profile needs recurrencyKind and startSchedule",
    ],
    [
      p.chargingProfileKind === "Relative" && p.chargingProfilePurpose === "ChargingStationMaxProfile",
      "the station's maximum cannot be relative to a transaction",
    ],
    [
      p.transactionId !== undefined && p.chargingProfilePurpose !== "TxProfile",
      "only a TxProfile belongs to a transaction",
    ],
  ];
  return tests.find(([wrong]) => wrong)?.[1] ?? scheduleProblem(schedule, limits.maxPeriods);
}

function scheduleProblem(s: ChargingSchedule, maxPeriods: number): string | undefined {
  const periods = s.chargingSchedulePeriod;
  if (s.duration !== undefined && !(whole(s.duration) && s.duration > 0))
    return "the duration is not above 0";
  if (s.minChargingRate !== undefined && !amount(s.minChargingRate)) return "minChargingRate is below 0";
  if (periods.length === 0) return "the schedule has no period";
  if (periods.length > maxPeriods) return `${periods.length} periods are more than ${maxPeriods}`;
  if (periods[0]?.startPeriod !== 0) return "the first startPeriod is not 0";
  let before = -1;
  for (const { startPeriod, limit, numberPhases } of periods) {
    if (!whole(startPeriod) || startPeriod <= before)
      return "startPeriod does not rise from period to period";
    if (!amount(limit)) return "a limit is below 0";
    if (numberPhases !== undefined && ![1, 2, 3].includes(numberPhases))
      return "numberPhases is not 1, 2 or 3";
    before = startPeriod;
  }
  return undefined;
}

const whole = (n: number) => Number.isSafeInteger(n);
const amount = (n: number) => Number.isFinite(n) && n >= 0;
const wrongTime = (text: string | undefined) => text !== undefined && Number.isNaN(Date.parse(text));
