import { expect } from "vitest";
import { assembleStation } from "../../src/app/assemble.ts";
import type { CredentialOptions } from "../../src/app/credentials.ts";
import { JournalLogs } from "../../src/app/journal-logs.ts";
import { definitionOf, loadDefinitions, type StationDefinition } from "../../src/drivers/definitions.ts";
import { openJournal } from "../../src/journal/journal.ts";
import type { Dialect } from "../../src/ocpp/dialect.ts";
import type { OcppVersion } from "../../src/ocpp/rpc/types.ts";
import { loadDialects } from "../../src/ocpp/versions.ts";
import type { Fact, FactKind } from "../../src/station/facts.ts";
import { standardTable } from "../../src/station/settings.ts";
import { memoryStore } from "../../src/store/memory.ts";
import type { Files } from "../../src/transfer/files.ts";
import { SimulatedClock } from "../../src/util/clock.ts";
import { until } from "../support/ws-server.ts";
import { type Payload, type Reply, ScriptedCentral } from "./central.ts";

/** Three cards: idTag and UID are the same text. */
export const CARD = "04A2241BC85E80";
export const OTHER = "04B3352CD96F91";
export const THIRD = "04C4463DEA7FA2";

/** Any number of others. */
export const cardNo = (n: number): string => `04${n.toString(16).padStart(12, "0")}`.toUpperCase();

export interface RigOptions {
  readonly ocpp?: OcppVersion;
  /** Settings by 1.6 key or 2.0.1 name. */
  readonly keys?: Readonly<Record<string, string | number | boolean>>;
  readonly connectors?: number;
  /** Id of a definition in devices/stations. */
  readonly model?: string;
  /** What the central system answers from the first message on. */
  readonly answers?: Readonly<Record<string, Reply>>;
  /** The row watches the boot itself: nothing is read yet, and the answer to BootNotification is its own. */
  readonly watchBoot?: boolean;
  /** What the station identifies itself with. */
  readonly credentials?: Omit<CredentialOptions, "csms">;
  /** Moves files for real; the rig comes to rest when they have. */
  readonly files?: Files & { rest(): Promise<void> };
  /** The row says itself what it thinks of messages that break their schema. */
  readonly mayComplain?: boolean;
}

const accepted = { status: "Accepted" } as const;
const noEnd = 86_400;

/** A central system that has nothing to object. */
function kindAnswers(now: () => string): Record<OcppVersion, Record<string, Reply>> {
  let transactions = 0;
  const BootNotification = () => ({ ...accepted, interval: noEnd, currentTime: now() });
  const Heartbeat = () => ({ currentTime: now() });
  const DataTransfer = accepted;
  return {
    "1.6": {
      BootNotification,
      Heartbeat,
      DataTransfer,
      Authorize: { idTagInfo: accepted },
      StartTransaction: () => ({ transactionId: ++transactions, idTagInfo: accepted }),
    },
    "2.0.1": { BootNotification, Heartbeat, DataTransfer, Authorize: { idTokenInfo: accepted } },
  };
}

interface Loaded {
  readonly models: Awaited<ReturnType<typeof loadDefinitions>>;
  readonly dialects: Record<OcppVersion, readonly Dialect[]>;
}
let loaded: Promise<Loaded> | undefined;

async function load(): Promise<Loaded> {
  return {
    models: await loadDefinitions(),
    dialects: { "1.6": await loadDialects(["1.6"]), "2.0.1": await loadDialects(["2.0.1"]) },
  };
}

/** A whole station, as users get it, before a central system that a row programs, on a clock that a row moves. */
export class Rig {
  readonly clock = new SimulatedClock("2030-01-01T10:00:00.000Z");
  readonly store = memoryStore();
  readonly facts: Fact[] = [];
  readonly central: ScriptedCentral;
  readonly station: StationHands;
  readonly #host: ReturnType<typeof assembleStation>["host"];
  readonly #files: RigOptions["files"];

  private constructor(central: ScriptedCentral, o: RigOptions, { models, dialects }: Loaded) {
    this.central = central;
    this.#files = o.files;
    const journal = openJournal({ clock: this.clock });
    const model = definitionOf(models, "stations", o.model ?? "generic-ac");
    this.#host = assembleStation({
      id: "CP001",
      csms: central.url,
      dialects: dialects[o.ocpp ?? "1.6"],
      model: withConnectors(model, o.connectors),
      store: this.store,
      clock: this.clock,
      hear: (fact) => {
        this.facts.push(fact);
        journal.append(fact);
      },
      ...o.credentials,
      ...(o.files === undefined ? {} : { files: o.files }),
      logs: new JournalLogs(journal, "CP001"),
      settings: named(o.keys ?? {}),
      retapMs: 0,
      random: () => 0,
    }).host;
    this.station = new StationHands(this, this.#host);
  }

  static async start(o: RigOptions = {}): Promise<Rig> {
    loaded ??= load();
    const parts = await loaded;
    let rig: Rig | undefined;
    const now = () => rig?.clock.now() ?? 0;
    const central = await ScriptedCentral.start({ now, idle: async () => rig?.idle() });
    rig = new Rig(central, o, parts);
    const kind = kindAnswers(() => new Date(now()).toISOString())[o.ocpp ?? "1.6"];
    for (const [action, reply] of Object.entries({ ...kind, ...o.answers })) central.answer(action, reply);
    rig.#host.station.start();
    await central.settle();
    if (o.watchBoot === true) return rig;
    expect(rig.#host.status().online, "the station is registered").toBe(true);
    central.skip();
    return rig;
  }

  /** Lets time go by, one timer after the other, and the wire come to rest after each. */
  pass = async (seconds: number): Promise<void> => {
    const end = this.clock.now() + seconds * 1000;
    await this.central.settle();
    for (let next = this.clock.nextAt; next !== undefined && next <= end; next = this.clock.nextAt) {
      await this.clock.advance(next - this.clock.now());
      await this.central.settle();
    }
    await this.clock.advance(end - this.clock.now());
    await this.central.settle();
  };

  of<K extends FactKind>(kind: K): Extract<Fact, { kind: K }>[] {
    return this.facts.filter((f): f is Extract<Fact, { kind: K }> => f.kind === kind);
  }

  /** What the central system says from afar becomes true for the station only after its connection stands. */
  async idle(): Promise<void> {
    await this.clock.advance(0);
    await this.#files?.rest();
    const last = this.of("link").at(-1);
    if (last?.state === "connecting" && this.station.powered)
      await until("the connection", () => this.of("link").at(-1) !== last);
  }

  /** What the row did not ask for must not have come, and nothing may have broken the schema. */
  async finish(o: RigOptions): Promise<void> {
    await this.central.nothing();
    const problems = this.of("frame").flatMap((f) => (f.problem === undefined ? [] : [f.problem]));
    if (o.mayComplain !== true) expect(problems).toEqual([]);
  }

  async close(): Promise<void> {
    this.central.breakOff();
    await this.#host.close();
    await this.central.close();
  }
}

