import { VirtualReader } from "../drivers/readers/virtual.ts";
import type { OcppCsms } from "../ocpp/csms.ts";
import { CardUid } from "../station/card.ts";
import { errorCodes, type StationControl, type StationStatus } from "../station/control.ts";
import { sendTransfer } from "../station/data-transfer.ts";
import type { Evse } from "../station/evse.ts";
import type { FactBody } from "../station/facts.ts";
import type { CardReader, ReaderEvent } from "../station/ports.ts";
import type { Station } from "../station/station.ts";
import type { Verdict } from "../station/types.ts";
import { AppError, errorText } from "../util/errors.ts";

export interface HostOptions {
  readonly id: string;
  readonly model: string;
  /** The URL as it may be shown. */
  readonly csmsShown: () => string;
  readonly station: Station;
  readonly csms: OcppCsms;
  readonly say: (fact: FactBody) => void;
}

interface ReaderState {
  readonly reader: CardReader;
  ready: boolean;
  detail?: string;
}

/** A station with its readers and its wire: the one implementation of the control vocabulary. */
export class StationHost implements StationControl {
  command?: NonNullable<StationControl["command"]>;
  readonly #o: HostOptions;
  readonly #virtual = new VirtualReader();
  readonly #readers = new Map<string, ReaderState>();
  readonly #loops = new Set<Promise<void>>();
  /** Who waits for the verdict on a card of the virtual reader, in order of presentation. */
  readonly #waiting: ((verdict: Promise<Verdict | undefined>) => void)[] = [];

