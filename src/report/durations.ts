/** A duration for a person: "7 ms", "1.24 s", "2 min 5 s", "3 h 20 min". */
export function durationText(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_995) return `${(ms / 1000).toFixed(ms < 9995 ? 2 : 1)} s`;
  const s = Math.round(ms / 1000);
  const [h, min, rest] = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60];
  const parts = h > 0 ? [`${h} h`, min > 0 ? `${min} min` : ""] : [`${min} min`, rest > 0 ? `${rest} s` : ""];
  return parts.filter((part) => part !== "").join(" ");
}

/** A moment as time since the scenario began: "+1.203 s", "+0:02:05.000"; the moment itself where that is unknown. */
export function sinceText(time: string, since: number | undefined): string {
  const ms = Date.parse(time) - (since ?? Number.NaN);
  if (Number.isNaN(ms)) return time;
  const sign = ms < 0 ? "-" : "+";
  const abs = Math.abs(ms);
  if (abs < 100_000) return `${sign}${(abs / 1000).toFixed(3)} s`;
  const s = Math.floor(abs / 1000);
  const clock = [Math.floor(s / 60) % 60, s % 60].map((n) => String(n).padStart(2, "0")).join(":");
  return `${sign}${Math.floor(s / 3600)}:${clock}.${String(abs % 1000).padStart(3, "0")}`;
}
