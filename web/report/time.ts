import { durationText } from "../../src/report/durations.ts";

export { durationText, sinceText } from "../../src/report/durations.ts";

/** A tick's time: short, since the axis has little room. */
export function tickText(ms: number): string {
  if (ms === 0) return "0";
  if (ms < 60_000) return ms % 1000 === 0 || ms > 10_000 ? `${Math.round(ms / 1000)} s` : durationText(ms);
  const s = Math.floor(ms / 1000);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

/** A gap's length: to the second is enough. */
export const gapText = (ms: number): string =>
  ms < 60_000 ? `${Math.round(ms / 1000)} s` : durationText(ms);
