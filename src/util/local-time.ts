const pad = (n: number, width: number = 2): string => String(n).padStart(width, "0");

/** A time for people: local date and time with milliseconds, in a form that the command line reads back. */
export function localTime(time: string | number): string {
  const t = new Date(time);
  const day = [t.getFullYear(), pad(t.getMonth() + 1), pad(t.getDate())].join("-");
  const clock = [t.getHours(), t.getMinutes(), t.getSeconds()].map((n) => pad(n)).join(":");
  return `${day} ${clock}.${pad(t.getMilliseconds(), 3)}`;
}
