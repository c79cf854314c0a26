import { type Central, createCentral } from "../../central/index.ts";
import { type Definitions, definitionOf, loadDefinitions } from "../../drivers/definitions.ts";
import { openJournal } from "../../journal/journal.ts";
import type { Journal } from "../../journal/types.ts";
import { seededRandom } from "../../ocpp/rpc/faults.ts";
import { loadDialects } from "../../ocpp/versions.ts";
import { defined } from "../../ocpp/wire.ts";
import type {
  Bench,
  BenchCentral,
  BenchReader,
  BenchSetup,
  EvChange,
  NetworkQuality,
} from "../../scenario/bench.ts";
import type { StationControl } from "../../station/control.ts";
import type { Fact } from "../../station/facts.ts";
import type { FileTransfer, Store } from "../../station/ports.ts";
import type { Security } from "../../station/security/security.ts";
import { hexOf } from "../../station/security/security-settings.ts";
import { memoryStore } from "../../store/memory.ts";
import { Files } from "../../transfer/files.ts";
import { type Clock, SimulatedClock, systemClock } from "../../util/clock.ts";
import { Disposal } from "../../util/disposal.ts";
import { AppError } from "../../util/errors.ts";
import { type Assembled, assembleStation } from "../assemble.ts";
import { DEFAULT_MODEL } from "../config-settings.ts";
import {
  acquaint,
  type CertificateTexts,
  type CredentialOptions,
  giveCertificates,
  mustSuffice,
} from "../credentials.ts";
import { JournalLogs } from "../journal-logs.ts";
import { openNamedReaders } from "../readers.ts";
import { benchCentral, furnish } from "./central.ts";
import { ScenarioFiles } from "./file-desk.ts";
import { heldFiles } from "./held-files.ts";
import { heldPki } from "./held-pki.ts";
import { seededIds } from "./ids.ts";
import { know } from "./known-tokens.ts";
import { byName, settingOf } from "./setting-values.ts";
import { LocalSockets } from "./sockets.ts";
import { Surroundings } from "./surroundings.ts";
import { SkewedClock, VirtualTime } from "./time.ts";
import { overPlainSocket } from "./tls.ts";

/** What a run chooses for all its scenarios. */
export interface BenchChoice {
  /** Another central system than the built-in one, in real time. */
  readonly csms?: string;
  /** What the station shows there; comes before what the scenario says. */
  readonly credentials?: Omit<CredentialOptions, "csms">;
  /** PEM texts. */
  readonly certificates?: CertificateTexts;
  /** Real readers as `--reader` names them; then a person presents the cards. */
  readonly readers?: readonly string[];
  /** So many facts of a scenario are kept to look back at; default 200,000. */
  readonly keptFacts?: number;
}

const DEFAULT_ID = "CP001";
/** Some 200 MB, and more than a day of heartbeats each second. */
const KEPT_FACTS = 200_000;

let loaded: Promise<Definitions> | undefined;

/**
 * Puts up what one scenario runs on: a station of its own with a store in memory, and the built-in central system in
 * virtual time, or another central system or real readers in real time.
 * @throws AppError `definition.invalid`, `driver.missing`, `device.unavailable`, `input.invalid`
 */
export async function openBench(setup: BenchSetup, choice: BenchChoice = {}): Promise<Bench> {
  const disposal = new Disposal();
  try {
    loaded ??= loadDefinitions();
    const bench = new StationBench(setup, choice, await loaded, disposal);
    await bench.open();
    return bench;
  } catch (e) {
    await disposal.dispose().catch(() => {});
    throw e;
  }
}

