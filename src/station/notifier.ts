import { isoTime } from "../util/clock.ts";
import type { Kit } from "./kit.ts";
import type { ChargePointStatus, ConnectorStatus } from "./types.ts";

export interface StatusSource {
  readonly evseId: number;
  readonly connectorId: number;
  readonly status: ConnectorStatus;
  readonly chargePointStatus: ChargePointStatus;
  readonly errorCode: string;
}

/**
 * StatusNotification: each change at once while online; after registration all connectors and the station itself;
 * after an outage only what differs from what was last told (1.6 §4.9, §4.2; 2.0.1 B04, G01).
 */
export class StatusNotifier {
  readonly #kit: Kit;
  readonly #sources: () => readonly StatusSource[];
  /** Which of the two statuses goes over the wire, and so which one can change. */
  readonly #nineStates: () => boolean;
  readonly #told = new Map<number, string>();

  /** `sources` lists the station itself (EVSE 0) and every EVSE. */
  constructor(kit: Kit, sources: () => readonly StatusSource[], nineStates: () => boolean) {
    this.#kit = kit;
    this.#nineStates = nineStates;
    this.#sources = sources;
  }

  /** A status may have changed. Says so only when it did. */
  changed(source: StatusSource, why?: string): void {
    if (this.#kit.online() && this.#told.get(source.evseId) !== this.#mark(source)) this.#send(source, why);
  }

  /** Registered anew, or offline for longer than OfflineThreshold: everything is told. */
  tellAll(): void {
    this.#told.clear();
    this.tellChanged();
  }

  tellChanged(): void {
    for (const source of this.#sources()) this.changed(source);
  }

  /** Tells one status whether it changed or not, also while Pending: TriggerMessage (2.0.1 B02.FR.02). */
  tell(source: StatusSource): void {
    this.#send(source);
  }

  /** A condition of the station that is no state of a connector, for example LocalListConflict (1.6 §3.5.2). */
  report(errorCode: string, info: string): void {
    const station = this.#sources().find((s) => s.evseId === 0);
    if (station !== undefined && this.#kit.online()) void this.#request({ ...station, errorCode }, info);
  }

  #send(source: StatusSource, info?: string): void {
    const text = this.#mark(source);
    this.#told.set(source.evseId, text);
    void this.#request(source, info).then((answer) => {
      if (!answer.ok && this.#told.get(source.evseId) === text) this.#told.delete(source.evseId);
    });
  }

  #request(s: StatusSource, info?: string) {
    return this.#kit.csms.request("status", {
      evseId: s.evseId,
      connectorId: s.connectorId,
      status: s.status,
      chargePointStatus: s.chargePointStatus,
      errorCode: s.errorCode,
      timestamp: isoTime(this.#kit.clock),
      ...(info === undefined ? {} : { info }),
    });
  }

  #mark(s: StatusSource): string {
    return `${this.#nineStates() ? s.chargePointStatus : s.status}/${s.errorCode}`;
  }
}
