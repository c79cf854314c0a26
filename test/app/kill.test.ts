import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { dataFiles } from "../../src/app/paths.ts";
import type { Fact } from "../../src/station/facts.ts";
import type { Store } from "../../src/station/ports.ts";
import type { TransactionRecord } from "../../src/station/transaction.ts";
import { openStationStore } from "../../src/store/station-store.ts";
import { Adversary, seeded } from "../support/adversary.ts";
import { Bin } from "../support/bin.ts";

/**
 * The real program, killed at any instant, over and over, with a central system that is slow, forgets to answer and
 * hangs up. TAPSTATION_KILL_ROUNDS is the number of lives for each version, TAPSTATION_KILL_SEED repeats a run's plan.
 */

const ROUNDS = Number(process.env.TAPSTATION_KILL_ROUNDS ?? 12);
const SEED = Number(process.env.TAPSTATION_KILL_SEED ?? 2030);
const CARDS = Array.from({ length: 12 }, (_, i) => `04A2241BC85E${(16 + i).toString(16).toUpperCase()}`);
const LISTED = Array.from({ length: 40 }, (_, i) => `11${String(i).padStart(6, "0")}`);
const INTERVAL = "SampledDataCtrlr.TxUpdatedInterval";

type Transaction = Extract<Fact, { kind: "transaction" }>;
type Random = () => number;

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
const delay = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** What was sent and may or may not have been done when the station died; the last that was answered was. */
class Told<T> {
  readonly possible: T[];
  constructor(first: T) {
    this.possible = [first];
  }
  async tell(value: T, send: () => Promise<boolean | undefined>): Promise<void> {
    this.possible.push(value);
    const done = await send();
    if (done === true) this.possible.splice(0, this.possible.length, value);
    else if (done === false) this.possible.pop();
  }
  /** Looked at while the station was dead: from now on that is how it stands. */
  found(value: T, what: string): void {
    expect(this.possible, what).toContainEqual(value);
    this.possible.splice(0, this.possible.length, value);
  }
}

/** The tokens that version n of the list has, when every update sets all of them anew. */
const tokensOf = (version: number) => LISTED.slice(0, 10 + ((version * 7) % 30));

/** The limit of the one charging profile there is; 0: none. */
function ampsOf({ names, get }: Store["values"]): number {
  const [profile] = names("charging.").map((name) => JSON.stringify(get(name)));
  return Number(/"limit":(\d+)/.exec(profile ?? "")?.[1] ?? 0);
}

class Trial {
  readonly central: Adversary;
  readonly random: Random;
  readonly data = mkdtempSync(path.join(tmpdir(), "tapstation-kill-"));
  readonly #version: "1.6" | "2.0.1";
  readonly #list = new Told(0);
  readonly #interval = new Told("60");
  readonly #inoperative = new Told(false);
  readonly #reserved = new Told(false);
  readonly #amps = new Told(0);
  /** From all lives, in order; `life` is which. */
  readonly facts: { life: number; fact: Fact }[] = [];
  readonly #cached = new Set<string>();
  /** Transactions that stood open on record when the station died. */
  readonly interrupted = new Set<string>();
  bin: Bin | undefined;
  #read = 0;
  #nextList = 0;

