import type { Clock } from "../../util/clock.ts";

/** Resolves at a time, ms; rejects with the signal's reason when it fires before. No timer is left behind. */
export function waitUntil(clock: Clock, at: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: unknown;
    const stop = (): void => {
      clock.clearTimeout(timer);
      reject(signal.reason);
    };
    // A long wait takes several timers: they have a limit.
    const look = (): void => {
      const left = at - clock.now();
      if (left > 0) {
        timer = clock.setTimeout(look, left);
        return;
      }
      signal.removeEventListener("abort", stop);
      resolve();
    };
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    signal.addEventListener("abort", stop);
    look();
  });
}
