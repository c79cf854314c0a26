import { StepProblem } from "./problem.ts";
import type { Known } from "./step.ts";
import { turned } from "./turned.ts";

/* Quantities as people write them. Each has its unit, so that nobody has to guess. */

type Path = readonly (string | number)[];
type Units = Readonly<Record<string, number>>;

const TIME: Units = { ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };
/** A hundred years. */
const LONGEST_MS = 36_525 * 86_400_000;
const ENERGY: Units = { Wh: 1, kWh: 1000 };
const POWER: Units = { W: 1, kW: 1000 };

function quantity(path: Path, value: unknown, units: Units, what: string, example: string): number {
  const m = /^([+-]?\d+(?:\.\d+)?)\s*([A-Za-z]+)$/.exec(String(value).trim());
  const unit = Object.keys(units).find((u) => u.toLowerCase() === m?.[2]?.toLowerCase());
  if (m !== null && unit !== undefined) return Number(m[1]) * (units[unit] ?? 1);
  const bare = typeof value === "number" || /^[+-]?[\d.]+$/.test(String(value));
  throw new StepProblem(
    path,
    bare ? `${String(value)} has no unit` : `"${String(value)}" is no ${what}`,
    `Write it with ${Object.keys(units).join(", ")}: ${example}.`,
  );
}

/** "5 s", "200 ms", "2 min", "1 h", "1 d" in milliseconds. @throws StepProblem */
export function duration(path: Path, value: unknown): number {
  const ms = signedDuration(path, value);
  if (ms >= 0) return ms;
  throw new StepProblem(path, `"${String(value)}" is before now`, "Time only passes: write a duration, 5 s.");
}

/** As duration, with a sign: "-1 h". @throws StepProblem */
export function signedDuration(path: Path, value: unknown): number {
  const ms = quantity(path, value, TIME, "duration", "5 s");
  if (Math.abs(ms) <= LONGEST_MS) return ms;
  throw new StepProblem(
    path,
    `${String(value)} is too long`,
    `Up to ${durationText(LONGEST_MS)} can be said.`,
  );
}

/** "5 kWh" in Wh. @throws StepProblem */
export function energy(path: Path, value: unknown): number {
  const wh = quantity(path, value, ENERGY, "energy", "5 kWh");
  if (wh >= 0) return wh;
  throw new StepProblem(path, `"${String(value)}" is below 0`, "A meter only counts up: write 5 kWh.");
}

/** "7.4 kW" in W. @throws StepProblem */
export const power = (path: Path, value: unknown): number => quantity(path, value, POWER, "power", "7.4 kW");

/** "10 %" as 0.1. @throws StepProblem */
export function share(path: Path, value: unknown): number {
  const m = /^(\d+(?:\.\d+)?)\s*%$/.exec(String(value).trim());
  const part = m === null ? Number.NaN : Number(m[1]) / 100;
  if (part >= 0 && part <= 1) return part;
  throw new StepProblem(path, `"${String(value)}" is no share`, "Write it from 0 % to 100 %: 10 %.");
}

/** true or false, also as a variable's text; undefined is false. @throws StepProblem */
export function truth(path: Path, value: unknown): boolean {
  const found = { true: true, false: false, undefined: false }[String(value)];
  if (found !== undefined) return found;
  throw new StepProblem(path, `"${String(value)}" is neither true nor false`, "Write true or false.");
}

/** A moment in ISO 8601, as it is written. @throws StepProblem */
export function moment(path: Path, value: unknown): string {
  const text = String(value);
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw new StepProblem(path, `"${text}" is no moment`, "Write it in ISO 8601: 2030-01-01T00:00:00Z.");
}

/** More is a slip. */
const WHOLE_MAX = 999_999_999;

/** A whole number from `min`. @throws StepProblem */
export function whole(path: Path, value: unknown, min: number, what: string): number {
  const n = /^\d+$/.test(String(turned(value, "integer"))) ? Number(value) : Number.NaN;
  if (n >= min && n <= WHOLE_MAX) return n;
  const range = n > WHOLE_MAX ? `${min} to ${WHOLE_MAX}` : `${min}`;
  throw new StepProblem(path, `"${String(value)}" is no ${what}`, `Write a whole number from ${range}.`);
}

/** An EVSE of the station; with `min` 0 also the station as a whole. @throws StepProblem */
export function evseOf(path: Path, value: unknown, known: Pick<Known, "evses">, min: 0 | 1 = 1): number {
  const evse = whole(path, value, min, "EVSE");
  // Every station has one: its model need not be read.
  const there = evse <= 1 ? undefined : known.evses?.();
  if (there === undefined || evse <= there) return evse;
  throw new StepProblem(
    path,
    `there is no EVSE ${evse}`,
    `This station has ${there}; for more write station: { evses: ${evse} }.`,
  );
}

/** Milliseconds as a person reads them. */
export function durationText(ms: number): string {
  for (const [unit, size] of Object.entries(TIME).reverse()) {
    if (ms >= size && ms % (size / (size === 1 ? 1 : 10)) === 0) return `${ms / size} ${unit}`;
  }
  return `${ms} ms`;
}