  constructor(version: "1.6" | "2.0.1", random: Random, central: Adversary) {
    this.#version = version;
    this.random = random;
    this.central = central;
    this.#withStore((store) => {
      const settings = {
        "AuthCtrlr.OfflineTxForUnknownIdEnabled": "true",
        "OCPPCommCtrlr.MessageTimeout[Default]": "1",
        "OCPPCommCtrlr.MessageAttempts[TransactionEvent]": "1000000",
        "OCPPCommCtrlr.MessageAttemptInterval[TransactionEvent]": "0",
        "OCPPCommCtrlr.RetryBackOffWaitMinimum": "0",
        "OCPPCommCtrlr.RetryBackOffRandomRange": "0",
      };
      for (const [name, value] of Object.entries(settings)) store.values.set(`setting.${name}`, value);
    });
  }

  start(): Bin {
    this.central.life++;
    this.#read = 0;
    const args = [
      "--csms",
      this.central.server.url,
      "--id",
      "KILL",
      "--ocpp",
      this.#version,
      "--data",
      this.data,
    ];
    const fixed = [
      "--model",
      "generic-dc",
      "--reader",
      "virtual",
      "--buzzer",
      "none",
      "--control",
      "-",
      "--json",
    ];
    this.bin = new Bin(["start", ...args, ...fixed]);
    this.bin.process.stdout.on("data", () => this.central.onFrame());
    return this.bin;
  }

  /** Takes in what the station has said since the last time. */
  read(): void {
    const { stdout } = this.bin as Bin;
    const end = stdout.lastIndexOf("\n") + 1;
    for (const line of stdout.slice(this.#read, end).split("\n")) {
      if (line !== "") this.facts.push({ life: this.central.life, fact: JSON.parse(line) as Fact });
    }
    this.#read = end;
  }

  /** One life: things happen, all at once, until something random has happened often enough. */
  async live(): Promise<void> {
    this.central.good = false;
    const bin = this.start();
    let left = 1 + Math.floor(this.random() ** 2 * 500);
    // In every other life it dies at once when one of its first transaction messages is there: was that one durable?
    let messages = this.random() < 0.5 ? 1 + Math.floor(this.random() * 3) : Number.POSITIVE_INFINITY;
    let dead = false;
    const enough = new Promise<void>((resolve) => {
      const late = setTimeout(resolve, 4000);
      this.central.onFrame = (about) => {
        if (about !== undefined && --messages <= 0) bin.process.kill("SIGKILL");
        else if (--left > 0) return;
        clearTimeout(late);
        resolve();
      };
    });
    const busy = [this.#commands(() => dead), this.#people(() => dead)];
    await enough;
    for (let turns = this.random() * 40; turns > 0; turns--) await turn();
    bin.process.kill("SIGKILL");
    await bin.ended;
    dead = true;
    this.central.server.breakOff();
    await Promise.all(busy);
    this.read();
    this.#autopsy();
  }

  /** People at the station, without hurry. */
  async #people(over: () => boolean): Promise<void> {
    for (let n = 0; !over(); n++) {
      const evse = 1 + Math.floor(this.random() * 2);
      // In turn: the same card again within a second is a repeat and no tap.
      const card = CARDS[n % CARDS.length];
      const luck = this.random();
      const deeds = [];
      if (luck < 0.8) deeds.push(`meter ${evse} 3`, `plug ${evse}`, `tap ${card}`, `meter ${evse} 20`);
      if (luck < 0.08) deeds.push("network down", `tap ${card}`, `unplug ${evse}`, "network up");
      else if (luck < 0.6) deeds.push(`unplug ${evse}`);
      else if (luck > 0.9) deeds.push(`tap ${card}`);
      this.bin?.process.stdin.write(`${deeds.join("\n")}\n`);
      await delay(120 * this.random());
    }
  }

  async #commands(over: () => boolean): Promise<void> {
    const { central, random } = this;
    while (!over()) {
      const luck = random();
      if (luck < 0.3) {
        const version = ++this.#nextList;
        const tokens = tokensOf(version);
        const full = random() < 0.5;
        const without = full ? [] : LISTED.filter((t) => !tokens.includes(t));
        await this.#list.tell(version, () => central.command((s) => s.list(version, full, tokens, without)));
      } else if (luck < 0.6) {
        const value = pick(random, ["1", "2", "60"]);
        await this.#interval.tell(value, () => central.command((s) => s.setting(INTERVAL, value)));
      } else if (luck < 0.8) {
        const operative = random() < 0.8;
        await this.#inoperative.tell(!operative, () => central.command((s) => s.available(2, operative)));
      } else if (luck < 0.85) {
        // For a card that never comes, and not for long: nobody else may charge there meanwhile.
        await this.#reserved.tell(true, () => central.command((s) => s.reserve(7, 1, "NOBODY")));
        await this.#reserved.tell(false, () => central.command((s) => s.cancel(7)));
      } else if (luck < 0.92) {
        const amps = pick(random, [6, 10, 16]);
        await this.#amps.tell(amps, () => central.command((s) => s.limit?.(1, amps)));
      } else await central.command((s) => s.sample(1 + Math.floor(random() * 2)));
      for (let turns = 5 + random() * 50; turns > 0; turns--) await turn();
    }
  }

  /** What lies on the disk of the dead station. */
  #autopsy(): void {
    const life = `life ${this.central.life}`;
    for (const { fact } of this.facts) {
      if (fact.kind === "verdict" && fact.by === "csms") this.#cached.add(fact.token.idToken);
    }
    this.#withStore(({ list, cache, values }) => {
      const version = list.version();
      this.#list.found(version, `${life}: list version`);
      const entries = list.entries();
      expect(entries.map((e) => e.token.idToken).sort(), life).toEqual(
        version === 0 ? [] : tokensOf(version),
      );
      expect(
        entries.every((e) => e.info.groupIdToken?.idToken === `V${version}`),
        `${life}: whole list`,
      ).toBe(true);
      this.#interval.found(String(values.get(`setting.${INTERVAL}`) ?? "60"), `${life}: a key`);
      this.#inoperative.found(values.get("evse.2.inoperative") === true, `${life}: availability`);
      this.#reserved.found(values.get("reservation.7") !== undefined, `${life}: reservation`);
      this.#amps.found(ampsOf(values), `${life}: charging profile`);
      const cached = new Set(cache.entries().map((e) => e.token.idToken));
      for (const token of this.#cached) expect(cached, `${life}: cache`).toContain(token);
      for (const evse of [1, 2]) {
        const record = values.get(`evse.${evse}.transaction`) as TransactionRecord | undefined;
        if (record !== undefined) this.interrupted.add(this.#nameOf(record));
      }
    });
  }

  #nameOf(t: { transactionId: string; evseId: number; meterStartWh: number }): string {
    return this.#version === "1.6" ? `${t.evseId}/${t.meterStartWh}` : t.transactionId;
  }

  #withStore(look: (store: Store) => void): void {
    const store = openStationStore(dataFiles(this.data).station("KILL"));
    try {
      look(store);
    } finally {
      store.close();
    }
  }

  /** The last life: a good connection, everything ended, everything delivered. */
  async finish(): Promise<void> {
    this.central.good = true;
    const bin = this.start();
    this.central.onFrame = () => {};
    bin.process.stdin.write("plug 1\nunplug 1\nplug 2\nunplug 2\nstatus\n");
    let answers = 0;
    await bin.until((b) => {
      const lines = b.stdout.split('{"kind":"status"');
      if (lines.length - 1 === answers) return false;
      answers = lines.length - 1;
      if (/^[^\n]*"queued":0,/.test(lines.at(-1) ?? "")) return true;
      bin.process.stdin.write("status\n");
      return false;
    });
    bin.process.stdin.end("quit\n");
    expect((await bin.ended).code).toBe(0);
    this.read();
    expect(bin.stderr).not.toContain("Error");
  }

  /** Every transaction that anybody ever knew of, by its name on the wire. */
  transactions(): Map<string, string> {
    const names = new Map<string, string>();
    for (const { fact } of this.facts) {
      if (fact.kind !== "transaction" || fact.energyWh === undefined) continue;
      const meterStartWh = fact.meterWh - fact.energyWh;
      names.set(fact.transactionId, this.#nameOf({ ...fact, meterStartWh }));
    }
    return names;
  }

  of(what: Transaction["event"]): { life: number; fact: Transaction }[] {
    return this.facts.flatMap(({ life, fact }) =>
      fact.kind === "transaction" && fact.event === what ? [{ life, fact }] : [],
    );
  }
}

