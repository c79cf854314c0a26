import { AppError } from "../util/errors.ts";
import type { Bench } from "./bench.ts";
import { durationText } from "./units.ts";

/**
 * Resolves when the station is registered.
 * @throws AppError `csms.unreachable`, or `state.conflict` when the other side is the built-in one
 */
export function online(bench: Bench, patience: number): Promise<void> {
  if (bench.control.status().online) return Promise.resolve();
  const { clock, journal } = bench;
  return new Promise((resolve, reject) => {
    const stop = journal.subscribe((fact) => {
      if (fact.kind !== "registration" || fact.status !== "Accepted") return;
      clock.clearTimeout(timer);
      stop();
      resolve();
    });
    const timer = clock.setTimeout(() => {
      stop();
      const why = journal.query({ kinds: ["link"], last: 1 })[0];
      const said = why?.kind === "link" && why.why !== undefined ? `: ${why.why}` : "";
      const hint =
        why?.kind === "link" && why.hint !== undefined
          ? why.hint
          : "If it is not meant to, write station: {begins: powered}.";
      reject(
        new AppError(
          bench.central === undefined ? "csms.unreachable" : "state.conflict",
          `The station was not registered within ${durationText(patience)}${said}`,
          { hint },
        ),
      );
    }, patience);
  });
}