  constructor(o: HostOptions) {
    this.#o = o;
    this.attach(this.#virtual);
  }

  get station(): Station {
    return this.#o.station;
  }

  /** The reader that cards are presented to by command. */
  get virtualReader(): VirtualReader {
    return this.#virtual;
  }

  /** Takes cards from a reader from now on, until it or the station is closed. */
  attach(reader: CardReader): void {
    const state: ReaderState = { reader, ready: false };
    this.#readers.set(reader.name, state);
    const loop = this.#follow(state).finally(() => this.#loops.delete(loop));
    this.#loops.add(loop);
  }

  async tap(uid: string): Promise<Verdict | undefined> {
    this.#did("tap", uid);
    const verdict = await this.#present(uid);
    this.#virtual.remove();
    return verdict;
  }

  async hold(uid: string): Promise<Verdict | undefined> {
    this.#did("hold", uid);
    return this.#present(uid);
  }

  async remove(): Promise<void> {
    if (this.#virtual.held === undefined)
      throw conflict("No card lies on the virtual reader", "Put one there with hold UID.");
    this.#did("remove");
    this.#virtual.remove();
  }

  async plug(evseId?: number): Promise<void> {
    const evse = evseId === undefined ? this.#station.evses.find((e) => !e.plugged) : this.#evse(evseId);
    if (evse === undefined || evse.plugged) {
      throw conflict(
        evse ? `The cable of EVSE ${evse.evseId} is in already` : "Every cable is in already",
        "Unplug first.",
      );
    }
    this.#did("plug", String(evse.evseId));
    this.#station.plug(evse);
  }

  async unplug(evseId?: number): Promise<void> {
    const plugged = this.#station.evses.filter((e) => e.plugged);
    const evse = evseId === undefined ? plugged[0] : this.#evse(evseId);
    if (evse === undefined || !evse.plugged) throw conflict("No cable is in there", "Plug first.");
    if (evseId === undefined && plugged.length > 1) {
      throw conflict(
        "More than one cable is in",
        `Say which: unplug ${plugged.map((e) => e.evseId).join(" or unplug ")}.`,
      );
    }
    this.#did("unplug", String(evse.evseId));
    this.#station.unplug(evse);
  }

  async network(state: "down" | "up"): Promise<void> {
    this.#did("network", state);
    this.#o.csms.setNetwork(state === "up");
  }

  async power(state: "cut" | "restore"): Promise<void> {
    if (this.#station.powered !== (state === "cut")) {
      throw conflict(
        state === "cut" ? "The power is cut already" : "The power is on already",
        "Look with status.",
      );
    }
    this.#did("power", state);
    if (state === "cut") await this.#station.cutPower();
    else this.#station.start();
  }

  async fault(evseId: number, errorCode: string): Promise<void> {
    const evse = evseId === 0 ? undefined : this.#evse(evseId);
    if (!errorCodes.includes(errorCode)) {
      throw new AppError("input.invalid", `"${errorCode}" is no error code of OCPP`, {
        hint: `One of ${errorCodes.join(", ")}.`,
      });
    }
    this.#did("fault", String(evseId), errorCode);
    this.#station.fault(evse, errorCode);
  }

  async clear(evseId: number): Promise<void> {
    const evse = evseId === 0 ? undefined : this.#evse(evseId);
    this.#did("clear", String(evseId));
    this.#station.clear(evse);
  }

  async lock(evseId: number, state: "jam" | "free"): Promise<void> {
    const evse = this.#evse(evseId);
    if (evse.lock === undefined) {
      throw conflict(
        `EVSE ${evseId} has no lock: its cable is fixed, or nothing holds it`,
        "Use a model whose socket locks, for example --model generic-ac.",
      );
    }
    this.#did("lock", String(evseId), state);
    evse.jam(state === "jam");
    if (state === "free" && evse.errorCode === "ConnectorLockFailure") this.#station.clear(evse);
  }

  async meter(evseId: number, addWh: number): Promise<void> {
    if (!Number.isFinite(addWh) || addWh < 0) {
      throw new AppError("input.invalid", `A meter cannot move by ${addWh} Wh`, {
        hint: "Give Wh, 0 or more.",
      });
    }
    this.#did("meter", String(evseId), String(addWh));
    this.#evse(evseId).advance(addWh);
  }

  async dataTransfer(vendorId: string, messageId?: string, data?: unknown) {
    const shown = typeof data === "string" ? [data] : data === undefined ? [] : [JSON.stringify(data)];
    this.#did("transfer", vendorId, messageId ?? "-", ...shown);
    return sendTransfer(this.#station.kit, {
      vendorId,
      ...(messageId === undefined ? {} : { messageId }),
      ...(data === undefined ? {} : { data }),
    });
  }

  status(): StationStatus {
    const dialect = this.#o.csms.dialect;
    return {
      ...this.#station.view(),
      ocpp: dialect?.version ?? "not agreed yet",
      model: this.#o.model,
      csms: this.#o.csmsShown(),
      readers: [...this.#readers.values()].map((r) => ({
        name: r.reader.name,
        ready: r.ready,
        ...(r.detail === undefined ? {} : { detail: r.detail }),
      })),
    };
  }

  /** Closes the readers, then the station and its connection. */
  async close(): Promise<void> {
    for (const { reader } of this.#readers.values()) await reader.close();
    await Promise.all(this.#loops);
    await this.#station.stop();
  }

  get #station(): Station {
    return this.#o.station;
  }

  async #present(text: string): Promise<Verdict | undefined> {
    const uid = CardUid.parse(text);
    const verdict = new Promise<Verdict | undefined>((resolve) => this.#waiting.push(resolve));
    try {
      this.#virtual.present(uid);
    } catch (e) {
      this.#waiting.pop();
      throw e;
    }
    return verdict;
  }

  async #follow(state: ReaderState): Promise<void> {
    try {
      for await (const event of state.reader.events()) this.#heard(state, event);
    } catch (e) {
      state.ready = false;
      this.#o.say({ kind: "reader", reader: state.reader.name, state: "lost", detail: errorText(e) });
    }
  }

  #heard(state: ReaderState, e: ReaderEvent): void {
    const reader = ("reader" in e && e.reader) || state.reader.name;
    if (e.kind === "card") {
      const card = { uid: e.uid, reader, ...(e.cardType === undefined ? {} : { cardType: e.cardType }) };
      const verdict = this.#station.cardPresented(card);
      if (state.reader === this.#virtual) this.#waiting.shift()?.(verdict);
    } else if (e.kind === "removed") {
      this.#station.cardRemoved({ uid: e.uid, reader });
    } else if (e.kind === "ignored") {
      const said = e.raw === undefined ? "" : `: "${e.raw.slice(0, 60)}"`;
      this.#o.say({ kind: "card", event: "ignored", reader, why: `${e.why}${said}` });
    } else {
      this.#readerChanged(state, e);
    }
  }

  #readerChanged(state: ReaderState, e: Extract<ReaderEvent, { kind: "ready" | "lost" }>): void {
    state.ready = e.kind === "ready";
    const detail = e.kind === "ready" ? e.detail : e.why;
    if (detail === undefined) delete state.detail;
    else state.detail = detail;
    const name = e.kind === "ready" ? e.name : state.reader.name;
    this.#o.say({
      kind: "reader",
      reader: name,
      state: e.kind,
      ...(detail === undefined ? {} : { detail }),
      ...(e.kind === "lost" && e.hint !== undefined ? { hint: e.hint } : {}),
    });
  }

  #evse(evseId: number): Evse {
    const evse = this.#station.evses.find((e) => e.evseId === evseId);
    if (evse !== undefined) return evse;
    throw new AppError("input.invalid", `There is no EVSE ${evseId}`, {
      hint: `This station has ${this.#station.evses.map((e) => e.evseId).join(", ")}.`,
    });
  }

  #did(verb: string, ...args: string[]): void {
    this.#o.say({ kind: "control", verb, args });
  }
}

function conflict(message: string, hint: string): AppError {
  return new AppError("state.conflict", message, { hint });
}
