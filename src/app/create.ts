import { parseBuzzerSpec } from "../drivers/buzzers/registry.ts";
import { definitionOf } from "../drivers/definitions.ts";
import { parseIndicatorSpec } from "../drivers/indicators/registry.ts";
import { openJournal } from "../journal/journal.ts";
import type { OcppVersion } from "../ocpp/rpc/types.ts";
import { loadDialects } from "../ocpp/versions.ts";
import { defined } from "../ocpp/wire.ts";
import type { StationControl } from "../station/control.ts";
import type { Fact } from "../station/facts.ts";
import { memoryStore } from "../store/memory.ts";
import { openStationStore } from "../store/station-store.ts";
import { Files } from "../transfer/index.ts";
import { type Clock, systemClock } from "../util/clock.ts";
import { Disposal } from "../util/disposal.ts";
import { assembleStation } from "./assemble.ts";
import { openBuzzers, openIndicators } from "./buzzers.ts";
import { DEFAULT_MODEL } from "./config-settings.ts";
import { type CredentialOptions, giveCertificates, mustSuffice } from "./credentials.ts";
import { JournalLogs } from "./journal-logs.ts";
import { loadOwnDefinitions } from "./own-definitions.ts";
import { dataFiles, ensureDataDir } from "./paths.ts";
import { openNamedReaders } from "./readers.ts";
import { type FactMatch, FactWaiter, type WaitOptions } from "./wait.ts";

export interface CreateStationOptions {
  /** Base URL of the central system, ws:// or wss://; the id is appended. */
  readonly csms: string;
  /** Default "CP001". */
  readonly id?: string;
  /** One version, or several in order of preference; default 1.6. */
  readonly ocpp?: OcppVersion | readonly OcppVersion[];
  /** Id of a definition in devices/stations; default "generic-ac". */
  readonly model?: string;
  /** Directory for durable state; left out: in memory. */
  readonly data?: string;
  /** Start values of settings by 2.0.1 name, for example `{"AuthCtrlr.LocalPreAuthorize": "true"}`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** HTTP Basic authentication; the id is the user name. */
  readonly password?: string;
  /** Instead of a password: OCPP 1.6's AuthorizationKey, hex; its bytes are the password. */
  readonly authorizationKey?: string;
  /** 0 to 3; left out: what follows from `csms`, `password` and `tls.cert`. */
  readonly securityProfile?: 0 | 1 | 2 | 3;
  /** Where to connect from security profile 2 on; left out: `csms` with wss. */
  readonly csmsSecure?: string;
  /** PEM texts: the central system's roots, the station's own certificate and its key. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  /** The same card within so many ms is a repeat and no tap; default 1000. Tests that tap fast set 0. */
  readonly retapMs?: number;
  /** Readers besides the virtual one, as `--reader` names them. */
  readonly readers?: readonly string[];
  /** As `--buzzer` names them; default none. */
  readonly buzzers?: readonly string[];
  /** As `--indicator` names them; default none. */
  readonly indicators?: readonly string[];
  /** Time; default the machine's. */
  readonly clock?: Clock;
}

/** A station in a test's hands. */
export interface LibraryStation extends StationControl {
  /** Resolves when the station is connected and its BootNotification was accepted. */
  online(o?: WaitOptions): Promise<void>;
  /**
   * The next fact that matches, also one that has come already. Each wait goes on behind the fact that the one
   * before it found. Rejects with AppError `state.conflict` that shows the last facts.
   */
  waitFor(match: FactMatch, o?: WaitOptions): Promise<Fact>;
  /** What happened so far, oldest first (the newest 10,000). */
  facts(): readonly Fact[];
  onFact(listener: (fact: Fact) => void): () => void;
  /** Closes connection and devices; may be called more than once. */
  stop(): Promise<void>;
}

function credentialsOf(o: CreateStationOptions): Omit<CredentialOptions, "csms"> {
  const { password, authorizationKey, securityProfile, csmsSecure, tls } = o;
  const certificate = tls?.cert !== undefined;
  return defined({ password, authorizationKey, securityProfile, csmsSecure, certificate });
}

/**
 * Starts a station that connects to a central system: the object under test is the latter.
 * @throws AppError `usage`, `definition.invalid`, `store.*`, `driver.missing`, `device.unavailable`
 */
export async function createStation(o: CreateStationOptions): Promise<LibraryStation> {
  const disposal = new Disposal();
  try {
    return await build(o, disposal);
  } catch (e) {
    // What stands already, a database's lock first of all, must not stay behind.
    await disposal.dispose().catch(() => {});
    throw e;
  }
}

async function build(o: CreateStationOptions, disposal: Disposal): Promise<LibraryStation> {
  const id = o.id ?? "CP001";
  const clock = o.clock ?? systemClock;
  const definitions = await loadOwnDefinitions(o.data);
  const journal = openJournal({ clock });
  disposal.defer(() => journal.close());
  const store = o.data === undefined ? memoryStore() : openStationStore(ensureDataDir(o.data).station(id));
  disposal.defer(() => store.close());
  const files = new Files(o.data === undefined ? {} : { dir: dataFiles(o.data).transfers(id) });
  disposal.defer(() => files.close());
  const { host, sounds } = assembleStation({
    id,
    csms: o.csms,
    dialects: await loadDialects([o.ocpp ?? "1.6"].flat()),
    model: definitionOf(definitions, "stations", o.model ?? DEFAULT_MODEL),
    store,
    clock,
    hear: (fact) => journal.append(fact),
    ...credentialsOf(o),
    files,
    logs: new JournalLogs(journal, id),
    ...(o.settings === undefined ? {} : { settings: o.settings }),
    ...(o.retapMs === undefined ? {} : { retapMs: o.retapMs }),
  });
  disposal.defer(() => sounds.close());
  disposal.defer(() => host.close());
  const readers = (await openNamedReaders(o.readers ?? [], { definitions, clock })).map(
    (used) => used.reader,
  );
  for (const reader of readers) host.attach(reader);
  const named = (o.buzzers ?? []).map(parseBuzzerSpec);
  await openBuzzers(sounds, { definitions, clock, named, readers, terminal: false });
  await giveCertificates(host.station.kit.security, o.tls ?? {});
  mustSuffice(host.station.kit.security);
  const shown = (o.indicators ?? []).map(parseIndicatorSpec);
  await openIndicators(sounds, shown, { definitions, clock, readers });
  host.station.start();
  const waiter = new FactWaiter(journal, clock);
  return {
    tap: (uid) => host.tap(uid),
    hold: (uid) => host.hold(uid),
    remove: () => host.remove(),
    plug: (evseId) => host.plug(evseId),
    unplug: (evseId) => host.unplug(evseId),
    network: (state) => host.network(state),
    power: (state) => host.power(state),
    fault: (evseId, errorCode) => host.fault(evseId, errorCode),
    clear: (evseId) => host.clear(evseId),
    lock: (evseId, state) => host.lock(evseId, state),
    dataTransfer: (vendorId, messageId, data) => host.dataTransfer(vendorId, messageId, data),
    meter: (evseId, addWh) => host.meter(evseId, addWh),
    status: () => host.status(),
    online: async (wait) => {
      // Its own place in the journal: what came before registration can still be waited for.
      if (!host.status().online)
        await new FactWaiter(journal, clock).waitFor({ kind: "registration", status: "Accepted" }, wait);
    },
    waitFor: (match, wait) => waiter.waitFor(match, wait),
    facts: () => journal.query(),
    onFact: (listener) => journal.subscribe(listener),
    stop: () => disposal.dispose(),
  };
}