/** All of it: one Start and one Stop, answered, in order, and the same whenever they were sent again. */
function expectWhole(trial: Trial): void {
  const { heard, wrong } = trial.central;
  expect(wrong).toEqual([]);
  expect(trial.of("discarded")).toEqual([]);
  const names = new Set([...trial.transactions().values(), ...heard.map((h) => h.transaction)]);
  for (const name of names) {
    const own = heard.filter((h) => h.transaction === name);
    const contents = (type: string) => new Set(own.filter((h) => h.type === type).map((h) => h.content));
    expect([name, contents("Started").size, contents("Ended").size]).toEqual([name, 1, 1]);
    const unanswered = own.filter((h) => !own.some((o) => o.content === h.content && o.answered));
    expect(unanswered, name).toEqual([]);
    expect([own[0]?.type, own.at(-1)?.type], name).toEqual(["Started", "Ended"]);
    if (trial.interrupted.has(name)) expect(own.at(-1)?.reason, name).toBe("PowerLoss");
    if (own[0]?.seqNo !== undefined) {
      const seqNos = new Map(own.map((h) => [h.content, h.seqNo]));
      expect([...seqNos.values()], name).toEqual([...seqNos].map((_, i) => i));
    }
  }
}

/** What was stored as answered is over: in no later life, and not later in the same one, is it sent again. */
function expectNoneAgain(trial: Trial): void {
  const names = trial.transactions();
  for (const { life, fact } of trial.of("delivered")) {
    const name = names.get(fact.transactionId);
    const again = trial.central.heard.filter(
      (h) =>
        h.transaction === name &&
        h.life > life &&
        (h.seqNo === undefined ? h.type === "Started" && fact.seqNo === 0 : h.seqNo === fact.seqNo),
    );
    expect(again, `${name} seqNo ${fact.seqNo} delivered in life ${life}`).toEqual([]);
  }
  const delivered = trial.of("delivered").map(({ fact }) => `${fact.transactionId} ${fact.seqNo}`);
  expect(delivered).toEqual([...new Set(delivered)]);
}

/** The register never falls, whatever happened. */
function expectRisingMeters(trial: Trial): void {
  const at = new Map<number, number>();
  for (const { life, fact } of trial.facts) {
    if (fact.kind !== "transaction" || fact.energyWh === undefined) continue;
    expect(fact.meterWh, `life ${life}, EVSE ${fact.evseId}`).toBeGreaterThanOrEqual(
      at.get(fact.evseId) ?? 0,
    );
    at.set(fact.evseId, fact.meterWh);
  }
}

describe.each(["1.6", "2.0.1"] as const)("OCPP %s", (version) => {
  let trial: Trial | undefined;
  afterEach(async () => {
    trial?.bin?.process.kill("SIGKILL");
    await trial?.bin?.ended;
    await trial?.central.server.close();
    if (trial !== undefined) rmSync(trial.data, { recursive: true, force: true });
  });

  it(`kill -9 at any instant loses nothing (seed ${SEED}, ${ROUNDS} lives)`, {
    timeout: 60_000 + ROUNDS * 10_000,
  }, async () => {
    const random = seeded(SEED);
    trial = new Trial(version, random, await Adversary.start(version, random));
    for (let round = 0; round < ROUNDS; round++) await trial.live();
    await trial.finish();
    expectWhole(trial);
    expectNoneAgain(trial);
    expectRisingMeters(trial);
    // How many fit between the kills depends on the machine; none would prove nothing.
    expect(trial.transactions().size).toBeGreaterThanOrEqual(ROUNDS / 6);
  });
});
