import type { FaultRates } from "../../ocpp/rpc/faults.ts";
import type { BenchReader, NetworkQuality } from "../../scenario/bench.ts";
import { CardUid } from "../../station/card.ts";
import type { StationControl } from "../../station/control.ts";
import type { Station } from "../../station/station.ts";
import type { Assembled } from "../assemble.ts";
import { ratesOf } from "./network-quality.ts";

/**
 * What is outside a station's program: mains, cars and cables, locks, network, the virtual reader, faults of the
 * hardware. It acts on whichever program runs now, and is for the next one as it was for the one before.
 */
export class Surroundings {
  /** The vocabulary of whichever station stands now. */
  readonly control: StationControl;
  readonly reader: BenchReader;
  readonly #now: () => Assembled;
  #mains: boolean;
  #networkUp = true;
  readonly #quality: { out?: FaultRates; in?: FaultRates } = {};
  /** What has taken the virtual reader away. */
  #readerAway: "unplug" | "busy" | undefined;

  /** @param now the program that runs @param mains are they there at the beginning? */
  constructor(now: () => Assembled, mains: boolean) {
    this.#now = now;
    this.#mains = mains;
    this.control = this.#controlOf();
    this.reader = this.#readerOf();
  }

  /** Is the power there? */
  get mains(): boolean {
    return this.#mains;
  }

  /** From now on, in place of what was before; false: there is no connection that could be half-open. */
  quality(directions: readonly ("out" | "in")[], quality: NetworkQuality): boolean {
    const { csms } = this.#now();
    for (const direction of directions) this.#quality[direction] = ratesOf(quality);
    csms.distort(this.#quality);
    return csms.halfOpen(quality.halfOpen === true);
  }

  /** Starts a program amid what was around the one before; without mains it stays off. `held`: lies on the reader. */
  restore(before: Assembled, now: Assembled, held: CardUid | undefined): void {
    const { station, virtualReader } = now.host;
    this.#connect(before, now);
    if (this.#readerAway !== undefined) virtualReader[this.#readerAway]();
    if (this.#mains) station.start();
    breakAs(before.host.station, station);
    if (held !== undefined && virtualReader.plugged) virtualReader.present(held);
  }

  #connect(before: Assembled, { host, meters, csms }: Assembled): void {
    for (const [i, evse] of host.station.evses.entries()) {
      const was = before.host.station.evses[i];
      if (was?.plugged === true) host.station.plug(evse);
      if (was?.lock?.jammed === true) evse.jam(true);
      const car = before.meters[i];
      if (car !== undefined) meters[i]?.takeCarOf(car);
    }
    if (!this.#networkUp) csms.setNetwork(false);
    if (Object.keys(this.#quality).length > 0) csms.distort(this.#quality);
  }

  #controlOf(): StationControl {
    const own: Partial<StationControl> = {
      network: (state) => {
        this.#networkUp = state === "up";
        return this.#now().host.network(state);
      },
      power: async (state) => {
        await this.#now().host.power(state);
        this.#mains = state === "restore";
      },
    };
    return new Proxy({} as StationControl, {
      get: (_, name) => {
        const { host } = this.#now();
        const member = (Reflect.get(own, name) ?? Reflect.get(host, name)) as unknown;
        return typeof member === "function" ? member.bind(host) : member;
      },
    });
  }

  #readerOf(): BenchReader {
    const reader = () => this.#now().host.virtualReader;
    const away = (deed: "unplug" | "busy"): void => {
      if (reader().plugged) this.#readerAway = deed;
      reader()[deed]();
    };
    return {
      get plugged() {
        return reader().plugged;
      },
      unplug: () => away("unplug"),
      busy: () => away("busy"),
      replug: () => {
        this.#readerAway = undefined;
        reader().replug();
      },
      garbage: (text) => reader().garbage(text),
      together: (uids) => reader().together(uids.map((uid) => CardUid.parse(uid))),
    };
  }
}

/** What is broken is so still, and found by the program that starts. */
function breakAs(before: Station, now: Station): void {
  if (before.errorCode !== undefined) now.fault(undefined, before.errorCode);
  for (const [i, evse] of now.evses.entries()) {
    const code = before.evses[i]?.errorCode ?? "NoError";
    if (code !== "NoError") now.fault(evse, code);
  }
}
