import { AppError } from "../util/errors.ts";

export { localTime } from "../util/local-time.ts";

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * A moment as people type it, as ISO 8601 in UTC: an ISO time (local without a zone), `10m` (that long ago; s, m, h,
 * d), `today`, `yesterday`, or `14:30` of today in local time.
 * @throws AppError `usage`
 */
export function parseMoment(text: string, now: number, what: string): string {
  const moment = millisOf(text.trim(), now);
  if (moment !== undefined && Math.abs(moment) <= 8.64e15) return new Date(moment).toISOString();
  throw new AppError("usage", `${what}: "${text}" is not a time`, {
    hint: "Write 10m, 2h or 1d (that long ago), today, yesterday, 14:30, or 2030-01-31 14:30:00 (local time; UTC with a Z behind it).",
  });
}

function millisOf(text: string, now: number): number | undefined {
  const ago = /^(\d{1,6})([smhd])$/.exec(text);
  if (ago !== null) return now - Number(ago[1]) * (UNITS[ago[2] ?? ""] ?? 0);
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  if (text === "today") return midnight;
  if (text === "yesterday") return new Date(midnight - 1).setHours(0, 0, 0, 0);
  const clock = /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(text);
  if (clock !== null)
    return new Date(now).setHours(Number(clock[1]), Number(clock[2]), Number(clock[3] ?? 0), 0);
  const iso = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(text);
  // A date alone would be read as UTC.
  const parsed = iso ? Date.parse(text.length === 10 ? `${text}T00:00` : text) : Number.NaN;
  return Number.isNaN(parsed) ? undefined : parsed;
}
