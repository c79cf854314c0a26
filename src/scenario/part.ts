import type { Bench } from "./bench.ts";

/** Where facts begin to count for expectations; branches that run side by side have their own. */
export interface Track {
  since: number;
  readonly part: Part;
}

/** Set-up and steps, or the tear-down. */
export interface Part {
  /** Rejects when it is given up: time-out, interruption. */
  readonly ended: Promise<never>;
  /** Why no step of it is begun any more. */
  over: Error | undefined;
}

/** No time passes meanwhile; when the part is given up, so is this. */
export function outside<T>(start: (signal: AbortSignal) => Promise<T>, bench: Bench, part: Part): Promise<T> {
  const stop = new AbortController();
  const ended = part.ended.catch((e) => {
    stop.abort();
    throw e;
  });
  return bench.hold(Promise.race([start(stop.signal), ended]));
}