/** What hands, cards and cables do to the station. */
export class StationHands {
  readonly #rig: Rig;
  readonly #host: ReturnType<typeof assembleStation>["host"];

  constructor(rig: Rig, host: ReturnType<typeof assembleStation>["host"]) {
    this.#rig = rig;
    this.#host = host;
  }

  get security() {
    return this.#host.station.kit.security;
  }

  get powered(): boolean {
    return this.#host.station.powered;
  }

  status() {
    return this.#host.status();
  }

  /** The signals that a person heard so far. */
  get signals(): string[] {
    return this.#rig.of("signal").map((s) => s.signal);
  }

  /** Taps a card and gives the verdict: "accepted by csms", "rejected by list: Blocked", "undecided", "ignored". */
  async tap(card: string): Promise<string> {
    let said = "undecided";
    // Held and taken away at once: the reader is free for the next card, also while this one is being asked about.
    const verdict = this.#host.hold(card);
    await this.#host.remove();
    void verdict.then((v) => {
      if (v === undefined) said = "ignored";
      else said = `${v.outcome} by ${v.by}${v.outcome === "accepted" ? "" : `: ${v.status}`}`;
    });
    await this.#rig.central.settle();
    return said;
  }

  /** The verdict on the last tap, when it came later. */
  get verdict(): string | undefined {
    const v = this.#rig.of("verdict").at(-1);
    return v === undefined ? undefined : `${v.outcome} by ${v.by}`;
  }

  plug(connectorId = 1): Promise<void> {
    return this.#then(this.#host.plug(connectorId));
  }

  unplug(connectorId = 1): Promise<void> {
    return this.#then(this.#host.unplug(connectorId));
  }

  fault(connectorId: number, errorCode: string): Promise<void> {
    return this.#then(this.#host.fault(connectorId, errorCode));
  }

  clear(connectorId: number): Promise<void> {
    return this.#then(this.#host.clear(connectorId));
  }

  meter(connectorId: number, wh: number): Promise<void> {
    return this.#then(this.#host.meter(connectorId, wh));
  }

  power(state: "cut" | "restore"): Promise<void> {
    return this.#then(this.#host.power(state));
  }

  /** The socket's lock fails, or works again. */
  lock(state: "jam" | "free", connectorId = 1): Promise<void> {
    return this.#then(this.#host.lock(connectorId, state));
  }

  /** A person sends DataTransfer. */
  async transfer(vendorId: string, messageId?: string, data?: unknown) {
    const answer = this.#host.dataTransfer(vendorId, messageId, data);
    answer.catch(() => {});
    await this.#rig.central.settle();
    return answer;
  }

  /** The network goes without a word. */
  offline(): Promise<void> {
    return this.#then(this.#host.network("down"));
  }

  online(): Promise<void> {
    return this.#then(this.#host.network("up"));
  }

  /** A session in a line: cable in, card accepted. */
  async charge(card = CARD, connectorId = 1): Promise<void> {
    await this.plug(connectorId);
    expect(await this.tap(card)).toMatch(/^accepted/);
  }

  async #then(work: Promise<void>): Promise<void> {
    await work;
    await this.#rig.central.settle();
  }
}

function withConnectors(model: StationDefinition, count: number | undefined): StationDefinition {
  return count === undefined ? model : { ...model, evses: { ...model.evses, count } };
}

function named(keys: NonNullable<RigOptions["keys"]>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(keys).map(([key, value]) => {
      const row = standardTable.row(key);
      if (row === undefined) throw new Error(`no key ${key}`);
      return [row.name, String(value)];
    }),
  );
}

/** A list entry of 1.6, shorter. */
export const entry = (idTag: string, status?: string, more: object = {}): Payload =>
  status === undefined ? { idTag } : { idTag, idTagInfo: { status, ...more } };

/** idTagInfo of 1.6 as an answer. */
export const tagInfo = (status: string, more: object = {}): Payload => ({ idTagInfo: { status, ...more } });
