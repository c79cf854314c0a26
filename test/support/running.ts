import type { Config } from "../../src/app/config.ts";
import { resolveConfig } from "../../src/app/config.ts";
import type { RunningStation, StartStation } from "../../src/app/running.ts";
import type { Journal } from "../../src/journal/types.ts";
import type { Fact, FactSink } from "../../src/station/facts.ts";
import { RecordingControl } from "./control.ts";
import { fact } from "./facts.ts";

const emptyJournal: Journal = {
  append: () => {},
  query: () => [],
  subscribe: () => () => {},
  flush: () => {},
  close: () => {},
};

/** A station that does nothing by itself: the test says which facts happen and when it ends. */
export class FakeStation implements RunningStation {
  readonly control = new RecordingControl();
  readonly journal = emptyJournal;
  readonly knownCard = "04A2241BC85E80";
  readonly summary = {
    id: "CP001",
    ocpp: "1.6, 2.0.1",
    model: "Generic AC",
    csms: "ws://127.0.0.1:9000/ocpp",
    builtIn: true,
    readers: [{ name: "virtual", why: "nothing is plugged in" }],
    buzzers: ["bell"],
    notes: [] as string[],
    data: "/data",
  };
  readonly stopped: Promise<void>;
  stops = 0;
  /** Facts of the start-up itself: by default it is accepted at once. */
  early: Fact[] = [fact({ kind: "registration", status: "Accepted", interval: 300 })];
  hear: FactSink = () => {};
  fail: (e: Error) => void = () => {};

  constructor() {
    this.stopped = new Promise((_, reject) => {
      this.fail = reject;
    });
    this.stopped.catch(() => {});
  }

  readonly start: StartStation = async (_config, hear) => {
    if (hear !== undefined) this.hear = hear;
    for (const early of this.early) this.hear(early);
    return this;
  };

  onFact = (): (() => void) => () => {};

  stop = async (): Promise<void> => {
    this.stops++;
  };
}

/** The program's settings with these flags. */
export const configOf = async (flags: Record<string, unknown> = {}): Promise<Config> =>
  (await resolveConfig({ flags, env: { XDG_STATE_HOME: "/nowhere" }, cwd: "/" })).config;
