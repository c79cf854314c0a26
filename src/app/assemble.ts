import { randomUUID } from "node:crypto";
import type { StationDefinition } from "../drivers/definitions.ts";
import { seedOf } from "../drivers/meters/noise.ts";
import { openSigner } from "../drivers/meters/signer.ts";
import { VirtualMeter } from "../drivers/meters/virtual.ts";
import { OcppCsms } from "../ocpp/csms.ts";
import type { Dialect } from "../ocpp/dialect.ts";
import type { LinkTls } from "../ocpp/rpc/link.ts";
import { publicUrl } from "../ocpp/rpc/url.ts";
import { pki } from "../security/pki.ts";
import type { FactBody, FactSink } from "../station/facts.ts";
import type { SigningOptions } from "../station/fiscal.ts";
import type { Clock, FileTransfer, Ids, LogSource, Pki, Store } from "../station/ports.ts";
import { publicKeySetting } from "../station/settings-model.ts";
import { Station } from "../station/station.ts";
import { isoTime, SettableClock } from "../util/clock.ts";
import { AppError } from "../util/errors.ts";
import { type CredentialOptions, givenCredentials } from "./credentials.ts";
import { StationCsmsOptions } from "./csms-options.ts";
import { Dialling } from "./dialling.ts";
import { StationHost } from "./host.ts";
import { locks, mannersOf, tableOf } from "./models.ts";
import { Sounds } from "./sounds.ts";

export interface AssembleOptions extends CredentialOptions {
  readonly id: string;
  readonly dialects: readonly Dialect[];
  readonly model: StationDefinition;
  readonly store: Store;
  readonly clock: Clock;
  /** Hears every fact; left out (a fleet), no fact is made. */
  readonly hear?: FactSink;
  /** Absent (a fleet): this station moves no files. */
  readonly files?: FileTransfer;
  readonly logs?: LogSource;
  /** Start values of settings by 2.0.1 name, above the model's. */
  readonly settings?: Readonly<Record<string, string>>;
  /** See StationOptions.retapMs. */
  readonly retapMs?: number;
  /** From 0 to below 1; spreads reconnections. */
  readonly random?: () => number;
  /** Makes message and transaction ids; default random UUIDs. */
  readonly ids?: Ids;
  /** Default: the model's. */
  readonly evses?: number;
  /** Default: the machine's. */
  readonly pki?: Pki;
  /** Makes the connections of security profiles 2 and 3; default Node's own. */
  readonly connectTls?: LinkTls["createConnection"];
  /** See OcppCsmsOptions.faultSeed. */
  readonly faultSeed?: number;
}

export interface Assembled {
  readonly host: StationHost;
  readonly csms: OcppCsms;
  /** One for each EVSE. */
  readonly meters: readonly VirtualMeter[];
  readonly sounds: Sounds;
}

/** Puts domain, dialect, wire, meter and signals of one station together. Nothing is started yet. */
export function assembleStation(o: AssembleOptions): Assembled {
  const { clock, store, model } = o;
  const { hear } = o;
  const say = (body: FactBody) => hear?.({ ...body, time: isoTime(clock), station: o.id, source: "station" });
  const sounds = new Sounds(model, say);
  const dial = new Dialling(o.id, o, () => station.kit.security);
  const ids = o.ids ?? { next: () => randomUUID() };
  const time = new SettableClock(clock);
  const evMeters = meters(o, time);
  const signing = signingOf(model, store);
  const { dialects, random = Math.random, faultSeed } = o;
  const { connectTls } = o;
  const fixed = {
    dialects,
    values: store.values,
    clock,
    random,
    ids,
    fact: hear && say,
    faultSeed,
    connectTls,
  };
  const csms = new OcppCsms(new StationCsmsOptions(fixed, dial, () => station.kit.settings));
  const station = new Station({
    id: o.id,
    identity: model.identity,
    clock,
    time,
    ids,
    store,
    csms,
    pki: o.pki ?? pki,
    meters: evMeters,
    traits: () => (csms.dialect ?? first(o.dialects)).traits,
    ...(model.idToken === undefined ? {} : { idTokenForm: model.idToken }),
    connectorType: model.evses.connectorType,
    locks: locks(model),
    battery: model.battery === true,
    manners: mannersOf(model),
    ...(signing === undefined ? {} : { signing }),
    ...(model.dataTransfer === undefined ? {} : { dataTransfer: model.dataTransfer }),
    settingsTable: tableOf(model, o.evses),
    settings: {
      ...protocolsOf(o.files),
      ...publicKeys(o.evses ?? model.evses.count, signing),
      ...o.settings,
    },
    ...(o.files === undefined ? {} : { files: o.files }),
    ...(o.logs === undefined ? {} : { logs: o.logs }),
    ...(model.firmware === undefined ? {} : { firmware: model.firmware }),
    ...(o.retapMs === undefined ? {} : { retapMs: o.retapMs }),
    settingChanged: (name) => {
      if (name === "OCPPCommCtrlr.WebSocketPingInterval") csms.pingIntervalChanged();
    },
    signal: (signal) => sounds.play(signal),
    ...(hear === undefined ? {} : { onFact: hear }),
  });
  station.kit.security.give(givenCredentials(o));
  const host = new StationHost({
    id: o.id,
    model: model.id,
    csmsShown: () => publicUrl(dial.base),
    station,
    csms,
    say,
  });
  return { host, sounds, csms, meters: evMeters };
}

/** What of the settings follows from what is handed in. */
function protocolsOf(files: FileTransfer | undefined): Record<string, string> {
  if (files === undefined) return {};
  return { "OCPPCommCtrlr.FileTransferProtocols": files.protocols.join(",") };
}

function signingOf({ meter }: StationDefinition, store: Store): SigningOptions | undefined {
  return meter?.signed === undefined ? undefined : { signer: openSigner(store.values), form: meter.signed };
}

/** Every EVSE's meter signs with the station's one key. */
function publicKeys(evses: number, signing: SigningOptions | undefined) {
  if (signing === undefined) return {};
  const ids = Array.from({ length: evses }, (_, i) => i + 1);
  return Object.fromEntries(ids.map((id) => [publicKeySetting(id), signing.signer.publicKey]));
}

/** Each EVSE's car differs, and is the same in every run. */
function meters({ id, model, store, clock, evses }: AssembleOptions, time: Clock): VirtualMeter[] {
  const { count, current, phases, voltageV, maxPowerW } = model.evses;
  return Array.from({ length: evses ?? count }, (_, i) => {
    const stored = store.values.get(`evse.${i + 1}.meterWh`);
    return new VirtualMeter({
      clock,
      time,
      startWh: typeof stored === "number" ? stored : 0,
      maxPowerW,
      phases: current === "DC" ? 0 : phases,
      voltage: voltageV,
      seed: seedOf(`${id}/${i + 1}`),
      ...(model.meter?.measurands === undefined ? {} : { measurands: model.meter.measurands }),
    });
  });
}

function first(dialects: readonly Dialect[]): Dialect {
  const dialect = dialects[0];
  if (dialect === undefined)
    throw new AppError("usage", "No OCPP version was given", { hint: "Use --ocpp 1.6." });
  return dialect;
}
