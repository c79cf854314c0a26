import { isoTime, type TimerHandle } from "../util/clock.ts";
import type { Kit } from "./kit.ts";
import type { ChargePointStatus, ConnectorStatus } from "./types.ts";

export interface StatusSource {
  readonly evseId: number;
  readonly connectorId: number;
  readonly status: ConnectorStatus;
  readonly chargePointStatus: ChargePointStatus;
  readonly errorCode: string;
  /** Why it is so, for a person. */
  readonly info?: string | undefined;
}

/**
 * StatusNotification: each change while online, at once or when it has lasted MinimumStatusDuration (1.6 §9.1.20); after registration all connectors and the station itself;
 * after an outage only what differs from what was last told (1.6 §4.9, §4.2; 2.0.1 B04, G01).
 */
export class StatusNotifier {
  readonly #kit: Kit;
  readonly #sources: () => readonly StatusSource[];
  /** Which of the two statuses goes over the wire, and so which one can change. */
  readonly #nineStates: () => boolean;
  readonly #told = new Map<number, string>();
  /** What is told when it has lasted long enough, by EVSE. */
  readonly #waiting = new Map<number, { readonly mark: string; readonly timer: TimerHandle }>();

  /** `sources` lists the station itself (EVSE 0) and every EVSE. */
  constructor(kit: Kit, sources: () => readonly StatusSource[], nineStates: () => boolean) {
    this.#kit = kit;
    this.#nineStates = nineStates;
    this.#sources = sources;
  }

  /** A status may have changed. Says so only when it did, and when it lasts. */
  changed(source: StatusSource): void {
    const { evseId } = source;
    const lastS = this.#kit.settings.count("ChargingStation.MinimumStatusDuration");
    const mark = this.#mark(source);
    if (this.#waiting.get(evseId)?.mark === mark) return;
    this.#forget(evseId);
    if (!this.#isNews(source)) return;
    if (lastS === 0) {
      this.#sayBetween(source);
      this.#send(source);
      return;
    }
    const timer = this.#kit.clock.setTimeout(() => {
      this.#waiting.delete(evseId);
      const now = this.#sources().find((s) => s.evseId === evseId);
      if (now !== undefined && this.#isNews(now)) this.#send(now);
    }, lastS * 1000);
    this.#waiting.set(evseId, { mark, timer });
  }

  /** Offline: what is new is told on return. */
  pause(): void {
    for (const evseId of [...this.#waiting.keys()]) this.#forget(evseId);
  }

  /** Registered anew, or offline for longer than OfflineThreshold: everything is told. */
  tellAll(): void {
    this.#told.clear();
    this.tellChanged();
  }

  tellChanged(): void {
    for (const source of this.#sources()) if (this.#isNews(source)) this.#send(source);
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

  /** From Finishing no way leads to Reserved (1.6 §4.9): for a moment the connector is free. */
  #sayBetween({ evseId, connectorId, chargePointStatus }: StatusSource): void {
    const from = this.#told.get(evseId);
    if (!this.#nineStates() || chargePointStatus !== "Reserved" || from?.startsWith("Finishing/") !== true)
      return;
    const status = "Available";
    this.#send({ evseId, connectorId, status, chargePointStatus: status, errorCode: "NoError" });
  }

  #isNews(source: StatusSource): boolean {
    return this.#kit.online() && this.#told.get(source.evseId) !== this.#mark(source);
  }

  #forget(evseId: number): void {
    const waiting = this.#waiting.get(evseId);
    if (waiting !== undefined) this.#kit.clock.clearTimeout(waiting.timer);
    this.#waiting.delete(evseId);
  }

  #send(source: StatusSource): void {
    const text = this.#mark(source);
    this.#told.set(source.evseId, text);
    void this.#request(source).then((answer) => {
      if (!answer.ok && this.#told.get(source.evseId) === text) this.#told.delete(source.evseId);
    });
  }

  #request(s: StatusSource, info = s.info) {
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
