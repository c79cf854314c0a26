import { readdirSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { createStation } from "../../src/index.ts";
import type { Fact } from "../../src/station/facts.ts";
import { SimulatedClock } from "../../src/util/clock.ts";
import { until } from "../contracts/until.ts";
import { Pty } from "./pty.ts";

/** What a process holds. */
export interface Holdings {
  readonly heapBytes: number;
  readonly files: number;
  readonly handles: number;
  readonly timers: number;
}

export interface SoakResult {
  /** When the first tenth of the taps was over, and at the end. */
  readonly early: Holdings;
  readonly late: Holdings;
  readonly counts: Readonly<Record<string, number>>;
  /** From the last byte that the reader sent to the read signal, milliseconds of real time. */
  readonly signalMs: Float64Array;
}

const DAY_MS = 24 * 3600 * 1000;
/** Cards of a day at a station. */
const CARDS = 500;

/** What an RDM6300 says: STX, version, number and their exclusive or in hex, ETX. */
function rdm6300(n: number): string {
  const bytes = [0x0f, (n >> 24) & 0xff, (n >> 16) & 0xff, (n >> 8) & 0xff, n & 0xff];
  const sum = bytes.reduce((a, b) => a ^ b, 0);
  return `\x02${[...bytes, sum].map((b) => b.toString(16).padStart(2, "0").toUpperCase()).join("")}\x03`;
}

/** Collects garbage now, so that what is left is held. */
function collect(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}

function holdings(clock: SimulatedClock): Holdings {
  collect();
  return {
    heapBytes: process.memoryUsage().heapUsed,
    files: readdirSync("/proc/self/fd").length,
    handles: process.getActiveResourcesInfo().filter((name) => name !== "Timeout").length,
    timers: clock.pending,
  };
}

/**
 * A day of taps in simulated time: a serial reader on a pseudo-terminal, a station, and a central system that refuses
 * all cards. The reader is unplugged and plugged in again ten times.
 */
export async function soak(csms: string, taps: number): Promise<SoakResult> {
  const clock = new SimulatedClock();
  const pty = await Pty.plugged();
  const station = await createStation({
    csms,
    id: "SOAK",
    clock,
    readers: [`serial:${pty.path}?definition=rdm6300`],
  });
  const counts: Record<string, number> = {};
  let heard: (fact: Fact) => void = () => {};
  station.onFact((fact) => {
    const name =
      fact.kind === "card" ? `card ${fact.event}` : fact.kind === "reader" ? `reader ${fact.state}` : "";
    if (name !== "") counts[name] = (counts[name] ?? 0) + 1;
    heard(fact);
  });
  const next = (is: (fact: Fact) => boolean): Promise<Fact> =>
    new Promise((resolve) => {
      heard = (fact) => is(fact) && resolve(fact);
    });
  /** Lets simulated time go by until it is so: the driver looks after its port by the clock. */
  const passes = async (fact: Promise<Fact>): Promise<void> => {
    let over = false;
    void fact.then(() => {
      over = true;
    });
    for (let rounds = 0; !over; rounds++) {
      if (rounds > 10_000) throw new Error(`the reader did not come or go: ${JSON.stringify(counts)}`);
      await clock.advance(1000);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  };
  await station.online();
  await until(
    () => "the reader",
    () => station.status().readers.every((r) => r.ready),
  );
  const signalMs = new Float64Array(taps);
  let early: Holdings | undefined;
  for (let n = 0; n < taps; n++) {
    let began = 0;
    const verdict = next((fact) => {
      if (fact.kind === "signal" && fact.signal === "read") signalMs[n] = performance.now() - began;
      return fact.kind === "verdict";
    });
    began = performance.now();
    await pty.send(rdm6300(n % CARDS));
    await verdict;
    await clock.advance(Math.ceil(DAY_MS / 100_000));
    if ((n + 1) % Math.ceil(taps / 10) === 0) {
      const lost = next((fact) => fact.kind === "reader" && fact.state === "lost");
      await pty.unplug();
      await passes(lost);
      const back = next((fact) => fact.kind === "reader" && fact.state === "ready");
      await pty.plug();
      await passes(back);
      early ??= holdings(clock);
    }
  }
  const late = holdings(clock);
  await station.stop();
  await pty.dispose();
  return { early: early ?? late, late, counts, signalMs };
}