class StationBench implements Bench {
  readonly virtual: boolean;
  readonly clock: Clock;
  readonly journal: Journal;
  central?: BenchCentral;
  variables: Readonly<Record<string, unknown>> = {};
  reader?: BenchReader;
  readonly control: StationControl;
  readonly #setup: BenchSetup;
  readonly #choice: BenchChoice;
  readonly #definitions: Definitions;
  readonly #disposal: Disposal;
  readonly #time: VirtualTime | undefined;
  readonly #stationClock: SkewedClock;
  readonly #store: Store = memoryStore();
  readonly #files: FileTransfer;
  readonly #random: () => number;
  readonly #surroundings: Surroundings;
  #builtIn: Central | undefined;
  #sockets: LocalSockets | undefined;
  #assembled: Assembled | undefined;
  #acquainted = false;

  constructor(setup: BenchSetup, choice: BenchChoice, definitions: Definitions, disposal: Disposal) {
    this.#setup = setup;
    this.#choice = choice;
    this.#definitions = definitions;
    this.#disposal = disposal;
    this.virtual = choice.csms === undefined && (choice.readers ?? []).length === 0;
    const simulated = this.virtual ? new SimulatedClock(setup.station.time) : undefined;
    this.#time =
      simulated && new VirtualTime(simulated, () => this.#sockets === undefined || this.#sockets.quiet);
    this.clock = simulated ?? systemClock;
    this.#stationClock = new SkewedClock(this.clock);
    this.#random = seededRandom(setup.seed);
    const files = new Files({});
    disposal.defer(() => files.close());
    this.#files = this.#time === undefined ? files : heldFiles(files, this.#time);
    this.journal = openJournal({ clock: this.clock, ringSize: choice.keptFacts ?? KEPT_FACTS });
    this.#surroundings = new Surroundings(() => this.#now, setup.station.begins !== "off");
    this.control = this.#surroundings.control;
  }

  async open(): Promise<void> {
    if (this.#choice.csms === undefined) await this.#openCentral();
    know(this.#store, this.#setup.station, this.clock.now());
    await this.#assemble();
    if ((this.#choice.readers ?? []).length === 0) this.reader = this.#surroundings.reader;
    if (this.#surroundings.mains) this.#now.host.station.start();
  }

  run<T>(work: Promise<T>, giveUp?: (e: unknown) => boolean): Promise<T> {
    return this.#time?.run(work, giveUp) ?? work;
  }

  settle(): Promise<void> {
    return this.#time?.settle() ?? new Promise((resolve) => setImmediate(resolve));
  }

  hold<T>(outside: Promise<T>): Promise<T> {
    return this.#time?.hold(outside) ?? outside;
  }

  send(text: string): boolean {
    return this.#now.csms.sendRaw(text);
  }

  set(name: string, value: string): void {
    const { settings } = this.#now.host.station.kit;
    settings.put(settingOf(settings.table, name, value).name, value);
  }

  quality(directions: readonly ("out" | "in")[], quality: NetworkQuality): boolean {
    return this.#surroundings.quality(directions, quality);
  }

  ev(evseId: number, { soc, ...ev }: EvChange): void {
    const meter = this.#now.meters[evseId - 1];
    if (meter === undefined) {
      throw new AppError("input.invalid", `There is no EVSE ${evseId}`, {
        hint: `This station has ${this.#now.meters.length}.`,
      });
    }
    // A car that is still to come brings its charge along.
    const plugged = this.control.status().evses[evseId - 1]?.plugged === true;
    meter.setEv(ev, plugged ? soc : undefined);
    if (!plugged && soc !== undefined) meter.nextCar(soc);
  }

  async restart(kill: boolean): Promise<void> {
    const before = this.#now;
    const { held } = before.host.virtualReader;
    if (kill) before.host.station.cutPower();
    await before.host.close();
    await this.#assemble();
    this.#surroundings.restore(before, this.#now, held);
  }

  jumpClock(byMs: number): void {
    this.#stationClock.jump(byMs);
  }

  driftClock(secondsADay: number): void {
    this.#stationClock.drift(secondsADay);
  }

  close(): Promise<void> {
    return this.run(this.#disposal.dispose());
  }

  get #now(): Assembled {
    if (this.#assembled === undefined) throw new AppError("internal", "The bench is not open");
    return this.#assembled;
  }

  get #id(): string {
    return this.#setup.station.id ?? DEFAULT_ID;
  }

  readonly #hear = (fact: Fact): void => this.journal.append(fact);

  async #openCentral(): Promise<void> {
    const { central: wanted } = this.#setup;
    const files = wanted.files === undefined ? undefined : new ScenarioFiles(wanted.files);
    if (files !== undefined) this.#disposal.defer(() => files.remove());
    const central = await createCentral({
      clock: this.clock,
      ids: seededIds(seededRandom(this.#setup.seed + 1)),
      onFact: this.#hear,
      outside: (work) => this.hold(work),
      tls: wanted.tls === true || (this.#credentials().securityProfile ?? 0) >= 2,
      ...(files === undefined ? {} : { files: files.dir }),
      ...(wanted.heartbeat === undefined ? {} : { heartbeatInterval: wanted.heartbeat }),
    });
    if (files !== undefined && central.files !== undefined)
      this.variables = { files: await files.variable(central.files, this.clock.now()) };
    const sockets = new LocalSockets(Number(new URL(central.url).port));
    this.#sockets = sockets;
    this.#disposal.defer(async () => {
      await central.close();
      this.#sockets = undefined;
      sockets.close();
    });
    furnish(central, this.#id, wanted);
    this.#builtIn = central;
    this.central = benchCentral(central, this.#id);
  }

  async #assemble(): Promise<void> {
    const { ocpp, seed, station } = this.#setup;
    const csms = this.#builtIn?.url ?? this.#choice.csms ?? "";
    const assembled = assembleStation({
      id: this.#id,
      csms,
      dialects: await loadDialects([ocpp]),
      model: definitionOf(this.#definitions, "stations", station.model ?? DEFAULT_MODEL),
      store: this.#store,
      files: this.#files,
      logs: new JournalLogs(this.journal, this.#id),
      clock: this.#stationClock,
      hear: this.#hear,
      random: this.#random,
      ids: seededIds(this.#random),
      faultSeed: seed,
      ...(station.settings === undefined ? {} : { settings: byName(station.settings) }),
      ...(station.evses === undefined ? {} : { evses: station.evses }),
      ...(station.retapMs === undefined ? {} : { retapMs: station.retapMs }),
      ...(this.#time === undefined ? {} : { pki: heldPki(this.#time), connectTls: overPlainSocket }),
      ...this.#credentials(),
    });
    this.#assembled = assembled;
    await this.#secure(assembled.host.station.kit.security);
    this.#disposal.defer(() => assembled.host.close());
    const named = this.#choice.readers ?? [];
    const used = await openNamedReaders(named, { definitions: this.#definitions, clock: this.clock });
    for (const { reader } of used) assembled.host.attach(reader);
  }

  /** The station gets its certificates once: what commands change later stays so over a restart. */
  async #secure(security: Security): Promise<void> {
    if (this.#acquainted) return;
    this.#acquainted = true;
    await giveCertificates(security, this.#choice.certificates ?? {});
    if (this.#builtIn !== undefined) await this.#acquaint(this.#builtIn, security);
    mustSuffice(security);
  }

  /** They tell each other what they need. */
  async #acquaint(central: Central, security: Security): Promise<void> {
    await acquaint(security, central, this.#id);
    const { password } = this.#setup.central;
    if (password !== undefined) central.setPassword(this.#id, hexOf(password));
    const root = await central.rootCertificate();
    if (root !== undefined) this.variables = { ...this.variables, tls: { root } };
  }

  #credentials(): Omit<CredentialOptions, "csms"> {
    const { securityProfile, password } = this.#setup.station;
    const { credentials: given = {} } = this.#choice;
    const shown = given.authorizationKey === undefined ? { password } : {};
    return { ...defined({ ...shown, securityProfile }), ...given };
  }
}
