import type { Supply } from "../types.ts";
import { both, type Cap, capOf, noCap } from "./cap.ts";
import type { ChargingSchedulePeriod, InstalledProfile } from "./types.ts";

/** What holds at a moment, and until when at least (ms since the epoch, Infinity for good). */
export interface Until<T> {
  readonly value: T;
  readonly until: number;
}

const RECURRENCE_MS = { Daily: 86_400_000, Weekly: 604_800_000 } as const;
const NEVER = Number.POSITIVE_INFINITY;

/**
 * The period of a profile that is in force at `now`, if any (1.6 §3.13.1, §5.16). `chargingStart` is what Relative
 * profiles, and Absolute ones without startSchedule (§7.13), count from.
 */
export function periodAt(
  { profile, installedAt }: InstalledProfile,
  now: number,
  chargingStart: number,
): Until<ChargingSchedulePeriod | undefined> {
  const validFrom = moment(profile.validFrom) ?? -NEVER;
  const validTo = moment(profile.validTo) ?? NEVER;
  if (now < validFrom) return { value: undefined, until: validFrom };
  if (now >= validTo) return { value: undefined, until: NEVER };
  const { duration, startSchedule, chargingSchedulePeriod: periods } = profile.chargingSchedule;
  const origin = profile.chargingProfilePurpose === "ChargingStationMaxProfile" ? installedAt : chargingStart;
  const first = profile.chargingProfileKind === "Relative" ? origin : (moment(startSchedule) ?? origin);
  if (now < first) return { value: undefined, until: Math.min(first, validTo) };
  const recurs =
    profile.chargingProfileKind === "Recurring" ? RECURRENCE_MS[profile.recurrencyKind ?? "Daily"] : NEVER;
  const begin = recurs === NEVER ? first : now - ((now - first) % recurs);
  const lasts = Math.min(duration === undefined ? NEVER : duration * 1000, recurs);
  const elapsed = now - begin;
  if (elapsed >= lasts) return { value: undefined, until: Math.min(begin + recurs, validTo) };
  const next = periods.findIndex((p) => p.startPeriod * 1000 > elapsed);
  const value = next < 0 ? periods.at(-1) : periods[next - 1];
  const border = next < 0 ? NEVER : (periods[next]?.startPeriod ?? 0) * 1000;
  return { value, until: Math.min(begin + Math.min(border, lasts), validTo) };
}

/** One EVSE (or, with id 0, the station) as the schedules see it. */
export interface Subject {
  readonly evseId: number;
  readonly supply: Supply;
  /** When charging began, or would. */
  readonly chargingStart: number;
  /** TxProfiles count for this transaction only. */
  readonly transactionId?: string;
}

/**
 * Of one purpose the profile with the highest stackLevel that has a period now (1.6 §3.13.2); on the same level one
 * for this EVSE comes before one for all (§3.13.1).
 */
function prevailing(
  candidates: readonly InstalledProfile[],
  s: Subject,
  now: number,
): Until<Cap | undefined> {
  const ranked = [...candidates].sort(
    (a, b) => b.profile.stackLevel - a.profile.stackLevel || b.evseId - a.evseId,
  );
  let until = NEVER;
  for (const candidate of ranked) {
    const at = periodAt(candidate, now, s.chargingStart);
    until = Math.min(until, at.until);
    if (at.value !== undefined)
      return { value: capOf(candidate.profile.chargingSchedule, at.value, s.supply), until };
  }
  return { value: undefined, until };
}

/** What the transaction's profiles allow: TxProfile overrules TxDefaultProfile where it says something (§3.13.1). */
export function transactionCap(installed: readonly InstalledProfile[], s: Subject, now: number): Until<Cap> {
  const own = prevailing(
    installed.filter(
      ({ evseId, profile: p }) =>
        p.chargingProfilePurpose === "TxProfile" &&
        evseId === s.evseId &&
        p.transactionId === s.transactionId,
    ),
    s,
    now,
  );
  if (own.value !== undefined) return { value: own.value, until: own.until };
  const usual = prevailing(
    installed.filter(
      ({ evseId, profile: p }) =>
        p.chargingProfilePurpose === "TxDefaultProfile" && (evseId === 0 || evseId === s.evseId),
    ),
    s,
    now,
  );
  return { value: usual.value ?? noCap, until: Math.min(own.until, usual.until) };
}

/** What all EVSEs together may draw. */
export function stationCap(installed: readonly InstalledProfile[], supply: Supply, now: number): Until<Cap> {
  const max = installed.filter((i) => i.profile.chargingProfilePurpose === "ChargingStationMaxProfile");
  const at = prevailing(max, { evseId: 0, supply, chargingStart: now }, now);
  return { value: at.value ?? noCap, until: at.until };
}

/** Both hold, until either changes. */
export function bothAt(a: Until<Cap>, b: Until<Cap>): Until<Cap> {
  return { value: both(a.value, b.value), until: Math.min(a.until, b.until) };
}

/** Borders that one composite schedule looks at; with more of them it ends early. */
const MAX_BORDERS = 2000;

/**
 * Follows `at` from one border to the next and joins what is alike. At most `maxPeriods` periods: `covered` says how
 * many seconds they describe.
 */
export function compose<T>(
  at: (moment: number) => Until<T>,
  same: (a: T, b: T) => boolean,
  span: { readonly from: number; readonly seconds: number; readonly maxPeriods: number },
): {
  readonly periods: readonly { readonly startPeriod: number; readonly value: T }[];
  readonly covered: number;
} {
  const periods: { startPeriod: number; value: T }[] = [];
  const end = span.from + span.seconds * 1000;
  let now = span.from;
  for (let borders = 0; now < end && borders < MAX_BORDERS; borders++) {
    const { value, until } = at(now);
    const last = periods.at(-1);
    if (last === undefined || !same(last.value, value)) {
      if (periods.length === span.maxPeriods) break;
      periods.push({ startPeriod: Math.round((now - span.from) / 1000), value });
    }
    now = Math.min(end, Math.max(until, now + 1));
  }
  return { periods, covered: Math.floor((now - span.from) / 1000) };
}

function moment(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}
