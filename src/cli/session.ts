import type { Config } from "../app/config.ts";
import type { RunningStation, StartStation } from "../app/running.ts";
import { stationVerbs } from "../app/verbs.ts";
import { Narrator } from "../journal/lines/narrator.ts";
import type { Fact } from "../station/facts.ts";
import { Emitter } from "../util/emitter.ts";
import type { AppError } from "../util/errors.ts";
import { controlLines } from "./control-lines.ts";
import { type Face, jsonFace, plainFace, stationIntro } from "./face.ts";
import type { Io } from "./io.ts";
import { failedLines, Missed } from "./missed.ts";

/** How long the end of the control lines waits for transaction messages to be sent; they are durable anyway. */
const DRAIN_MS = 5000;

/** Which face fits: JSON when asked for, a terminal where there is one and its keys are free, else plain lines. */
async function faceFor(io: Io, config: Config): Promise<Face> {
  const control = config.control !== undefined;
  const introduce = stationIntro(control);
  if (config.json) return jsonFace(io, introduce);
  if (control || typedCards(config) || io.stdin.isTTY !== true || io.stdout.isTTY !== true)
    return plainFace(io, introduce, ({ summary }) => new Narrator(summary.id));
  const { TerminalFace } = await import("./terminal/face.ts");
  return new TerminalFace(io);
}

/** Do cards come as keys of standard input? Then those are no commands. */
const typedCards = (config: Config): boolean =>
  config.readers?.some((reader) => /^wedge:-(\?|$)/.test(reader)) === true;

/**
 * Puts a station up and stays with it until somebody stops it: a signal, the quit key or verb, the end of the
 * control lines, or the station itself. Resolves when everything is closed; rejects with what ended the station.
 */
export async function runSession(io: Io, config: Config, start: StartStation): Promise<void> {
  const face = await faceFor(io, config);
  const facts = new Emitter<Fact>();
  const early: Fact[] = [];
  let hear = (fact: Fact): void => {
    early.push(fact);
  };
  const problems: AppError[] = [];
  let tell = (problem: AppError): void => void problems.push(problem);
  const flush = (): void => {
    tell = (problem) => face.error(problem);
    for (const problem of problems.splice(0)) face.error(problem);
    hear = (fact) => face.fact(fact);
    for (const fact of early.splice(0)) face.fact(fact);
  };
  const settled = heard(facts, isSettled);
  const missed = new Missed();
  facts.on((fact) => missed.hear(fact));
  const over = new AbortController();
  let station: RunningStation;
  try {
    station = await start(
      config,
      (fact) => {
        hear(fact);
        facts.emit(fact);
      },
      (problem) => tell(problem),
    );
  } catch (e) {
    flush();
    throw e;
  }
  try {
    if (io.signal.aborted) return;
    face.begin(station);
    flush();
    const ends = [station.stopped, aborted(io.signal)];
    const scripted = async () => {
      const failed = await controlled(io, station, face, facts, settled, over.signal);
      if (io.signal.aborted) return;
      const error = missed.error(config, station.control.status()) ?? failedLines(failed);
      if (error !== undefined) throw error;
    };
    if (config.control !== undefined) ends.push(scripted());
    await Promise.race(ends);
  } finally {
    over.abort();
    if (config.control !== undefined) io.stdin.destroy();
    face.leave();
    await station.stop();
  }
}

/**
 * Does the verbs of standard input. The first one waits until the central system has answered or cannot be had, so
 * that `printf 'tap …' | tapstation start --control -` does not race with the start; after the last one, the
 * messages about transactions that still wait are sent while there is a connection. Resolves with the numbers of the
 * lines that could not be done.
 */
async function controlled(
  io: Io,
  { control }: RunningStation,
  face: Face,
  facts: Emitter<Fact>,
  settled: Promise<void>,
  signal: AbortSignal,
): Promise<number[]> {
  await settled;
  let failed: number[];
  try {
    failed = await controlLines(io.stdin, stationVerbs, control, face, signal);
  } catch (e) {
    // Input that breaks off because the program stops is no error.
    if (io.signal.aborted) return [];
    throw e;
  }
  const enough = AbortSignal.timeout(DRAIN_MS);
  while (!enough.aborted && control.status().online && control.status().queued > 0) {
    await Promise.race([heard(facts, () => true), aborted(enough)]);
  }
  return failed;
}

/** Has the central system answered to BootNotification, or is there none to be had? */
export function isSettled(fact: Fact): boolean {
  if (fact.source !== "station") return false;
  if (fact.kind === "registration") return fact.status !== "none";
  if (fact.kind === "link") return fact.state === "disconnected" || fact.state === "refused";
  return fact.kind === "fault" && fact.what === "BootNotification" && fact.state === "raised";
}

/** Resolves with the next fact of that sort. */
export function heard(facts: Emitter<Fact>, is: (fact: Fact) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const off = facts.on((fact) => {
      if (!is(fact)) return;
      off();
      resolve();
    });
  });
}

/** Resolves when the signal is aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
