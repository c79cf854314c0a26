import type { Config } from "../app/config.ts";
import type { RunningStation, StartStation } from "../app/running.ts";
import type { Fact } from "../station/facts.ts";
import { controlLines } from "./control-lines.ts";
import { type Face, jsonFace, plainFace } from "./face.ts";
import type { Io } from "./io.ts";

/** Which face fits: JSON when asked for, a terminal where there is one and its keys are free, else plain lines. */
async function faceFor(io: Io, config: Config): Promise<Face> {
  const control = config.control !== undefined;
  if (config.json) return jsonFace(io, control);
  if (control || io.stdin.isTTY !== true || io.stdout.isTTY !== true) return plainFace(io, control);
  const { TerminalFace } = await import("./terminal/face.ts");
  return new TerminalFace(io);
}

/**
 * Puts a station up and stays with it until somebody stops it: a signal, the quit key or verb, the end of the
 * control lines, or the station itself. Resolves when everything is closed; rejects with what ended the station.
 */
export async function runSession(io: Io, config: Config, start: StartStation): Promise<void> {
  const face = await faceFor(io, config);
  const early: Fact[] = [];
  let hear = (fact: Fact): void => {
    early.push(fact);
  };
  const flush = (): void => {
    hear = (fact) => face.fact(fact);
    for (const fact of early.splice(0)) face.fact(fact);
  };
  let station: RunningStation;
  try {
    station = await start(config, (fact) => hear(fact));
  } catch (e) {
    flush();
    throw e;
  }
  try {
    if (io.signal.aborted) return;
    face.begin(station);
    flush();
    await ended(io, config, station, face);
  } finally {
    face.leave();
    await station.stop();
  }
}

async function ended(io: Io, config: Config, station: RunningStation, face: Face): Promise<void> {
  const reasons = [station.stopped, aborted(io.signal)];
  if (config.control !== undefined) {
    // Input that breaks off because the station stops is no error; what else breaks it, ends the station.
    reasons.push(
      controlLines(io.stdin, station.control, face).catch((e: unknown) => {
        if (!io.signal.aborted) throw e;
      }),
    );
  }
  try {
    await Promise.race(reasons);
  } finally {
    if (config.control !== undefined) io.stdin.destroy();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
