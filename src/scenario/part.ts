import type { JournalEntry } from "../journal/types.ts";
import type { Bench } from "./bench.ts";

/** Where facts begin to count for expectations; branches that run side by side have their own. */
export interface Track {
  since: number;
  /**
   * Set-up and steps, or the tear-down: aborted with an error when it is given up (time-out, interruption), and at the
   * latest when it has ended. Whatever waits in it waits by this.
   */
  readonly part: AbortSignal;
}

/** What `work` comes to, unless the part ends before. @throws the reason of its end */
export function whileOn<T>(part: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(part.reason);
    part.addEventListener("abort", end);
    if (part.aborted) end();
    void work.then(resolve, reject).finally(() => part.removeEventListener("abort", end));
  });
}

/**
 * Waits `ms` at most for a fact that `see` takes: true when it came. Without `see` the time just passes.
 * @throws the reason of the part's end, and what `see` throws
 */
export function waiting(
  { clock, journal }: Pick<Bench, "clock" | "journal">,
  part: AbortSignal,
  ms: number,
  see: (fact: JournalEntry) => boolean = () => false,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const settle = (how: () => void) => {
      clock.clearTimeout(timer);
      stop();
      part.removeEventListener("abort", end);
      how();
    };
    const end = () => settle(() => reject(part.reason));
    const timer = clock.setTimeout(() => settle(() => resolve(false)), ms);
    const stop = journal.subscribe((fact) => {
      try {
        if (see(fact)) settle(() => resolve(true));
      } catch (e) {
        settle(() => reject(e));
      }
    });
    part.addEventListener("abort", end);
    if (part.aborted) end();
  });
}

/** No time passes meanwhile; when the part ends, so does this. */
export function outside<T>(
  start: (signal: AbortSignal) => Promise<T>,
  bench: Bench,
  part: AbortSignal,
): Promise<T> {
  return bench.hold(whileOn(part, start(part)));
}
